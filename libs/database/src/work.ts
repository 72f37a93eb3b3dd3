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

/** Extends the leases to `leaseMs` from now, in one statement; answers the claims that were lost. */
export async function renewAll(
  db: Database,
  claims: readonly Claim[],
  leaseMs: number,
  clock: Clock = systemClock,
): Promise<Claim[]> {
  const deadline = clock.monotonic() + leaseMs;
  const held = await db.dispatch<{ n: number }>(
    `update work w set lease_until = clock_timestamp() + $5 * interval '1 millisecond'
     from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[]) with ordinality c(tenant_id, kind, id, epoch, n)
     where w.tenant_id = c.tenant_id and w.kind = c.kind and w.id = c.id and w.epoch = c.epoch
       and coalesce(w.lease_until > '-infinity', false)
     returning c.n`,
    [
      claims.map(({ tenantId }) => tenantId),
      claims.map(({ kind }) => kind),
      claims.map(({ id }) => id),
      claims.map(({ epoch }) => epoch),
      leaseMs,
    ],
  );
  const renewed = new Set(held.map(({ n }) => claims[Number(n) - 1]));
  for (const claim of claims) if (renewed.has(claim)) claim.deadline = deadline;
  return claims.filter((claim) => !renewed.has(claim));
}

/** Extends one lease; false when the claim was lost. */
export async function renewWork(db: Database, claim: Claim, leaseMs: number, clock?: Clock): Promise<boolean> {
  return (await renewAll(db, [claim], leaseMs, clock)).length === 0;
}

/** Within a tenant transaction: throws WorkLostError unless the claim is held; until the commit nobody can take it. */
export async function assertHeld(tx: Tx, claim: Claim): Promise<void> {
  const row = await tx.one<{ held: boolean }>(
    `select epoch = $4 and lease_until is not null as held from work where tenant_id = $1 and kind = $2 and id = $3 for share`,
    identity(claim),
    "work_held",
  );
  if (!row?.held) throw new WorkLostError(claim);
}

/**
 * The work is done: its row goes, or becomes due again when it was asked for meanwhile.
 * In the transaction of the work's effect both happen or neither. False when the claim was lost.
 */
export async function finishWork(tx: Tx, claim: Claim): Promise<boolean> {
  const where = `where ${HELD}`;
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
     where ${HELD}`,
    [...identity(claim), dueInMs],
    "work_reschedule",
  );
  return touched > 0;
}

// Not `lease_until is not null`: that would offer the index of all leased rows, and a plan made while there were few of them
// would read all of them for each row.
const HELD = "tenant_id = $1 and kind = $2 and id = $3 and epoch = $4 and coalesce(lease_until > '-infinity', false)";

function identity(claim: Claim): unknown[] {
  return [claim.tenantId, claim.kind, claim.id, claim.epoch];
}
