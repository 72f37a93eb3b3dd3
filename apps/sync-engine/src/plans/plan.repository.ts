import { isDeepStrictEqual } from "node:util";
import { ENTITIES, uuidv7, type EntityName, type Json } from "@dovetail/domain";
import type { JobApproval, JobMode, PlanItemState, PlanOperation } from "@dovetail/contracts";
import type { Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import type { JobRow } from "../jobs/job";
import { PLAN_HOURS, type ItemRow, type NewItem, type PlanPart, type PlanRow, type PlanSlice } from "./plan";
import { EDITED, SEAL, SECOND_CLAIMANTS } from "./plan-seal.repository";

/** A plan that is to be made. */
export interface NewPlan {
  account: Account;
  entity: EntityName;
  direction: "inbound" | "outbound";
  mode: JobMode;
  approval: Pick<JobApproval, "kind" | "reverts">;
  part: PlanPart;
}

/** Which items to read, behind (page, n). */
export interface ItemFilter {
  operation: PlanOperation | null;
  state: PlanItemState | null;
  after: readonly [number, number];
  limit: number;
}

/** An item whose assumptions do not hold any more: the version planned on, the version found. */
export interface StaleItem {
  page: number;
  n: number;
  key: string;
  planned: number;
  found: number;
}

const PLAN = `job_id, account_version, mapping_version, cursor_page, cursor, baseline, part, page, mark, next_cursor, applied, keeps_cursor`;
const ITEM = `page, n, integration, key, external_id, operation, state, reason, problem, changes, record_version,
  encode(shadow_hash, 'hex') shadow_hash, push_io, doc, encode(hash, 'hex') hash, erp_version, modified_at, letter, body,
  pushes, push_id`;

/** SQL of plans and their items inside a tenant transaction. */
@Injectable()
export class PlanRepository {
  /** Queues a job that makes a plan; answers its id. */
  async create(tx: Tx, plan: NewPlan): Promise<string> {
    const { account, entity, direction, mode, part } = plan;
    const id = uuidv7();
    const { code } = ENTITIES[entity];
    const approval: JobApproval = {
      ...plan.approval,
      state: "making",
      digest: null,
      expiresAt: null,
      approvedBy: null,
      notApplied: 0,
    };
    const mapping = account.mappings[code] ?? null;
    await tx.execute(
      `insert into sync_engine.jobs (tenant_id, id, integration, entity, direction, mode, trigger, status, dry_run, mapping_version, approval)
       values ($1, $2, $3, $4, $5, $6, 'manual', 'queued', true, $7, $8)`,
      [tx.tenantId, id, account.num, code, direction, mode, mapping, JSON.stringify(approval)],
    );
    await tx.execute(
      `insert into sync_engine.plans (tenant_id, job_id, account_version, mapping_version, cursor_page, cursor, baseline, part, mark)
       select $1, $2, $3, $4, coalesce(c.page, 0), c.value, coalesce(c.baseline, false), $7, case when $8 then null else c.value end
       from (select 1) one left join sync_engine.cursors c on c.tenant_id = $1 and c.integration = $5 and c.entity = $6`,
      [tx.tenantId, id, account.version, mapping, account.num, code, part, mode === "full" || part === "rollback"],
    );
    return id;
  }

  async lock(tx: Tx, jobId: string): Promise<PlanRow | undefined> {
    const where = `where tenant_id = $1 and job_id = $2 for update`;
    return tx.one<PlanRow>(`select ${PLAN} from sync_engine.plans ${where}`, [tx.tenantId, jobId]);
  }

  /** Takes the job up, anew after a crash. Undefined when it is not to be made any more. */
  async take(tx: Tx, jobId: string): Promise<JobRow | undefined> {
    const taken = await tx.execute(
      `update sync_engine.jobs set status = 'running', attempts = attempts + 1, started_at = coalesce(started_at, clock_timestamp())
       where tenant_id = $1 and id = $2 and status in ('queued', 'running') and approval->>'state' = 'making'`,
      [tx.tenantId, jobId],
    );
    return taken === 0 ? undefined : this.job(tx, jobId);
  }

  /** Takes an approved one up: its turns are counted as those of any job. */
  async takeAgain(tx: Tx, jobId: string): Promise<JobRow | undefined> {
    const scope = [tx.tenantId, jobId];
    await tx.execute(`update sync_engine.jobs set attempts = attempts + 1 where tenant_id = $1 and id = $2`, scope);
    return this.job(tx, jobId);
  }

  /** Milliseconds until the plan may not be approved any more. */
  async untilExpiry(tx: Tx, jobId: string): Promise<number> {
    const row = await tx.one<{ left: number }>(
      `select (extract(epoch from (approval->>'expiresAt')::timestamptz - clock_timestamp()) * 1000)::float8 as left
       from sync_engine.jobs where tenant_id = $1 and id = $2`,
      [tx.tenantId, jobId],
    );
    return row?.left ?? 0;
  }

  async job(tx: Tx, jobId: string): Promise<JobRow | undefined> {
    return tx.one<JobRow>(`select * from sync_engine.jobs where tenant_id = $1 and id = $2`, [tx.tenantId, jobId]);
  }

  /**
   * Adds a slice behind the last one, and where its part goes on. A record has one item: rows that came again replace their
   * earlier item and count as repeats.
   */
  async addSlice(tx: Tx, jobId: string, slice: PlanSlice, mark: Json | null, items: readonly NewItem[]): Promise<void> {
    const ids = slice.part === "pull" ? items.flatMap(({ externalId }) => externalId ?? []) : [];
    const again =
      ids.length === 0
        ? 0
        : await tx.execute(
            `delete from sync_engine.plan_items where tenant_id = $1 and job_id = $2 and external_id = any($3)
               and (page, tenant_id) in (select p.page, p.tenant_id from sync_engine.plan_pages p
                 where p.tenant_id = $1 and p.job_id = $2 and p.part = 'pull')`,
            [tx.tenantId, jobId, ids],
          );
    await tx.execute(
      `insert into sync_engine.plan_pages (tenant_id, job_id, page, part, io, repeats, last) values ($1, $2, $3, $4, $5, $6, $7)`,
      [tx.tenantId, jobId, slice.page, slice.part, slice.io, slice.repeats + again, slice.last],
    );
    await tx.execute(
      `update sync_engine.plans set page = $3, part = $4, mark = $5 where tenant_id = $1 and job_id = $2`,
      [tx.tenantId, jobId, slice.page, slice.part, mark === null ? null : JSON.stringify(mark)],
    );
    await tx.execute(INSERT_ITEMS, [tx.tenantId, jobId, slice.page, JSON.stringify(items.map(stored))]);
  }

  /** The next part begins; `mark` is where. */
  async goOn(tx: Tx, jobId: string, part: PlanPart, mark: Json | null): Promise<void> {
    await tx.execute(`update sync_engine.plans set part = $3, mark = $4 where tenant_id = $1 and job_id = $2`, [
      tx.tenantId,
      jobId,
      part,
      mark === null ? null : JSON.stringify(mark),
    ]);
  }

  /** All is read. */
  async readTo(tx: Tx, jobId: string, cursor: Json): Promise<void> {
    await tx.execute(
      `update sync_engine.plans set part = 'gone', mark = null, next_cursor = $3 where tenant_id = $1 and job_id = $2`,
      [tx.tenantId, jobId, JSON.stringify(cursor)],
    );
  }

  /**
   * The plan is whole: its counters are told, its digest is taken, and it waits for a person; without anything to apply the
   * job is completed. Undefined when the job was cancelled meanwhile.
   */
  async seal(tx: Tx, jobId: string): Promise<JobRow | undefined> {
    const scope = [tx.tenantId, jobId];
    await tx.execute(SECOND_CLAIMANTS, scope);
    await tx.execute(
      `update sync_engine.plan_pages set digest = sync_engine.plan_page_digest($1, $2, page) where tenant_id = $1 and job_id = $2`,
      scope,
    );
    const done = await tx.execute(SEAL, [...scope, PLAN_HOURS]);
    return done === 0 ? undefined : this.job(tx, jobId);
  }

  async items(tx: Tx, jobId: string, filter: ItemFilter): Promise<(ItemRow & { part: PlanPart })[]> {
    const columns = ITEM.replace(/\b(page|n|integration)\b/g, "i.$1");
    return tx.query(
      `select ${columns}, p.part from sync_engine.plan_items i
         join sync_engine.plan_pages p on p.tenant_id = i.tenant_id and p.job_id = i.job_id and p.page = i.page
       where i.tenant_id = $1 and i.job_id = $2 and (i.page, i.n) > ($3, $4)
         and ($5::text is null or operation = $5) and ($6::text is null or state = $6)
       order by i.page, i.n limit $7`,
      [tx.tenantId, jobId, ...filter.after, filter.operation, filter.state, filter.limit],
    );
  }

  /** The slice behind the last one that was applied. */
  async nextSlice(tx: Tx, jobId: string): Promise<{ slice: PlanSlice; items: ItemRow[] } | undefined> {
    const slice = await tx.one<PlanSlice>(
      `select g.page, g.part, g.io, g.repeats, g.last from sync_engine.plans p
         join sync_engine.plan_pages g on g.tenant_id = p.tenant_id and g.job_id = p.job_id and g.page = p.applied + 1
       where p.tenant_id = $1 and p.job_id = $2`,
      [tx.tenantId, jobId],
    );
    if (!slice) return undefined;
    const items = await tx.query<ItemRow>(
      `select ${ITEM} from sync_engine.plan_items where tenant_id = $1 and job_id = $2 and page = $3 order by n`,
      [tx.tenantId, jobId, slice.page],
    );
    return { slice: { ...slice, io: Number(slice.io) }, items };
  }

  /** Whether the plan is not the one that was made: a slice says something else than when it was sealed. */
  async edited(tx: Tx, jobId: string): Promise<boolean> {
    const row = await tx.one<{ edited: boolean }>(EDITED, [tx.tenantId, jobId]);
    return row?.edited ?? true;
  }

  /** Whether the cursor of the entity was moved, on or back, since the plan was begun. */
  async cursorMoved(tx: Tx, job: JobRow, plan: PlanRow): Promise<boolean> {
    const row = await tx.one<{ page: number; value: Json | null }>(
      `select page, value from sync_engine.cursors where tenant_id = $1 and integration = $2 and entity = $3`,
      [tx.tenantId, job.integration, job.entity],
    );
    return (row?.page ?? 0) !== plan.cursor_page || !isDeepStrictEqual(row?.value ?? null, plan.cursor);
  }

  /** Whether a pull of the entity has begun and not ended, be it that it waits: the cursor is its own. */
  async isPulled(tx: Tx, job: JobRow): Promise<boolean> {
    const row = await tx.one(
      `select 1 from sync_engine.jobs where tenant_id = $1 and integration = $2 and entity = $3 and direction = 'inbound'
         and status = 'running' and not dry_run limit 1`,
      [tx.tenantId, job.integration, job.entity],
    );
    return row !== undefined;
  }

  /** Items whose assumptions do not hold any more; of one slice, or with null of the whole plan. */
  async stale(tx: Tx, job: JobRow, page: number | null, limit: number): Promise<StaleItem[]> {
    const values = [tx.tenantId, job.id, job.entity, page, limit];
    return tx.query<StaleItem>(
      `select page, n, key, planned, found from sync_engine.stale_items($1, $2, $3, $4, $5)`,
      values,
    );
  }
}

/** A new item as the insert reads it. */
function stored(item: NewItem, n: number): object {
  const { assumed } = item;
  return {
    n,
    integration: item.integration,
    key: item.key,
    external_id: item.externalId,
    operation: item.operation,
    reason: item.reason ?? null,
    problem: item.problem ?? null,
    changes: item.changes ?? [],
    record_version: assumed?.version ?? null,
    shadow_hash: assumed?.link?.shadowHash ?? null,
    push_io: assumed?.link?.pushIo ?? null,
    doc: item.doc ?? null,
    hash: item.hash ?? null,
    erp_version: item.erpVersion ?? null,
    modified_at: item.modifiedAt ?? null,
    letter: item.letter ?? null,
    body: item.body ?? null,
    pushes: item.pushes ?? [],
    push_id: item.pushId ?? null,
  };
}

const INSERT_ITEMS = `insert into sync_engine.plan_items (tenant_id, job_id, page, n, integration, key, external_id, operation, reason,
    problem, changes, record_version, shadow_hash, push_io, doc, hash, erp_version, modified_at, letter, body, pushes,
    push_id)
  select $1, $2, $3, i.n, i.integration, i.key, i.external_id, i.operation, i.reason, i.problem, i.changes, i.record_version,
    decode(i.shadow_hash, 'hex'), i.push_io, i.doc, decode(i.hash, 'hex'), i.erp_version, i.modified_at, i.letter,
    i.body, i.pushes, i.push_id
  from jsonb_to_recordset($4::jsonb) i (n int, integration int, key text, external_id text, operation text, reason text, problem jsonb,
    changes jsonb, record_version int, shadow_hash text, push_io bigint, doc text, hash text, erp_version text, modified_at text,
    letter jsonb, body jsonb, pushes jsonb, push_id uuid)`;
