import { CRASH_AT_PATTERN, CRASH_POINTS, CrashPoints } from "./crash-points";

describe("CrashPoints", () => {
  it("does nothing unless it was asked for", () => {
    const die = jest.fn();
    const none = new CrashPoints(undefined, die);
    for (const point of CRASH_POINTS) none.at(point);
    expect(die).not.toHaveBeenCalled();
  });

  it("ends the process the n-th time that the point is passed, and at no other point", () => {
    const die = jest.fn();
    const points = new CrashPoints("page.after-commit:3", die);
    for (let i = 0; i < 2; i++) points.at("page.after-commit");
    points.at("page.before-commit");
    expect(die).not.toHaveBeenCalled();
    points.at("page.after-commit");
    expect(die).toHaveBeenCalledTimes(1);
  });

  it.each(["page.before-commit", "write.after-commit:12"])("takes %s", (text) =>
    expect(text).toMatch(CRASH_AT_PATTERN),
  );
  it.each(["", "page", "page.before-commit:0", "page.before-commit:x"])("refuses '%s'", (text) =>
    expect(text).not.toMatch(CRASH_AT_PATTERN),
  );
});
