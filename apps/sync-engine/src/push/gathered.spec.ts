import { Gathered } from "./gathered";

describe("calls that are gathered", () => {
  it("leave together when they come together or while one is under way, at most so many at once", async () => {
    const runs: number[][] = [];
    const gathered = new Gathered<number, number>(
      async (items) => {
        runs.push([...items]);
        await new Promise((resolve) => setImmediate(resolve));
        return items.map((item) => item * 10);
      },
      () => true,
      3,
    );
    const answers = Promise.all([1, 2, 3, 4, 5].map((item) => gathered.call("a", item)));
    const other = gathered.call("b", 6);
    expect(await answers).toEqual([10, 20, 30, 40, 50]);
    expect(await other).toBe(60);
    expect(runs).toEqual([[1, 2, 3], [6], [4, 5]]);
  });

  it("fail alone when one of them is to blame, and together when the database is away", async () => {
    const away = new Error("away");
    const gathered = new Gathered<string, string>(
      async (items) => {
        if (items.includes("away")) throw away;
        if (items.includes("bad")) throw new Error("bad item");
        return items;
      },
      (error) => error !== away,
    );
    const ended = (items: string[]) =>
      Promise.all(items.map((item) => gathered.call("a", item).catch((error: Error) => error.message)));
    expect(await ended(["x", "bad", "y"])).toEqual(["x", "bad item", "y"]);
    expect(await ended(["x", "away", "y"])).toEqual(["away", "away", "away"]);
  });
});
