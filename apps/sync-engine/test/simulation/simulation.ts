import type { EntityName } from "@dovetail/domain";
import { AdapterError } from "@dovetail/adapter-sdk";
import type { WorkResult } from "@dovetail/database";
import type { ModelClaim } from "@dovetail/testing";
import type { Abilities } from "../../src/push/push-rules";
import { Erp, failure, type ErpTraits } from "./erp";
import { PullTurns } from "./pull-turn";
import { PushTurns } from "./push-turn";
import type { Rules } from "./rules";
import { Random, Scheduler, type Steps } from "./scheduler";
import { Store, Violation, WorkLost } from "./store";

/** The database did not answer: whether the transaction took effect is not known. */
export class DatabaseLost extends Error {}

export interface Cursor {
  page: number;
  epoch: number;
  value: number;
  baseline: boolean;
}

const LEASE_MS = 30_000;
const KINDS = ["pull", "push", "reread", "release"];

/** Several workers over one store and one ERP, as a seed has it. */
export class Simulation {
  readonly random: Random;
  readonly time: Scheduler;
  readonly store: Store;
  readonly erp: Erp;
  readonly can: Abilities;
  readonly pushes = new PushTurns(this);
  readonly pulls = new PullTurns(this);
  /** Probabilities by step: that a worker is paused for longer than its lease, dies, or loses the database's answer. */
  faults = { pause: 0, kill: 0, database: 0 };
  /** How often what happened. */
  readonly seen = { paused: 0, killed: 0, lost: 0, stale: 0 };
  private readonly cursors = new Map<EntityName, Cursor>();
  private workers = 0;

  constructor(
    readonly seed: number,
    readonly rules: Rules,
    traced: boolean,
  ) {
    this.random = new Random(seed);
    this.time = new Scheduler(this.random);
    if (traced) this.time.trace = [];
    const traits: ErpTraits = {
      class: this.random.pick(["K", "L", "N"]),
      settleMs: this.random.pick([2_000, 10_000]),
      conditional: this.random.chance(0.5),
      capitals: this.random.chance(0.3),
      accepts: this.random.chance(0.15),
    };
    this.erp = new Erp(this.time, traits);
    this.store = new Store(this.time, rules);
    const { class: writeClass, settleMs } = traits;
    this.can = {
      class: writeClass,
      settleMs,
      operations: ["create", "update", "post"],
      pulls: true,
      looksUp: true,
    };
    this.time.disturb = (actor) => {
      if (!actor.name.startsWith("worker")) return 0;
      if (this.random.chance(this.faults.kill)) {
        this.seen.killed++;
        this.time.say(actor.name, () => "is killed");
        this.time.at(this.random.next() * 5_000, () => this.startWorker());
        return "kill";
      }
      if (!this.random.chance(this.faults.pause)) return 0;
      this.seen.paused++;
      return LEASE_MS * (0.5 + this.random.next() * 1.5);
    };
  }

  cursor(entity: EntityName): Cursor {
    return this.cursors.get(entity) ?? { page: 0, epoch: 0, value: 0, baseline: false };
  }

  moveCursor(entity: EntityName, part: Partial<Cursor>, rewinds = false): Cursor {
    const before = this.cursor(entity);
    const next = { ...before, ...part };
    if (next.value < before.value && !rewinds) throw new Violation(`the cursor of ${entity} went back`);
    this.cursors.set(entity, next);
    return next;
  }

  /** One transaction: it takes effect in one moment, and its answer may get lost on either side of it. */
  *commit<T>(work: () => T): Steps<T> {
    yield 1;
    const lost = this.random.chance(this.faults.database);
    const before = lost && this.random.chance(0.5);
    if (before) throw new DatabaseLost();
    const result = work();
    yield 1;
    if (lost) {
      this.seen.lost++;
      throw new DatabaseLost();
    }
    return result;
  }

  *read<T>(work: () => T): Steps<T> {
    yield 1;
    const result = work();
    yield 1;
    return result;
  }

  /** A request that did not leave because its time was over. */
  late(): AdapterError {
    return failure("TRANSIENT", "no");
  }

  startWorker(): void {
    const name = `worker${++this.workers}`;
    this.time.spawn(name, this.worker(name));
  }

  /** WorkRunner: claim, renew at a third of the lease, handle, finish; each by its own transaction. */
  private *worker(name: string): Steps<void> {
    for (;;) {
      yield this.random.next() * 500;
      const claim = this.store.work.claim(KINDS, LEASE_MS);
      if (!claim) continue;
      this.time.say(name, () => `claims ${claim.kind} ${claim.id}, epoch ${claim.epoch}`);
      const result = yield* this.handled(claim);
      try {
        yield* this.commit(() =>
          "againInMs" in result ? this.store.work.reschedule(claim, result.againInMs) : this.store.work.finish(claim),
        );
      } catch (error) {
        if (!(error instanceof DatabaseLost)) throw error;
      }
    }
  }

  private *handled(claim: ModelClaim): Steps<WorkResult> {
    const steps = this.handler(claim);
    let renewed = this.time.now;
    try {
      for (;;) {
        const { value, done } = steps.next();
        if (done) return value as WorkResult;
        yield value as number;
        if (this.time.now - renewed < LEASE_MS / 3) continue;
        renewed = this.time.now;
        // the claim is another's: the signal aborts, which a turn that has just come back may not have seen yet
        if (!this.store.work.renew(claim, LEASE_MS) && this.random.chance(0.5)) return { againInMs: 0 };
      }
    } catch (error) {
      if (error instanceof WorkLost) this.seen.stale++;
      const expected = [WorkLost, DatabaseLost, AdapterError].some((type) => error instanceof type);
      if (!expected) throw error;
      return { againInMs: error instanceof DatabaseLost ? 1_000 : 5_000 };
    }
  }

  private handler(claim: ModelClaim): Steps<WorkResult> {
    if (claim.kind === "push") return this.pushes.handle(claim);
    if (claim.kind === "pull") return this.pulls.handle(claim);
    return claim.kind === "reread" ? this.pulls.reread(claim) : this.pulls.release();
  }
}
