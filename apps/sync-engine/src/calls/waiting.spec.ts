import { LANES, turnOf } from "./lane";
import { Waiting } from "./waiting";

describe("SYN-13: calls that wait for a slot", () => {
  it("leave by lane, those of one lane as they came, and nothing waits for ever", async () => {
    const waiting = new Waiting<number>();
    const left: string[] = [];
    const join = (name: string, turn: number) => void waiting.add(turn).then(() => left.push(name));
    for (const lane of [...LANES].reverse()) join(lane, turnOf(lane, 0));
    join("another push", turnOf("push", 100));
    join("a push after six seconds", turnOf("push", 6_000));
    while (waiting.size > 0) waiting.next(0);
    await Promise.resolve();
    expect(left).toEqual([
      "push",
      "another push",
      "reread",
      "incremental",
      "full",
      "a push after six seconds",
      "compare",
    ]);
  });
});
