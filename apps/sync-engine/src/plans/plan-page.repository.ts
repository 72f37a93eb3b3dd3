import { ENTITIES, type EntityName } from "@dovetail/domain";
import type { Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { CrashPoints } from "../crash-points";
import { LETTER_COLUMNS, type DeadLetterRow } from "../dead-letters/dead-letter.repository";
import type { JobRow } from "../jobs/job";
import type { PageCall } from "../pull/page-call";
import { PageRepository } from "../pull/page.repository";
import { KEPT_DAYS, type ItemRow, type PlanRow, type RecordState } from "./plan";

/** SQL of trying a page and of applying a planned one, inside a tenant transaction. */
@Injectable()
export class PlanPageRepository {
  constructor(
    private readonly pages: PageRepository,
    private readonly crash: CrashPoints,
  ) {}

  /** Begins a trial: whatever is written until `undo` never was. */
  async begin(tx: Tx): Promise<void> {
    await tx.execute(`savepoint trial`);
  }

  async undo(tx: Tx): Promise<void> {
    await tx.execute(`rollback to savepoint trial`);
  }

  /** For a trial: the cursor stands where the page expects it. */
  async placeCursor(tx: Tx, { integration, entity, page, epoch }: PageCall): Promise<void> {
    await tx.execute(
      `insert into sync_engine.cursors (tenant_id, integration, entity, page, epoch) values ($1, $2, $3, $4, $5)
       on conflict (tenant_id, integration, entity) do update set page = excluded.page, epoch = excluded.epoch`,
      [tx.tenantId, integration, entity, page - 1, epoch],
    );
  }

  /** Locks the records of these keys in key order: until the transaction ends they stand as `states` shows them. */
  async lock(tx: Tx, entity: EntityName, keys: readonly string[]): Promise<void> {
    await tx.query(
      `select 1 from sync_engine.records where tenant_id = $1 and entity = $2 and key = any($3) order by key for update`,
      [tx.tenantId, ENTITIES[entity].code, keys],
    );
  }

  /** How the keys stand with their link of one integration; version 0: there is no record. */
  async states(
    tx: Tx,
    entity: EntityName,
    integration: number,
    keys: readonly string[],
  ): Promise<Map<string, RecordState>> {
    const rows = await tx.query<RecordState>(
      `select s.key, coalesce(r.version, 0) as version, coalesce(r.deleted, false) as deleted, r.doc,
         encode(case when r.integration = $3 then r.shadow_hash else k.shadow_hash end, 'hex') as shadow_hash,
         coalesce(case when r.integration = $3 then r.push_io else k.push_io end, 0) as push_io
       from unnest($4::text[]) s(key)
         left join sync_engine.records r on r.tenant_id = $1 and r.entity = $2 and r.key = s.key
         left join sync_engine.links k on k.tenant_id = $1 and k.entity = $2 and k.key = s.key and k.integration = $3`,
      [tx.tenantId, ENTITIES[entity].code, integration, keys],
    );
    return new Map(rows.map((row) => [row.key, row]));
  }

  /** Which of the keys the plan pushes. */
  async pushed(tx: Tx, jobId: string, keys: readonly string[]): Promise<Set<string>> {
    const rows = await tx.query<{ key: string }>(
      `select i.key from sync_engine.plan_items i
         join sync_engine.plan_pages p on p.tenant_id = i.tenant_id and p.job_id = i.job_id and p.page = i.page
       where i.tenant_id = $1 and i.job_id = $2 and i.key = any($3) and p.part = 'push' and i.operation in ('create', 'update', 'delete')`,
      [tx.tenantId, jobId, keys],
    );
    return new Set(rows.map(({ key }) => key));
  }

  /** What the page merge left over of a job. */
  async leftOvers(tx: Tx, jobId: string): Promise<DeadLetterRow[]> {
    return tx.query<DeadLetterRow>(
      `select ${LETTER_COLUMNS} from sync_engine.dead_letters
       where tenant_id = $1 and job_id = $2 and status = 'OPEN' and reason = 'MERGE' order by key`,
      [tx.tenantId, jobId],
    );
  }

  /** The plan of an (integration, entity) that a person has approved, oldest first. */
  async approved(tx: Tx, integration: number, entity: number): Promise<string | undefined> {
    const row = await tx.one<{ id: string }>(
      `select id from sync_engine.jobs where tenant_id = $1 and integration = $2 and entity = $3 and dry_run and status = 'running'
         and approval->>'state' = 'approved' order by id limit 1`,
      [tx.tenantId, integration, entity],
    );
    return row?.id;
  }

  /** Items that were overtaken are left out, and listed on the job; they count as parked. */
  async leaveOut(tx: Tx, jobId: string, items: readonly ItemRow[], reason: (item: ItemRow) => string): Promise<void> {
    if (items.length === 0) return;
    await tx.execute(
      `update sync_engine.plan_items i set state = 'stale', reason = s.reason
       from unnest($3::int[], $4::int[], $5::text[]) s(page, n, reason)
       where i.tenant_id = $1 and i.job_id = $2 and i.page = s.page and i.n = s.n`,
      [tx.tenantId, jobId, items.map(({ page }) => page), items.map(({ n }) => n), items.map(reason)],
    );
    await tx.execute(
      `update sync_engine.jobs set read = read + $3, parked = parked + $3,
         approval = approval || jsonb_build_object('notApplied', (approval->>'notApplied')::int + $3)
       where tenant_id = $1 and id = $2`,
      [tx.tenantId, jobId, items.length],
    );
    await tx.execute(`update sync_engine.plans set keeps_cursor = true where tenant_id = $1 and job_id = $2`, [
      tx.tenantId,
      jobId,
    ]);
  }

  /** A slice is applied: the next worker goes on behind it. */
  async sliceApplied(tx: Tx, jobId: string, plan: PlanRow): Promise<void> {
    this.crash.at("plan.before-commit");
    await tx.execute(
      `update sync_engine.plans set applied = $3, cursor_page = $4, keeps_cursor = keeps_cursor or $5
       where tenant_id = $1 and job_id = $2`,
      [tx.tenantId, jobId, plan.applied, plan.cursor_page, plan.keeps_cursor],
    );
    await tx.execute(
      `update sync_engine.plan_items set state = 'applied' where tenant_id = $1 and job_id = $2 and page = $3 and state = 'planned'
         and operation <> 'hold'`,
      [tx.tenantId, jobId, plan.applied],
    );
  }

  /** Rows linked before the plan was begun that it was not shown, in key order; as a full run finds them. */
  async unseen(tx: Tx, job: JobRow, after: string, limit: number): Promise<{ key: string; external_id: string }[]> {
    return tx.query(UNSEEN, [tx.tenantId, job.id, job.integration, job.entity, after, limit]);
  }

  /** Numbers one read. */
  async nextIo(): Promise<number> {
    return this.pages.nextIo();
  }

  /** Settles what is listed of rows that are gone, as a run does. */
  async settleGone(tx: Tx, integration: number, entity: EntityName, ids: readonly string[]): Promise<void> {
    await this.pages.settleGone(tx, integration, entity, ids);
  }

  /** Counts items that are applied outside the page merge. */
  async count(
    tx: Tx,
    jobId: string,
    counts: Partial<Record<"created" | "updated" | "unchanged" | "rejected" | "parked" | "deleted", number>>,
  ): Promise<void> {
    const { created = 0, updated = 0, unchanged = 0, rejected = 0, parked = 0, deleted = 0 } = counts;
    const read = created + updated + unchanged + rejected + parked;
    await tx.execute(
      `update sync_engine.jobs set read = read + $3, created = created + $4, updated = updated + $5, unchanged = unchanged + $6,
         rejected = rejected + $7, parked = parked + $8, deleted = deleted + $9
       where tenant_id = $1 and id = $2`,
      [tx.tenantId, jobId, read, created, updated, unchanged, rejected, parked, deleted],
    );
  }

  /** A person's word: the counters begin anew, for what is really done. */
  async approve(tx: Tx, jobId: string, by: string): Promise<void> {
    await tx.execute(
      `update sync_engine.jobs set status = 'running', read = 0, created = 0, updated = 0, unchanged = 0, rejected = 0, parked = 0,
         deleted = 0, approval = approval || jsonb_build_object('state', 'approved', 'approvedBy', $3::text)
       where tenant_id = $1 and id = $2`,
      [tx.tenantId, jobId, by],
    );
  }

  /** Removes the items of plans that ended long ago; answers the milliseconds until that may be done. */
  async forget(tx: Tx, jobId: string): Promise<number> {
    const row = await tx.one<{ left: number }>(
      `select (extract(epoch from coalesce(finished_at, clock_timestamp()) + $3 * interval '1 day' - clock_timestamp()) * 1000)::float8 as left
       from sync_engine.jobs where tenant_id = $1 and id = $2`,
      [tx.tenantId, jobId, KEPT_DAYS],
    );
    const left = row?.left ?? 0;
    if (left > 0) return left;
    for (const table of ["plan_items", "plan_pages", "plans"])
      await tx.execute(`delete from sync_engine.${table} where tenant_id = $1 and job_id = $2`, [tx.tenantId, jobId]);
    return 0;
  }

  async applied(tx: Tx, jobId: string): Promise<void> {
    await tx.execute(
      `update sync_engine.jobs set approval = approval || '{"state":"applied"}' where tenant_id = $1 and id = $2`,
      [tx.tenantId, jobId],
    );
  }
}

const UNSEEN = `with begun as materialized (
    select min(io) as io from sync_engine.plan_pages where tenant_id = $1 and job_id = $2 and part = 'pull'),
  linked as (
    select r.key, r.external_id, r.push_open, r.push_io from sync_engine.records r
      where r.tenant_id = $1 and r.entity = $4 and r.integration = $3 and r.key > $5 and not r.deleted
    union all
    select k.key, k.external_id, k.push_open, k.push_io from sync_engine.links k
      join sync_engine.records r on r.tenant_id = k.tenant_id and r.entity = k.entity and r.key = k.key and not r.deleted
      where k.tenant_id = $1 and k.entity = $4 and k.integration = $3 and k.key > $5)
  select l.key, l.external_id from linked l
  where l.external_id is not null and not l.push_open and l.push_io <= (select io from begun)
    and not exists (select 1 from sync_engine.plan_items i where i.tenant_id = $1 and i.job_id = $2 and i.external_id = l.external_id)
  order by l.key limit $6`;
