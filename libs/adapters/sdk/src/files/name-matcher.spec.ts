import fc from "fast-check";
import { nameMatcher } from "./name-matcher";

/** The same by a regular expression, which is slow where there is much to try. */
function byExpression(pattern: string): (name: string) => string[] | undefined {
  const source = pattern
    .split("{n}")
    .map((text) =>
      text
        .replace(/[.+^${}()|[\]\\]/g, "\\$&")
        .replace(/\*+/g, "(.*)")
        .replace(/\?/g, "(.)"),
    )
    .join("(\\d{1,15})");
  return (name) => new RegExp(`^${source}$`, "su").exec(name)?.slice(1);
}

const pattern = fc
  .array(fc.constantFrom("a", "b", "1", ".", "(", "*", "**", "?", "{n}", "é"), { maxLength: 8 })
  .map((parts) => parts.join(""));
const name = fc.array(fc.constantFrom("a", "b", "1", "12", ".", "(", "\n", "é", "😀"), { maxLength: 10 });

describe("a matcher of names", () => {
  it("says what wildcards and digits stand for as a regular expression would", () => {
    fc.assert(
      fc.property(pattern, name, (text, parts) => {
        expect(nameMatcher(text, "{n}")(parts.join(""))).toEqual(byExpression(text)(parts.join("")));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["Header*-*.csv", "Header-a-b.csv", ["-a", "b"]],
    ["V?-{n}*.csv", "V😀-0017-x.csv", ["😀", "0017", "-x"]],
    ["{n}", "1234567890123456", undefined],
    ["a+b", "aab", undefined],
    ["", "", []],
  ])("%s takes of %s %j", (text, of, wild) => {
    expect(nameMatcher(text, "{n}")(of)).toEqual(wild);
  });

  it.each(["*a*a*a*a*a*a*a*b", `${"*a".repeat(60)}*b`, `${"*?".repeat(60)}b`, `${"{n}*".repeat(30)}b`])(
    "is done with %s in no time",
    (hostile) => {
      const [match, began] = [nameMatcher(hostile, "{n}"), performance.now()];
      for (const each of ["a".repeat(250), "1".repeat(250)]) expect(match(each)).toBeUndefined();
      expect(performance.now() - began).toBeLessThan(1_000);
    },
  );
});
