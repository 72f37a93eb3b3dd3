import type { Clock } from "@dovetail/resilience";
import type { Database } from "./database";
import { renewAll, type Claim } from "./work";

interface Kept {
  claim: Claim;
  lost: () => void;
  renewAt: number;
}

/** How leases are kept. */
export interface LeaseKeeperOptions {
  db: Database;
  clock: Clock;
  leaseMs: number;
  /** A renewal failed; the next one may succeed until the deadline has passed. */
  onError: (error: unknown) => void;
}

/** Renews the leases of all claims of a runner at a third of their length, those that are due in one statement. */
export class LeaseKeeper {
  private readonly kept = new Set<Kept>();
  private asleep: AbortController | undefined;

  constructor(private readonly options: LeaseKeeperOptions) {}

  /** Until the answer is called the claim is renewed; `lost` is called once when it was lost or its deadline has passed. */
  keep(claim: Claim, lost: () => void): () => void {
    const { clock, leaseMs } = this.options;
    const one = { claim, lost, renewAt: clock.monotonic() + leaseMs / 3 };
    this.kept.add(one);
    if (this.kept.size === 1) void this.watch();
    return () => {
      this.kept.delete(one);
      if (this.kept.size === 0) this.asleep?.abort();
    };
  }

  /** One loop while there is anything to keep: what is added later is due later. */
  private async watch(): Promise<void> {
    if (this.asleep) return;
    const { clock } = this.options;
    while (this.kept.size > 0) {
      const next = this.turn(clock.monotonic());
      if (next === Infinity) break;
      this.asleep = new AbortController();
      await clock.sleep(Math.max(0, next - clock.monotonic()), this.asleep.signal).catch(() => undefined);
    }
    this.asleep = undefined;
  }

  /** Answers when something is due next. */
  private turn(now: number): number {
    const due: Kept[] = [];
    let next = Infinity;
    for (const one of [...this.kept]) {
      if (one.claim.deadline <= now) {
        this.lose(one);
        continue;
      }
      if (one.renewAt <= now) {
        due.push(one);
        one.renewAt = now + this.options.leaseMs / 3;
      }
      next = Math.min(next, one.renewAt, one.claim.deadline);
    }
    // not waited for: a renewal may hang on a dead connection, and one that comes late finds no lease to renew
    if (due.length > 0) void this.renew(due);
    return next;
  }

  private async renew(due: readonly Kept[]): Promise<void> {
    const { db, leaseMs, clock, onError } = this.options;
    try {
      const lost = new Set(
        await renewAll(
          db,
          due.map(({ claim }) => claim),
          leaseMs,
          clock,
        ),
      );
      for (const one of due) if (lost.has(one.claim)) this.lose(one);
    } catch (error) {
      onError(error);
    }
  }

  private lose(one: Kept): void {
    if (!this.kept.delete(one)) return;
    one.lost();
  }
}
