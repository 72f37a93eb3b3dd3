import { systemClock, type Clock } from "@dovetail/resilience";
import type { Database } from "./database";
import type { Tx } from "./tx";

/** What is to be done, of one tenant. A second wish for the same (kind, id) that has not started changes only its time. */
export interface WorkItem {
  kind: string;
  id: string;
  /** Milliseconds from now; 0. */
  dueInMs?: number;
  /** 0 to 9, smaller first; 5. */
  priority?: number;
}

/** Work held by this process until `deadline`. */
export interface Claim {
  readonly tenantId: string;
  readonly kind: string;
  readonly id: string;
  readonly priority: number;
  /** Stands in the WHERE clause of every later write: a later claim has another one. */
  readonly epoch: number;
  /** Monotonic milliseconds of the clock given to claimWork; counted from before the claim was sent. Renewals move it. */
  deadline: number;
}

/** The claim is another's now: nothing may be written for it. */
export class WorkLostError extends Error {
  override readonly name = "WorkLostError";
  readonly retryable = false;
  constructor(claim: Claim) {
    super(`the claim of ${claim.kind} ${claim.id} was lost`);
  }
}

/** Asks for work in the caller's transaction. When it is being done at this moment it is done once more afterwards. */
export async function enqueue(tx: Tx, { kind, id, dueInMs = 0, priority = 5 }: WorkItem): Promise<void> {
  await tx.execute(
    `insert into work as w (tenant_id, kind, id, due_at, priority)
     values ($1, $2, $3, clock_timestamp() + $4 * interval '1 millisecond', $5)
     on conflict (tenant_id, kind, id) do update set
       due_at = case when w.lease_until is null or w.again then least(w.due_at, excluded.due_at) else excluded.due_at end,
       priority = least(w.priority, excluded.priority),
       again = w.lease_until is not null`,
    [tx.tenantId, kind, id, dueInMs, priority],
    "work_enqueue",
  );
}

/** Which work to claim. */
export interface ClaimRequest {
  kinds: readonly string[];
  /** Names the process in the table, for people who look. */
  owner: string;
  limit: number;
  leaseMs: number;
  clock?: Clock;
}

/** Takes up to `limit` due rows of any tenant, by priority and then by due time. A lease that ran out is due. */
export async function claimWork(db: Database, request: ClaimRequest): Promise<Claim[]> {
  const { kinds, owner, limit, leaseMs, clock = systemClock } = request;
  const deadline = clock.monotonic() + leaseMs;
  const rows = await db.dispatch<{ tenant_id: string; kind: string; id: string; priority: number; epoch: number }>(
    // ordered by the lease, or the planner reads the whole table for rows that are hardly ever there;
    // clock_timestamp in a subselect: once per statement, so that the indexes serve. Planned anew each time: a plan made
    // while the table was empty would read all of it later.
    `with expired as materialized (
       select w.tenant_id, w.kind, w.id from work w
       where w.kind = any($1) and w.lease_until < (select clock_timestamp())
       order by w.lease_until limit $3 for update skip locked),
     due as materialized (
       select w.tenant_id, w.kind, w.id from work w
       where w.kind = any($1) and w.lease_until is null and w.due_at <= (select clock_timestamp())
       order by w.priority, w.due_at limit $3 for update skip locked),
     chosen as (select * from expired union all select * from due limit $3)
     update work w set lease_until = clock_timestamp() + $4 * interval '1 millisecond', owner = $2,
       epoch = nextval('work_epochs'), again = false
     from chosen c where w.tenant_id = c.tenant_id and w.kind = c.kind and w.id = c.id
     returning w.tenant_id, w.kind, w.id, w.priority, w.epoch`,
    [[...kinds], owner, limit, leaseMs],
  );
  return rows
    .map(({ tenant_id, kind, id, priority, epoch }) => ({ tenantId: tenant_id, kind, id, priority, epoch, deadline }))
    .sort((a, b) => a.priority - b.priority);
}

/** Extends the lease to `leaseMs` from now; false when the claim was lost. */
export async function renewWork(
  db: Database,
  claim: Claim,
  leaseMs: number,
  clock: Clock = systemClock,
): Promise<boolean> {
  const deadline = clock.monotonic() + leaseMs;
  const rows = await db.dispatch(
    `update work set lease_until = clock_timestamp() + $5 * interval '1 millisecond'
     where tenant_id = $1 and kind = $2 and id = $3 and epoch = $4 and lease_until is not null returning 1 as held`,
    [...identity(claim), leaseMs],
    "work_renew",
  );
  if (rows.length === 0) return false;
  claim.deadline = deadline;
  return true;
}

/** Within a tenant transaction: throws WorkLostError unless the claim is held; until the commit nobody can take it. */
export async function assertHeld(tx: Tx, claim: Claim): Promise<void> {
  const rows = await tx.query(
    `select 1 as held from work where tenant_id = $1 and kind = $2 and id = $3 and epoch = $4 and lease_until is not null
     for share`,
    identity(claim),
    "work_held",
  );
  if (rows.length === 0) throw new WorkLostError(claim);
}

/**
 * The work is done: its row goes, or becomes due again when it was asked for meanwhile.
 * In the transaction of the work's effect both happen or neither. False when the claim was lost.
 */
export async function finishWork(tx: Tx, claim: Claim): Promise<boolean> {
  const where = "where tenant_id = $1 and kind = $2 and id = $3 and epoch = $4 and lease_until is not null";
  const values = identity(claim);
  if ((await tx.execute(`delete from work ${where} and not again`, values, "work_finish")) > 0) return true;
  const released = `update work set lease_until = null, owner = null, again = false ${where}`;
  return (await tx.execute(released, values, "work_release")) > 0;
}

/** Gives the work back, due in `dueInMs`, or sooner when it was asked for meanwhile. False when the claim was lost. */
export async function rescheduleWork(tx: Tx, claim: Claim, dueInMs: number): Promise<boolean> {
  const touched = await tx.execute(
    `update work set lease_until = null, owner = null, again = false,
       due_at = least(clock_timestamp() + $5 * interval '1 millisecond', case when again then due_at end)
     where tenant_id = $1 and kind = $2 and id = $3 and epoch = $4 and lease_until is not null`,
    [...identity(claim), dueInMs],
    "work_reschedule",
  );
  return touched > 0;
}

function identity(claim: Claim): unknown[] {
  return [claim.tenantId, claim.kind, claim.id, claim.epoch];
}
