import { ENTITIES } from "@dovetail/domain";
import type { JobCounts, JobStatus, ProblemDocument } from "@dovetail/contracts";
import { Database, type Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { PullRun } from "./pull.service";

/** A page of a listing of stamps; ids and versions hold no line ends. */
export interface StampPage {
  page: number;
  externalIds: readonly string[];
  versions: readonly string[];
}

/** What a page of stamps came to. */
export interface ScannedPage {
  /** External ids of the rows to be read. */
  differing: string[];
  status: JobStatus;
  counts: JobCounts;
}

/** A row of a run that was rejected. */
export interface RejectedRow {
  externalId: string | null;
  key: string | null;
  problem: ProblemDocument | null;
}

/** What became of a row that was read. */
export type RowState = "created" | "updated" | "unchanged" | "rejected" | "parked";

const COUNTS = `jsonb_build_object('read', read, 'created', created, 'updated', updated, 'unchanged', unchanged, 'rejected', rejected,
  'parked', parked, 'deleted', deleted)`;

/** SQL of runs: listings of stamps, and how a run ended. */
@Injectable()
export class RunRepository {
  constructor(private readonly db: Database) {}

  /** A listing begins at its first row each time; answers the number behind which its pages are numbered. */
  async beginScan({ account, job }: PullRun): Promise<number> {
    const row = await this.db.transaction(account.tenantId, async (tx) => {
      await tx.execute(
        `update sync_engine.jobs set read = 0, created = 0, updated = 0, unchanged = 0, rejected = 0, parked = 0
         where tenant_id = $1 and id = $2`,
        [tx.tenantId, job.id],
      );
      return tx.one<{ page: number }>(
        `select coalesce(max(page), 0)::int as page from sync_engine.seen where tenant_id = $1 and job_id = $2`,
        [tx.tenantId, job.id],
      );
    });
    return row?.page ?? 0;
  }

  /** Compares a page of stamps with the links, in one round trip. */
  async scan({ account, entity, job }: PullRun, page: StampPage): Promise<ScannedPage> {
    const none = page.externalIds.length === 0;
    const [row] = await this.db.call<{ differing: string | null; job_status: JobStatus; job_counts: JobCounts }>({
      name: "scan_page",
      text: `select differing, job_status, job_counts from sync_engine.scan_page($1,$2,$3,$4,$5,$6,$7)`,
      values: [
        account.tenantId,
        account.num,
        ENTITIES[entity].code,
        job.id,
        page.page,
        none ? null : page.externalIds.join("\n"),
        none ? null : page.versions.join("\n"),
      ],
    });
    if (!row) throw new Error("scan_page answered nothing");
    const differing = row.differing === null ? [] : row.differing.split("\n");
    return { differing, status: row.job_status, counts: row.job_counts };
  }

  /** The listing is done: every row that differed was read and counted, or is left to what `left` queues. */
  async scanned({ account, job }: PullRun, left: (tx: Tx) => Promise<unknown>): Promise<void> {
    await this.db.transaction(account.tenantId, async (tx) => {
      await left(tx);
      await tx.execute(`update sync_engine.jobs set all_read = true where tenant_id = $1 and id = $2`, [
        tx.tenantId,
        job.id,
      ]);
    });
  }

  /** Counts rows that were read singly. */
  async count({ account, job }: PullRun, states: readonly RowState[]): Promise<void> {
    const n = (state: RowState) => states.filter((each) => each === state).length;
    await this.db.transaction(account.tenantId, (tx) =>
      tx.execute(
        `update sync_engine.jobs set read = read + $3, created = created + $4, updated = updated + $5, unchanged = unchanged + $6,
           rejected = rejected + $7, parked = parked + $8 where tenant_id = $1 and id = $2`,
        [tx.tenantId, job.id, states.length, n("created"), n("updated"), n("unchanged"), n("rejected"), n("parked")],
      ),
    );
  }

  async counts({ account, job }: PullRun): Promise<JobCounts | undefined> {
    const row = await this.db.readOnly(account.tenantId, (tx) =>
      tx.one<{ counts: JobCounts }>(
        `select ${COUNTS} as counts from sync_engine.jobs where tenant_id = $1 and id = $2`,
        [tx.tenantId, job.id],
      ),
    );
    return row?.counts;
  }

  /** Rows of the run that stand rejected, the first so many. */
  async rejected({ account, entity, job }: PullRun, limit: number): Promise<RejectedRow[]> {
    return this.db.readOnly(account.tenantId, (tx) =>
      tx.query<RejectedRow>(
        `select external_id as "externalId", key, problem from sync_engine.dead_letters
         where tenant_id = $1 and integration = $2 and entity = $3 and job_id = $4 and kind = 'REJECTED' and status = 'OPEN'
         order by id limit $5`,
        [tx.tenantId, account.num, ENTITIES[entity].code, job.id, limit],
      ),
    );
  }
}
