import { Gate } from "./gate";

/** Work that ends when told to. */
function task(log: string[], name: string) {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return {
    work: async () => {
      log.push(name);
      await ended;
    },
    end,
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("Gate", () => {
  it("runs a number of pieces at once, others in order, and refuses what cannot wait", async () => {
    const begun: string[] = [];
    const gate = new Gate(2, 2);
    const tasks = ["a", "b", "c", "d", "e"].map((name) => task(begun, name));
    expect(tasks.map(({ work }) => gate.enter(work))).toEqual([true, true, true, true, false]);
    expect(begun).toEqual(["a", "b"]);
    tasks[1]?.end();
    await turn();
    expect(begun).toEqual(["a", "b", "c"]);
    let empty = false;
    const drained = gate.drained().then(() => (empty = true));
    tasks[0]?.end();
    tasks[2]?.end();
    await turn();
    expect([begun.at(-1), empty]).toEqual(["d", false]);
    tasks[3]?.end();
    await drained;
    expect(empty).toBe(true);
  });
});
