import type { BulkJobKind, BulkJobStatus, ProblemDocument } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import type { Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { added, type BulkJobRow, type SliceResult } from "./bulk-job";

export interface NewBulkJob {
  id: string;
  kind: BulkJobKind;
  filter: JsonObject;
  wanted: JsonObject;
  createdBy: string;
}

export interface BulkJobFilter {
  kind: BulkJobKind | null;
  status: BulkJobStatus | null;
  /** Only those listed behind this one. */
  before: string | null;
  limit: number;
}

const COLUMNS = `id, kind, status, filter, wanted, place, total, seen, done, "left", problem, created_by, created_at, started_at, finished_at`;

/** SQL of bulk jobs inside a tenant transaction. */
@Injectable()
export class BulkJobRepository {
  async insert(tx: Tx, job: NewBulkJob): Promise<BulkJobRow> {
    const row = await tx.one<BulkJobRow>(
      `insert into sync_engine.bulk_jobs (tenant_id, id, kind, filter, wanted, created_by) values ($1, $2, $3, $4, $5, $6) returning ${COLUMNS}`,
      [tx.tenantId, job.id, job.kind, JSON.stringify(job.filter), JSON.stringify(job.wanted), job.createdBy],
    );
    return counted(row as BulkJobRow);
  }

  async get(tx: Tx, id: string, lock = false): Promise<BulkJobRow | undefined> {
    const row = await tx.one<BulkJobRow>(
      `select ${COLUMNS} from sync_engine.bulk_jobs where tenant_id = $1 and id = $2 ${lock ? "for update" : ""}`,
      [tx.tenantId, id],
    );
    return row && counted(row);
  }

  /** Newest first. */
  async list(tx: Tx, filter: BulkJobFilter): Promise<BulkJobRow[]> {
    const rows = await tx.query<BulkJobRow>(
      `select ${COLUMNS} from sync_engine.bulk_jobs where tenant_id = $1 and ($2::text is null or kind = $2)
         and ($3::text is null or status = $3)
         and ($4::uuid is null or (created_at, id) < (select b.created_at, b.id from sync_engine.bulk_jobs b where b.tenant_id = $1 and b.id = $4))
       order by created_at desc, id desc limit $5`,
      [tx.tenantId, filter.kind, filter.status, filter.before, filter.limit],
    );
    return rows.map(counted);
  }

  async begin(tx: Tx, id: string, total: number): Promise<void> {
    await tx.execute(
      `update sync_engine.bulk_jobs set status = 'running', total = $3, started_at = clock_timestamp()
       where tenant_id = $1 and id = $2 and status = 'queued'`,
      [tx.tenantId, id, total],
    );
  }

  /** Adds a slice to the job under its row lock; undefined when the job has ended. */
  async store(tx: Tx, id: string, slice: SliceResult): Promise<BulkJobRow | undefined> {
    const job = await this.get(tx, id, true);
    if (job?.status !== "running") return undefined;
    const left = added(job.left, slice.left);
    const seen = slice.done + Object.values(slice.left).reduce((sum, n) => sum + n, 0);
    const row = await tx.one<BulkJobRow>(
      `update sync_engine.bulk_jobs set place = $3, done = done + $4, seen = seen + $5, "left" = $6
       where tenant_id = $1 and id = $2 returning ${COLUMNS}`,
      [tx.tenantId, id, JSON.stringify(slice.place), slice.done, seen, JSON.stringify(left)],
    );
    return row && counted(row);
  }

  /** Undefined when it has ended before. */
  async end(
    tx: Tx,
    id: string,
    status: BulkJobStatus,
    problem: ProblemDocument | null,
  ): Promise<BulkJobRow | undefined> {
    const row = await tx.one<BulkJobRow>(
      `update sync_engine.bulk_jobs set status = $3, problem = $4, finished_at = clock_timestamp()
       where tenant_id = $1 and id = $2 and status in ('queued', 'running') returning ${COLUMNS}`,
      [tx.tenantId, id, status, problem === null ? null : JSON.stringify(problem)],
    );
    return row && counted(row);
  }
}

function counted(row: BulkJobRow): BulkJobRow {
  return {
    ...row,
    total: row.total === null ? null : Number(row.total),
    seen: Number(row.seen),
    done: Number(row.done),
  };
}
