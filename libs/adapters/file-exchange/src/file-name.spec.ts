import { NamePattern } from "./file-name";

describe("names of a set's files", () => {
  it.each([
    ["Orders-*-{seq}-?.csv", "Orders-a-b-0017-x.csv", { wild: ["a-b", "x"], sequence: 17 }],
    ["{seq}.csv", "9.csv", { wild: [], sequence: 9 }],
    ["*.csv", "a.csv", { wild: ["a"] }],
    ["{seq}.csv", "x.csv", undefined],
    ["Orders-*", "Header-1", undefined],
  ])("%s takes of %s %j", (pattern, name, parts) => {
    expect(new NamePattern(pattern).match(name)).toEqual(parts);
  });

  it("are told in no time, however many wildcards there are", () => {
    const began = performance.now();
    for (const pattern of ["*a*a*a*a*a*a*a*b", "{seq}*a*a*a*a*a*a*a*b"])
      expect(new NamePattern(pattern).match("a".repeat(60))).toBeUndefined();
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
