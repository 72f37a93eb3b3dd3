import { BROKEN } from "./broken";
import { RULES, type Rules } from "./rules";
import { play } from "./schedule";

/** SIM_SEED=… plays one schedule and prints it; SIM_RUNS=… plays that many. */
const ONE = process.env["SIM_SEED"];
const RUNS = Number(process.env["SIM_RUNS"] ?? 2_000);
/** A mistake must show within so many schedules. */
const PATIENCE = 3_000;

function firstBroken(rules: Rules, runs: number, from = 1): { seed: number; problem: string } | undefined {
  for (let seed = from; seed < from + runs; seed++) {
    const { problem } = play(seed, rules);
    if (problem !== undefined) return { seed, problem };
  }
  return undefined;
}

function story(seed: number, rules: Rules): string {
  const { problem, sim } = play(seed, rules, true);
  const { traits } = sim.erp;
  const lines = [`seed ${seed}: ${problem ?? "the promise is kept"}`, `the ERP: ${JSON.stringify(traits)}`];
  return [
    ...lines,
    ...(sim.time.trace ?? []),
    `again: SIM_SEED=${seed} npx jest apps/sync-engine/test/simulation`,
  ].join("\n");
}

describe("the engine's decisions under any order of events", () => {
  it("SYN-8, SYN-9, SYN-13: each change is applied once or listed, and a second full read finds nothing", () => {
    if (ONE !== undefined) process.stdout.write(`${story(Number(ONE), RULES)}\n`);
    const broken = ONE === undefined ? firstBroken(RULES, RUNS) : firstBroken(RULES, 1, Number(ONE));
    if (broken) throw new Error(story(broken.seed, RULES));
  });

  it("plays a seed the same way each time", () => {
    expect(story(17, RULES)).toBe(story(17, RULES));
  });

  it("meets what it is to be proof against", () => {
    const seen = { paused: 0, killed: 0, lost: 0, stale: 0 };
    for (let seed = 1; seed <= 500; seed++) {
      const { sim } = play(seed, RULES);
      for (const fault of Object.keys(seen) as (keyof typeof seen)[]) seen[fault] += sim.seen[fault];
    }
    for (const [fault, times] of Object.entries(seen)) expect([fault, times > 4]).toEqual([fault, true]);
  });

  it.each(Object.entries(BROKEN))("notices: %s", (_, part) => {
    expect(firstBroken({ ...RULES, ...part }, PATIENCE)).toBeDefined();
  });
});
