import type { JobCounts, JobStatus } from "@dovetail/contracts";
import { ENTITIES, type EntityName, type Json } from "@dovetail/domain";
import { Database, type Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { assertAdapter } from "../accounts/adapter-change";
import { CrashPoints } from "../crash-points";
import { parameters, type PageCall } from "./page-call";

/** What became of a page, and how its job stands after it. */
export interface MergedPage {
  /** Rows left for the field merge. */
  leftOver: number;
  status: JobStatus;
  counts: JobCounts;
}

interface AppliedPage {
  left_over: number;
  differing: string | null;
  job_status: JobStatus;
  job_counts: JobCounts;
}

/** Where a pull stands. */
export interface CursorRow {
  page: number;
  epoch: number;
  value: Json | null;
  baseline: boolean;
}

/** Another worker owns the cursor now, or our own commit was answered into the void. */
export class CursorMovedError extends Error {
  constructor() {
    super("the cursor moved");
    this.name = "CursorMovedError";
  }
}

/** A known external id came under another key. */
export class ExternalIdTakenError extends Error {
  constructor() {
    super("an external id of the page is linked to another key");
    this.name = "ExternalIdTakenError";
  }
}

/** A new key of the page came up by another way meanwhile; the page may be sent again. */
export class RecordCameUpError extends Error {
  constructor(cause: unknown) {
    super("a new key of the page came up meanwhile", { cause });
    this.name = "RecordCameUpError";
  }
}

/** A page merged in a transaction of the caller. */
export interface WithinPage extends MergedPage {
  /** Keys of the rows that were not as they were; undefined: nothing was compared. */
  differing: ReadonlySet<string> | undefined;
}

type Run = (page: PageCall, same: string | null) => Promise<AppliedPage & { keys?: ReadonlySet<string> }>;

const APPLY_PAGE = {
  name: "apply_page",
  text: `select left_over, differing, job_status, job_counts from sync_engine.apply_page(
    $1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24)`,
};

/** How often a page is sent while single changes bring up its new records at the same moment. */
const RACES = 5;

/** SQL of the pull: cursors and the one call per page. */
@Injectable()
export class PageRepository {
  constructor(
    private readonly db: Database,
    private readonly crash: CrashPoints,
  ) {}

  /**
   * Merges one page. A first load sends every document; later only hashes are sent first, and documents of the rows that
   * differ. Throws CursorMovedError and ExternalIdTakenError.
   */
  async apply(page: PageCall): Promise<MergedPage> {
    this.crash.at("page.before-commit");
    const merged = await this.merge(page);
    this.crash.at("page.after-commit");
    return { leftOver: merged.left_over, status: merged.job_status, counts: merged.job_counts };
  }

  /**
   * As `apply`, in the caller's transaction: `same` are external ids of rows that are as they were, null lets all be compared.
   * Answers which keys differed, null for all. Throws RecordCameUpError as well; after an error the transaction is over.
   */
  async applyWithin(tx: Tx, page: PageCall, same: readonly string[] | null): Promise<WithinPage> {
    const { name, text } = APPLY_PAGE;
    const run: Run = (each, settled) => answerOf(() => tx.query<AppliedPage>(text, parameters(each, settled), name));
    const compares = same === null && !page.baseline && page.rows.length > 0;
    const merged = compares ? await compareAndMerge(page, run) : await run(page, same?.join("\n") ?? "");
    return { leftOver: merged.left_over, status: merged.job_status, counts: merged.job_counts, differing: merged.keys };
  }

  private async merge(page: PageCall): Promise<AppliedPage> {
    if (page.baseline || page.rows.length === 0) return this.call(page, "");
    return compareAndMerge(page, (each, same) => this.call(each, same));
  }

  /** `same`: external ids of rows that were compared already; null: compare only, without documents. */
  private async call(page: PageCall, same: string | null): Promise<AppliedPage> {
    for (let race = 1; ; race++) {
      try {
        return await answerOf(() => this.db.call<AppliedPage>({ ...APPLY_PAGE, values: parameters(page, same) }));
      } catch (error) {
        if (!(error instanceof RecordCameUpError) || race === RACES) throw error;
      }
    }
  }

  /**
   * Opens the cursor for a worker: raises the epoch, so that an earlier worker's page is refused. Throws
   * AdapterChangedError when the account is not reached through the worker's adapter any more.
   */
  async openCursor(tenantId: string, integration: number, entity: number, system?: string): Promise<CursorRow> {
    return this.db.transaction(tenantId, async (tx) => {
      if (system !== undefined) await assertAdapter(tx, integration, system);
      const row = await tx.one<CursorRow>(
        `insert into sync_engine.cursors as c (tenant_id, integration, entity, epoch) values ($1, $2, $3, 1)
         on conflict (tenant_id, integration, entity) do update
           set epoch = c.epoch + 1, updated_at = now()
         returning page, epoch, value, baseline`,
        [tenantId, integration, entity],
      );
      if (!row) throw new Error("the cursor row is missing");
      return row;
    });
  }

  /** The cursor as it stands, without touching it. */
  async readCursor(tenantId: string, integration: number, entity: number): Promise<CursorRow | undefined> {
    return this.db.transaction(tenantId, (tx) =>
      tx.one<CursorRow>(
        `select page, epoch, value, baseline from sync_engine.cursors where tenant_id = $1 and integration = $2 and entity = $3`,
        [tenantId, integration, entity],
      ),
    );
  }

  /** Numbers one read or write of an ERP: taken before the request leaves. */
  async nextIo(): Promise<number> {
    const [row] = await this.db.call<{ io: number }>({
      name: "next_io",
      text: `select nextval('sync_engine.io_numbers') as io`,
      values: [],
    });
    return Number(row?.io);
  }

  /** How many rows the integration has linked of the entity, counted up to 10,000 and more, and how many its pulls deleted within a day. */
  async deletionsOfDay(
    tenantId: string,
    integration: number,
    entity: number,
  ): Promise<{ rows: number; deleted: number }> {
    const found = await this.db.readOnly(tenantId, (tx) =>
      tx.one<{ rows: number; deleted: number }>(
        `select (select count(*)::int from (
             (select 1 from sync_engine.records
                where tenant_id = $1 and entity = $3 and integration = $2 and external_id is not null and not deleted limit 10000)
             union all
             (select 1 from sync_engine.links
                where tenant_id = $1 and entity = $3 and integration = $2 and external_id is not null limit 10000)) r) as rows,
           (select coalesce(sum(deleted), 0)::int from sync_engine.jobs
             where tenant_id = $1 and integration = $2 and entity = $3 and created_at > now() - interval '1 day'
               and (not dry_run or approval->>'state' = 'applied')) as deleted`,
        [tenantId, integration, entity],
      ),
    );
    return found ?? { rows: 0, deleted: 0 };
  }

  /** Whether the job runs and its integration is not in recovery; it stays so in the transaction, which may count in the job. */
  async stillRuns(tx: Tx, integration: number, jobId: string): Promise<boolean> {
    const sql = `select 1 as runs from sync_engine.accounts a join sync_engine.jobs j on j.tenant_id = $1 and j.id = $3
      where a.tenant_id = $1 and a.num = $2 and a.generation >= sync_engine.current_generation() and j.status = 'running'
      for share of a for no key update of j`;
    return (await tx.one(sql, [tx.tenantId, integration, jobId])) !== undefined;
  }

  /** Counts one row of a job that was read to be gone: beside what was read, which is the sum of what stayed. */
  async countDeleted(tx: Tx, jobId: string): Promise<void> {
    await tx.execute(`update sync_engine.jobs set deleted = deleted + 1 where tenant_id = $1 and id = $2`, [
      tx.tenantId,
      jobId,
    ]);
  }

  /** Which of the keys have a record that is not deleted. */
  async living(tenantId: string, entity: number, keys: readonly string[]): Promise<Set<string>> {
    const rows = await this.db.readOnly(tenantId, (tx) =>
      tx.query<{ key: string }>(
        `select key from sync_engine.records where tenant_id = $1 and entity = $2 and key = any($3) and not deleted`,
        [tenantId, entity, keys],
      ),
    );
    return new Set(rows.map(({ key }) => key));
  }

  /** Has the record made anew of which an open letter says that its row is gone, if it lives and its link is lost. */
  async makeAnew(tx: Tx, integration: number, entity: EntityName, externalId: string): Promise<void> {
    await tx.query(
      `select sync_engine.push_anew($1, $2, $3, r.key) from sync_engine.dead_letters d
         join sync_engine.records r on r.tenant_id = d.tenant_id and r.entity = d.entity and r.key = d.key and not r.deleted
       where d.tenant_id = $1 and d.integration = $2 and d.entity = $3 and d.external_id = $4 and d.direction = 'inbound'
         and d.status = 'OPEN' and d.reason = 'DELETED'`,
      [tx.tenantId, integration, ENTITIES[entity].code, externalId],
    );
  }

  /** Whether an open letter says that the row is gone. */
  async isListedAsGone(tenantId: string, integration: number, entity: number, externalId: string): Promise<boolean> {
    const found = await this.db.readOnly(tenantId, (tx) =>
      tx.one(
        `select 1 from sync_engine.dead_letters where tenant_id = $1 and integration = $2 and entity = $3 and external_id = $4
           and direction = 'inbound' and status = 'OPEN' and reason = 'DELETED'`,
        [tenantId, integration, entity, externalId],
      ),
    );
    return found !== undefined;
  }

  /** Has the rows read again that claimed a key which its row has now left. */
  async wakeClaimants(tx: Tx, integration: number, entity: EntityName, key: string): Promise<void> {
    await tx.execute(
      `insert into sync_engine.work (tenant_id, kind, id, priority)
       select tenant_id, 'reread', integration || ':' || entity || ':' || external_id, 3 from sync_engine.dead_letters
       where tenant_id = $1 and integration = $2 and entity = $3 and key = $4 and direction = 'inbound' and status = 'OPEN'
         and reason = 'DUPLICATE_KEY' and external_id is not null
       on conflict do nothing`,
      [tx.tenantId, integration, ENTITIES[entity].code, key],
    );
  }

  /**
   * Settles what is listed of rows that are gone: a parked one must not be merged later. That a living record has lost its
   * row stays listed.
   */
  async settleGone(tx: Tx, integration: number, entity: EntityName, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await tx.execute(
      `update sync_engine.dead_letters d set status = 'RESOLVED', note = 'the ERP does not have the row any more',
         version = version + 1, updated_at = now()
       where tenant_id = $1 and integration = $2 and entity = $3 and external_id = any($4) and direction = 'inbound'
         and status = 'OPEN' and (reason <> 'DELETED' or not exists (select 1 from sync_engine.records r
           where r.tenant_id = $1 and r.entity = $3 and r.key = d.key and not r.deleted))`,
      [tx.tenantId, integration, ENTITIES[entity].code, ids],
    );
  }

  /** The keys behind external ids, of the entity's records and links of one integration. */
  async keysOf(
    tenantId: string,
    integration: number,
    entity: number,
    externalIds: readonly string[],
  ): Promise<Map<string, string>> {
    const rows = await this.db.call<{ external_id: string; key: string }>({
      name: "keys_of",
      text: `select external_id, key from sync_engine.keys_of($1, $2, $3, $4)`,
      values: [tenantId, integration, entity, externalIds.join("\n")],
    });
    return new Map(rows.map((row) => [row.external_id, row.key]));
  }
}

/** Asks by hashes first; documents follow for the rows that differ. */
async function compareAndMerge(page: PageCall, run: Run): Promise<AppliedPage & { keys?: ReadonlySet<string> }> {
  const compared = await run(page, null);
  if (compared.differing === null) return { ...compared, keys: new Set() };
  const differing = new Set(compared.differing.split("\n"));
  const rows = page.rows.filter(({ key }) => differing.has(key));
  const same = page.rows.filter(({ key }) => !differing.has(key)).map(({ externalId }) => externalId);
  return { ...(await run({ ...page, rows }, same.join("\n"))), keys: differing };
}

async function answerOf(send: () => Promise<AppliedPage[]>): Promise<AppliedPage> {
  try {
    const [row] = await send();
    if (!row) throw new Error("apply_page answered nothing");
    return row;
  } catch (error) {
    const { code, constraint = "" } = error as { code?: string; constraint?: string };
    if (code === "DV001") throw new CursorMovedError();
    if (code === "23505" && constraint.includes("external")) throw new ExternalIdTakenError();
    if (code === "23505" && constraint === "records_pkey") throw new RecordCameUpError(error);
    throw error;
  }
}
