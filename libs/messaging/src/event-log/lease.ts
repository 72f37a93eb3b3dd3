import { randomUUID } from "node:crypto";
import type { Database } from "@dovetail/database";
import { systemClock, type Clock } from "@dovetail/resilience";

/** How a lease is held; milliseconds. */
export interface LeaseOptions {
  /** How long a holder that fell silent keeps it (30,000). */
  ttlMs?: number;
  clock?: Clock;
}

/**
 * One process at a time does the work of this name. The database's clock decides who may take it; the holder trusts
 * its own monotonic deadline, set before it asked, and must renew at a third of the time.
 */
export class Lease {
  private readonly owner = randomUUID();
  private readonly ttlMs: number;
  private readonly clock: Clock;
  private deadline = Number.NEGATIVE_INFINITY;
  private taken = 0;

  constructor(
    private readonly db: Pick<Database, "call" | "schema">,
    readonly name: string,
    options: LeaseOptions = {},
  ) {
    this.ttlMs = options.ttlMs ?? 30_000;
    this.clock = options.clock ?? systemClock;
  }

  /** Whether the work may go on. */
  held(): boolean {
    return this.clock.monotonic() < this.deadline;
  }

  /** Grows with each change of holder; writes that must be fenced carry it in their condition. */
  get epoch(): number {
    return this.taken;
  }

  /** Takes the lease or makes it longer; false when another process holds it. Does nothing in its first third. */
  async keep(): Promise<boolean> {
    const now = this.clock.monotonic();
    if (now < this.deadline - (2 * this.ttlMs) / 3) return true;
    const [row] = await this.db.call<{ epoch: number }>({
      text: `insert into ${this.db.schema}.leases as l (name, owner, epoch, until)
             values ($1, $2, 1, clock_timestamp() + $3 * interval '1 ms')
             on conflict (name) do update set owner = excluded.owner, until = excluded.until,
               epoch = l.epoch + (case when l.owner = excluded.owner and l.until > clock_timestamp() then 0 else 1 end)
             where l.owner = excluded.owner or l.until < clock_timestamp()
             returning epoch`,
      values: [this.name, this.owner, this.ttlMs],
    });
    if (!row) {
      this.deadline = Number.NEGATIVE_INFINITY;
      return false;
    }
    this.taken = row.epoch;
    this.deadline = now + this.ttlMs;
    return true;
  }

  /** Lets another process take it at once. */
  async release(): Promise<void> {
    this.deadline = Number.NEGATIVE_INFINITY;
    await this.db.call({
      text: `update ${this.db.schema}.leases set until = '-infinity' where name = $1 and owner = $2`,
      values: [this.name, this.owner],
    });
  }
}
