import { Database, type Claim, type ClaimRequest } from "@dovetail/database";
import { systemClock } from "@dovetail/resilience";
import { Injectable } from "@nestjs/common";

/** How much each account and tenant may still have under way in the asking process. */
export interface Room {
  /** Accounts that have something under way, and how much more they may have. */
  queues: ReadonlyMap<number, number>;
  /** An account that has nothing under way. */
  queue: number;
  tenants: ReadonlyMap<string, number>;
  tenant: number;
  /** Accounts of which nothing is to be taken. */
  without: readonly number[];
}

export interface Found {
  claims: (Claim & { queue: number })[];
  /** Due rows that were looked at. */
  seen: number;
}

interface ClaimRow {
  /** Null in the one row that comes when nothing was claimed. */
  tenant_id: string | null;
  kind: string;
  id: string;
  priority: number;
  epoch: number;
  queue: number;
  seen: number;
}

// clock_timestamp in a subselect: once per statement, so that the indexes serve
const NOW = "(select clock_timestamp())";
const COLUMNS = "w.tenant_id, w.kind, w.id, w.queue, w.priority, w.due_at";

/** The oldest due rows of each kind and priority. */
const BY_AGE = `
  select ${COLUMNS} from unnest($1::text[]) k(kind) cross join generate_series(0, 9) p(priority) cross join lateral (
    select * from work w where w.kind = k.kind and w.priority = p.priority and w.lease_until is null and w.due_at <= ${NOW}
    order by w.due_at limit $5) w
  order by w.priority, w.due_at limit $5`;

/** A few due rows of every account. */
const BY_ACCOUNT = `
  select ${COLUMNS} from lap l cross join lateral (
    select * from work w where w.kind = l.kind and w.queue = l.queue and w.lease_until is null and w.due_at <= ${NOW}
    order by w.priority, w.due_at limit $5) w
  where l.queue is not null and l.queue <> all($11)`;

const LAP = `lap(kind, queue) as (
    select k.kind, (select min(w.queue) from work w where w.kind = k.kind and w.lease_until is null) from unnest($1::text[]) k(kind)
    union all
    select l.kind, (select min(w.queue) from work w where w.kind = l.kind and w.lease_until is null and w.queue > l.queue)
    from lap l where l.queue is not null),`;

/** `seen` → `chosen` by the room that is left → claimed. Accounts behind $12 come first: so all have their turn. */
function claiming(seen: string, withs = ""): string {
  return `
    with recursive ${withs} expired as materialized (
      select w.tenant_id, w.kind, w.id from work w
      where w.kind = any($1) and w.lease_until < ${NOW} order by w.lease_until limit $3 for update skip locked),
    seen as materialized (${seen}),
    ranked as (
      select s.*, row_number() over (partition by s.queue order by s.priority, s.due_at) nth,
        row_number() over (partition by s.tenant_id order by s.priority, s.due_at) nth_of_tenant
      from seen s where s.queue <> all($11)),
    chosen as (
      select r.tenant_id, r.kind, r.id from ranked r
        left join unnest($6::int[], $7::int[]) q(queue, room) on q.queue = r.queue
        left join unnest($9::uuid[], $10::int[]) t(tenant_id, room) on t.tenant_id = r.tenant_id
      where (r.queue = 0 or r.nth <= coalesce(q.room, $8)) and r.nth_of_tenant <= coalesce(t.room, $13)
      order by (r.nth - 1) / 4, r.queue <= $12, r.priority, r.due_at limit $3),
    due as materialized (
      select w.tenant_id, w.kind, w.id from work w join chosen c using (tenant_id, kind, id)
      where w.lease_until is null for update of w skip locked),
    taken as (select * from expired union all select * from due limit $3),
    claimed as (update work w set lease_until = clock_timestamp() + $4 * interval '1 millisecond', owner = $2,
      epoch = nextval('work_epochs'), again = false
    from taken c where w.tenant_id = c.tenant_id and w.kind = c.kind and w.id = c.id
    returning w.tenant_id, w.kind, w.id, w.priority, w.epoch, w.queue)
    select s.seen, c.* from (select count(*)::int seen from seen) s left join claimed c on true`;
}

const OLDEST = claiming(BY_AGE);
const IN_TURN = claiming(BY_ACCOUNT, LAP);
/** Looked at for one claim: beyond so many due rows of the same kind accounts are asked for one by one. */
export const WINDOW = 64;
const SHARE = 4;

/** SQL of claims in which accounts and tenants take turns. Planned anew each time: see claimWork. */
@Injectable()
export class TurnRepository {
  constructor(private readonly db: Database) {}

  /** The oldest due rows that there is room for, by priority. When WINDOW rows were seen there may be others behind them. */
  oldest(request: ClaimRequest, room: Room): Promise<Found> {
    return this.claim(OLDEST, request, WINDOW, room, 0);
  }

  /** A few due rows of each account, those behind `after` first. Costs a few microseconds per account that has any row. */
  inTurn(request: ClaimRequest, room: Room, after: number): Promise<Found> {
    return this.claim(IN_TURN, request, SHARE, room, after);
  }

  private async claim(text: string, request: ClaimRequest, most: number, room: Room, after: number): Promise<Found> {
    const { kinds, owner, limit, leaseMs, clock = systemClock } = request;
    const deadline = clock.monotonic() + leaseMs;
    const { queues, queue, tenants, tenant, without } = room;
    const rows = await this.db.dispatch<ClaimRow>(text, [
      [...kinds],
      owner,
      limit,
      leaseMs,
      most,
      [...queues.keys()],
      [...queues.values()],
      queue,
      [...tenants.keys()],
      [...tenants.values()],
      [...without],
      after,
      tenant,
    ]);
    const claims = rows
      .flatMap(({ tenant_id: tenantId, kind, id, priority, epoch, queue: of }) =>
        tenantId === null ? [] : [{ tenantId, kind, id, priority, epoch, deadline, queue: of }],
      )
      .sort((a, b) => a.priority - b.priority);
    return { claims, seen: rows[0]?.seen ?? 0 };
  }
}
