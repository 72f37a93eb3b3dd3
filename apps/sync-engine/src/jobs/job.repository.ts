import { ENTITIES, type EntityName } from "@dovetail/domain";
import type {
  ConnectionStatus,
  JobApproval,
  JobMode,
  JobStatus,
  JobTrigger,
  ProblemDocument,
} from "@dovetail/contracts";
import type { Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { CrashPoints } from "../crash-points";
import type { JobRow } from "./job";

export interface NewJob {
  id: string;
  integration: number;
  entity: EntityName;
  mode: JobMode;
  trigger: JobTrigger;
}

export interface JobFilter {
  integration: number | null;
  entity: number | null;
  status: JobStatus | null;
  /** Only jobs older than this one (UUIDv7 order). */
  before: string | null;
  limit: number;
}

const COLUMNS = `id, integration, entity, direction, mode, trigger, status, dry_run, read, created, updated, unchanged, rejected, parked,
  deleted, attempts, all_read, mapping_version, seen_from, deletes_approved, problem, approval, created_at, started_at, finished_at`;

/** How a run stands that met more rows that are gone than it may delete by itself. */
const WAITS_FOR_DELETES: JobApproval = {
  kind: "deletes",
  state: "ready",
  digest: null,
  expiresAt: null,
  approvedBy: null,
  notApplied: 0,
  reverts: null,
};

/** First half of the advisory lock under which pulls of an integration begin one after the other. */
const PULLS_BEGIN = 4_001;

/** SQL of jobs inside a tenant transaction. */
@Injectable()
export class JobRepository {
  constructor(private readonly crash: CrashPoints) {}

  /** Queues a pull; a queued job of the same (integration, entity) is the answer instead, and reads as much as the wider one. */
  async queue(tx: Tx, job: NewJob): Promise<{ row: JobRow; coalesced: boolean }> {
    const row = await tx.one<JobRow & { fresh: boolean }>(
      `insert into sync_engine.jobs as j (tenant_id, id, integration, entity, direction, mode, trigger, status)
       values ($1, $2, $3, $4, 'inbound', $5, $6, 'queued')
       on conflict (tenant_id, integration, entity, direction) where status = 'queued' and not dry_run
         do update set mode = case when 'full' in (excluded.mode, j.mode) then 'full' when 'scan' in (excluded.mode, j.mode) then 'scan'
           else j.mode end
       returning ${COLUMNS}, id = $2 as fresh`,
      [tx.tenantId, job.id, job.integration, ENTITIES[job.entity].code, job.mode, job.trigger],
    );
    if (!row) throw new Error("the job was not queued");
    return { row, coalesced: !row.fresh };
  }

  async get(tx: Tx, id: string, lock = false): Promise<JobRow | undefined> {
    return tx.one<JobRow>(
      `select ${COLUMNS} from sync_engine.jobs where tenant_id = $1 and id = $2 ${lock ? "for update" : ""}`,
      [tx.tenantId, id],
    );
  }

  /** Whether fewer than `most` other pulls of the integration run now. Until the transaction ends no other one begins. */
  async hasRoom(tx: Tx, integration: number, entity: number, most: number): Promise<boolean> {
    await tx.execute("select pg_advisory_xact_lock($1, $2)", [PULLS_BEGIN, integration]);
    const row = await tx.one<{ n: number }>(
      `select count(*)::int n from sync_engine.jobs j
         join sync_engine.work w on w.tenant_id = $1 and w.kind = 'pull' and w.id = j.integration || ':' || j.entity
       where j.tenant_id = $1 and j.integration = $2 and j.status = 'running' and j.direction = 'inbound' and j.entity <> $3
         and w.lease_until > clock_timestamp()`,
      [tx.tenantId, integration, entity],
    );
    return (row?.n ?? 0) < most;
  }

  /** The job to work on: the running one (it goes on after a crash), else the queued one, now running. */
  async take(tx: Tx, integration: number, entity: number, mappingVersion: number | null): Promise<JobRow | undefined> {
    const next = await tx.query<JobRow>(
      `select ${COLUMNS} from sync_engine.jobs where tenant_id = $1 and integration = $2 and entity = $3 and direction = 'inbound'
         and status in ('running', 'queued') and not dry_run order by status desc for update`,
      [tx.tenantId, integration, entity],
    );
    const job = next[0];
    if (!job) return undefined;
    return tx.one<JobRow>(
      `update sync_engine.jobs set status = 'running', attempts = attempts + 1, mapping_version = $3,
         started_at = coalesce(started_at, clock_timestamp()) where tenant_id = $1 and id = $2 returning ${COLUMNS}`,
      [tx.tenantId, job.id, mappingVersion],
    );
  }

  /** A full run begins at the start, once: whoever takes it over goes on from its last page. */
  async rewind(tx: Tx, job: JobRow): Promise<void> {
    await tx.execute(
      `update sync_engine.cursors set value = null, updated_at = now() where tenant_id = $1 and integration = $2 and entity = $3`,
      [tx.tenantId, job.integration, job.entity],
    );
  }

  /**
   * A run that shows every row notes what it sees from here on, so that it can tell what is gone. Not on a first load: there
   * is nothing that it could miss. One that waits for approval of an earlier count is passed over by it. Answers the job.
   */
  async noteSeen(tx: Tx, job: JobRow): Promise<JobRow> {
    await tx.execute(
      `update sync_engine.jobs set status = 'cancelled', finished_at = clock_timestamp()
       where tenant_id = $1 and integration = $2 and entity = $3 and status = 'awaiting_approval' and seen_from is not null`,
      [tx.tenantId, job.integration, job.entity],
    );
    await tx.execute(
      `delete from sync_engine.seen s using sync_engine.jobs j where s.tenant_id = $1 and j.tenant_id = $1 and j.id = s.job_id
         and j.integration = $2 and j.entity = $3 and j.id <> $4`,
      [tx.tenantId, job.integration, job.entity, job.id],
    );
    const noting = await tx.one<JobRow>(
      `update sync_engine.jobs j set seen_from = nextval('sync_engine.io_numbers') where tenant_id = $1 and id = $2 and exists
         (select 1 from sync_engine.cursors c where c.tenant_id = $1 and c.integration = j.integration and c.entity = j.entity and c.baseline)
       returning ${COLUMNS}`,
      [tx.tenantId, job.id],
    );
    return noting ?? job;
  }

  /** The run stops until a person approves of it. */
  async stop(tx: Tx, id: string, problem: ProblemDocument): Promise<JobRow | undefined> {
    return tx.one<JobRow>(
      `update sync_engine.jobs set status = 'awaiting_approval', problem = $3, approval = $4
       where tenant_id = $1 and id = $2 and status = 'running' returning ${COLUMNS}`,
      [tx.tenantId, id, JSON.stringify(problem), JSON.stringify(WAITS_FOR_DELETES)],
    );
  }

  /** A run that stopped before too many deletions goes on; undefined when it does not wait, or another one is under way. */
  async approveDeletes(tx: Tx, id: string, by: string): Promise<JobRow | undefined> {
    return tx.one<JobRow>(
      `update sync_engine.jobs j set status = 'running', deletes_approved = true, problem = null,
         approval = approval || jsonb_build_object('state', 'approved', 'approvedBy', $3::text)
       where tenant_id = $1 and id = $2 and status = 'awaiting_approval' and seen_from is not null and not exists
         (select 1 from sync_engine.jobs o where o.tenant_id = $1 and o.integration = j.integration and o.entity = j.entity
            and o.direction = j.direction and o.status = 'running' and not o.dry_run)
       returning ${COLUMNS}`,
      [tx.tenantId, id, by],
    );
  }

  /** Cancels what is queued or running of an entity. */
  async cancelOpen(tx: Tx, integration: number, entity: number): Promise<void> {
    await tx.execute(
      `update sync_engine.jobs set status = 'cancelled', finished_at = clock_timestamp()
       where tenant_id = $1 and integration = $2 and entity = $3 and direction = 'inbound' and status in ('queued', 'running')`,
      [tx.tenantId, integration, entity],
    );
  }

  async end(tx: Tx, id: string, status: JobStatus, problem: ProblemDocument | null): Promise<JobRow | undefined> {
    this.crash.at("job.before-end");
    await tx.execute(`delete from sync_engine.seen where tenant_id = $1 and job_id = $2`, [tx.tenantId, id]);
    return tx.one<JobRow>(
      `update sync_engine.jobs set status = $3, problem = $4, finished_at = clock_timestamp()
       where tenant_id = $1 and id = $2 and status in ('queued', 'running', 'awaiting_approval') returning ${COLUMNS}`,
      [tx.tenantId, id, status, problem === null ? null : JSON.stringify(problem)],
    );
  }

  /** How many first loads of these entities are queued or running, or have read all and still merge row by row. */
  async openFor(tx: Tx, integration: number, entities: readonly number[]): Promise<number> {
    const row = await tx.one<{ n: number }>(
      `select count(*)::int n from sync_engine.jobs j
       where tenant_id = $1 and integration = $2 and entity = any($3) and status in ('queued', 'running') and direction = 'inbound' and not j.dry_run
         and (j.all_read or not exists (select 1 from sync_engine.cursors c where c.tenant_id = j.tenant_id
           and c.integration = j.integration and c.entity = j.entity and c.baseline))`,
      [tx.tenantId, integration, entities],
    );
    return row?.n ?? 0;
  }

  async list(tx: Tx, filter: JobFilter): Promise<JobRow[]> {
    return tx.query<JobRow>(
      `select ${COLUMNS} from sync_engine.jobs where tenant_id = $1 and ($2::int is null or integration = $2)
         and ($3::int is null or entity = $3) and ($4::text is null or status = $4) and ($5::uuid is null or id < $5)
       order by id desc limit $6`,
      [tx.tenantId, filter.integration, filter.entity, filter.status, filter.before, filter.limit],
    );
  }

  /** Takes a turn away; one that is being handled plans its own next. */
  async forgetTurn(tx: Tx, kind: string, id: string): Promise<void> {
    await tx.execute(
      `delete from sync_engine.work where tenant_id = $1 and kind = $2 and id = $3 and lease_until is null`,
      [tx.tenantId, kind, id],
    );
  }

  /** Notes on the account how its last job went. */
  async noteStatus(
    tx: Tx,
    num: number,
    status: ConnectionStatus,
    problem: ProblemDocument | null,
    synced: boolean,
  ): Promise<void> {
    await tx.execute(
      `update sync_engine.accounts set connection_status = $3, last_error = $4,
         last_sync_at = case when $5 then clock_timestamp() else last_sync_at end where tenant_id = $1 and num = $2`,
      [tx.tenantId, num, status, problem === null ? null : JSON.stringify(problem), synced],
    );
  }
}
