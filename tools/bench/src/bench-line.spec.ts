import { benchLine, median, reaches, shown } from "./bench-line";
import { readOptions } from "./options";

describe("a line of the bench", () => {
  it("is the ratio of the medians, with what has to be reached", () => {
    const line = benchLine("sync.first", 100_000, [50_000, 70_000, 60_000], [100_000, 90_000, 130_000]);
    expect(line).toEqual({
      bench: "sync.first",
      n: 100_000,
      product: 60_000,
      limit: 100_000,
      ratio: 0.6,
      unit: "rows/s",
      better: "higher",
      runs: 3,
      must: 0.4,
      goal: 0.7,
    });
    expect(reaches(line, line.must)).toBe(true);
    expect(reaches(line, line.goal)).toBe(false);
    expect(shown(line)).toContain("must");
  });

  it("knows figures that have to stay low", () => {
    expect(reaches(benchLine("sync.rss", 1_000_000, [280], [1]), 300)).toBe(true);
    expect(reaches(benchLine("sync.rss.growth", 1_000_000, [280], [200]), 1.3)).toBe(false);
  });

  it("takes the mean of the two in the middle", () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});

describe("the command line", () => {
  it("names benches and sizes", () => {
    expect(readOptions(["sync", "--rows", "1000,2000", "--json"])).toMatchObject({
      benches: ["sync"],
      rows: [1000, 2000],
      json: true,
      runs: 3,
    });
    expect(readOptions(["--quick"])).toMatchObject({
      benches: ["sync", "api", "writer", "push", "drain", "scale", "status"],
      rows: [100_000],
      runs: 1,
    });
  });

  it("refuses what it does not know", () => {
    expect(() => readOptions(["everything"])).toThrow(/npm run bench/);
    expect(() => readOptions(["--rows", "many"])).toThrow(/number above 0/);
  });
});
