import type { EntityName } from "@dovetail/domain";
import type { Rules } from "./rules";
import { Simulation } from "./simulation";
import { Violation } from "./store";
import { checkEnd, checkStep, listedKeys } from "./promise";

const KEYS = ["P-1", "P-2"];
const WORDS = ["alpha", "beta", "gamma"];

/** What the two sides wrote: what has to come out in the end. */
export interface Written {
  /** The MES alone writes descriptions. */
  description: Map<string, string>;
  /** The ERP's people alone write manufacturers: e1, e2, …, so that a step back shows. */
  manufacturer: Map<string, string>;
  facts: string[];
}

export interface Outcome {
  problem: string | undefined;
  sim: Simulation;
}

/** Plays one schedule; `problem` says which promise was broken. */
export function play(seed: number, rules: Rules, traced = false): Outcome {
  const sim = new Simulation(seed, rules, traced);
  const written: Written = { description: new Map(), manufacturer: new Map(), facts: [] };
  try {
    new Schedule(sim, written).run();
    return { problem: undefined, sim };
  } catch (error) {
    if (error instanceof Violation) return { problem: error.message, sim };
    return { problem: `a turn failed: ${(error as Error).stack ?? String(error)}`, sim };
  }
}

class Schedule {
  private edits = 0;

  constructor(
    private readonly sim: Simulation,
    private readonly written: Written,
  ) {}

  run(): void {
    const { sim } = this;
    const { random, time } = sim;
    for (const key of ["P-1", "P-9"]) {
      const body = { partNumber: key, description: "old", manufacturer: "e0" };
      sim.erp.add("Part", body);
      this.written.manufacturer.set(key, "e0");
    }
    sim.pulls.execute("Part");
    sim.pulls.execute("CostPosting");
    for (let i = 2 + random.below(2); i > 0; i--) sim.startWorker();
    const rough = random.pick([0, 0.3, 1, 1]);
    sim.faults = { pause: random.pick([0.002, 0.02]) * rough, kill: 0.004 * rough, database: 0.01 * rough };
    sim.erp.trouble = 0.25 * rough;
    const span = random.pick([3_000, 20_000, 60_000]);
    for (let i = 6 + random.below(14); i > 0; i--) time.at(random.next() * span, () => this.something());
    // the last notice is five seconds late
    this.until(span + 6_000);
    this.heal();
  }

  /** Both sides write, notices come twice and late, wakes come for nothing. */
  private something(): void {
    const { random, time } = this.sim;
    const what = random.below(10);
    if (what < 4) this.mesWrites(random.pick([...KEYS, "P-9", ...(random.chance(0.1) ? ["BAD-1"] : [])]));
    else if (what < 5) this.fact();
    else if (what < 8) this.erpEdits();
    else this.sim.pulls.execute("Part", random.chance(0.2) ? "full" : "incremental");
    for (const row of this.sim.store.work.rows.values())
      if (random.chance(0.1)) time.at(random.next() * 2_000, () => this.sim.store.enqueue(row.kind, row.id));
  }

  private mesWrites(key: string): void {
    // what the ERP brings into the house belongs to it at the first meeting: before that there is nothing to promise
    if (this.written.manufacturer.has(key) && !this.sim.store.records.has(`Part/${key}`)) return;
    const description = this.sim.random.pick(WORDS);
    const row = this.sim.store.mesWrites("Part", { partNumber: key, description });
    this.written.description.set(key, description);
    this.sim.time.say("mes", () => `${key} v${row.version} ${description}`);
  }

  private fact(): void {
    const costPostingNumber = `${this.sim.random.chance(0.1) ? "BAD" : "C"}-${this.written.facts.length + 1}`;
    this.written.facts.push(costPostingNumber);
    this.sim.store.mesWrites("CostPosting", { costPostingNumber, amount: "1", currency: "EUR" });
    this.sim.time.say("mes", () => `fact ${costPostingNumber}`);
  }

  private erpEdits(): void {
    const { sim } = this;
    const { random, time, erp } = sim;
    const rows = [...erp.documents.values()].filter(({ entity }) => entity === "Part");
    const row = random.pick(rows);
    const key = String(row.body["partNumber"]);
    const manufacturer = `e${++this.edits}`;
    erp.edit(row.externalId, { manufacturer });
    if (this.written.manufacturer.has(key) || sim.store.records.has(`Part/${key}`))
      this.written.manufacturer.set(key, manufacturer);
    time.say("erp", () => `${key} ${manufacturer}`);
    if (random.chance(0.5)) return time.at(random.next() * 1_000, () => sim.pulls.execute("Part"));
    // a notice: late, sometimes twice; the schedule reads what a lost one has missed
    const id = sim.pulls.rereadId({ entity: "Part", externalId: row.externalId });
    for (let copies = 1 + random.below(2); copies > 0; copies--)
      time.at(random.next() * 3_000, () => sim.store.enqueue("reread", id, 0, 2));
    time.at(random.next() * 5_000, () => sim.pulls.execute("Part"));
  }

  /** Faults end; what was begun comes to its end, and a full read afterwards finds nothing. */
  private heal(): void {
    const { sim } = this;
    sim.faults = { pause: 0, kill: 0, database: 0 };
    sim.erp.trouble = 0;
    this.quiet();
    checkEnd(sim, this.written);
    const before = this.standing();
    for (const entity of ["Part", "CostPosting"] as EntityName[]) sim.pulls.execute(entity, "full");
    this.quiet();
    // a document of which nobody knew whether it was made, and that is listed for that, may be found by it
    const listed = [...listedKeys(sim).keys()];
    const found = this.standing().filter(
      (line) => !before.includes(line) && !listed.some((id) => line.startsWith(`${id} `)),
    );
    if (found.length > 0) throw new Violation(`a second full read found something: ${found.join(", ")}`);
    checkEnd(sim, this.written);
  }

  /** Versions of all records and what was sent. */
  private standing(): string[] {
    const { store, erp } = this.sim;
    const versions = [...store.records].map(([id, { version }]) => `${id} v${version}`);
    return [...versions, ...[...erp.arrived].map(([reference, n]) => `${reference} sent ${n} times`)];
  }

  private quiet(): void {
    const { sim } = this;
    const patience = sim.time.now + 30 * 60_000;
    while (sim.time.now < patience) {
      this.until(sim.time.now + 2_000);
      if (sim.store.work.rows.size === 0) return;
    }
    const stuck = [...sim.store.work.rows.keys()].join(", ");
    throw new Violation(`work does not come to an end: ${stuck}`);
  }

  private until(at: number): void {
    const { time } = this.sim;
    for (let next = time.now; next < at;) {
      next = Math.min(at, next + 500);
      time.run(next);
      checkStep(this.sim);
    }
  }
}
