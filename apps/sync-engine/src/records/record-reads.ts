import { ENTITIES, type EntityName, type JsonObject } from "@dovetail/domain";
import {
  ProblemError,
  type ListRecords,
  type ProblemDocument,
  type RecordSync,
  type RecordView,
} from "@dovetail/contracts";
import { Database } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { AccountService } from "../accounts/account.service";

/** Narrows a list beyond what its query says. */
export interface ListFilter {
  /** Only records of this integration. */
  integration?: number;
  /** Only records whose field, a date, lies in [from, to]. */
  date?: { field: string; from: string | null; to: string | null };
  /** Only records whose field has this value. */
  equals?: { field: string; value: string };
}

interface SyncRow {
  integration: number;
  direction: "inbound" | "outbound";
  state: RecordSync["state"];
  externalId: string | null;
  problem: ProblemDocument | null;
  retries: number | null;
  at: string | null;
}

interface ReadRow {
  key: string;
  version: number;
  deleted: boolean;
  updated_at: string;
  doc: JsonObject;
  sync: SyncRow[];
}

/** Reads of the record store. One round trip each: the functions set the tenant themselves. */
@Injectable()
export class RecordReads {
  constructor(
    private readonly db: Database,
    private readonly accounts: AccountService,
  ) {}

  /** Throws NOT_FOUND; a deleted record is only shown when asked for. */
  async get(tenantId: string, entity: EntityName, key: string, deleted = false): Promise<RecordView> {
    const [row] = await this.db.call<ReadRow>({
      name: "record_get",
      text: "select version, deleted, updated_at, doc, sync from sync_engine.record_get($1, $2, $3)",
      values: [tenantId, ENTITIES[entity].code, key],
      readOnly: true,
    });
    if (!row || (row.deleted && !deleted)) throw new ProblemError("NOT_FOUND", `there is no ${entity} ${key}`);
    return view(entity, { ...row, key }, await this.accounts.names(tenantId));
  }

  /** At most `limit` + 1 records in key order. */
  async list(tenantId: string, input: ListRecords, filter: ListFilter): Promise<RecordView[]> {
    const rows = await this.db.call<ReadRow>({
      name: "record_list",
      text: `select key, version, deleted, updated_at, doc, sync
             from sync_engine.record_list($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      values: [
        tenantId,
        ENTITIES[input.entityType].code,
        input.cursor ?? "",
        input.prefix ?? "",
        input.includeDeleted ?? false,
        (input.limit ?? 100) + 1,
        filter.integration ?? null,
        filter.date?.field ?? null,
        filter.date?.from ?? null,
        filter.date?.to ?? null,
        filter.equals?.field ?? null,
        filter.equals?.value ?? null,
      ],
      readOnly: true,
    });
    const names = await this.accounts.names(tenantId);
    return rows.map((row) => view(input.entityType, row, names));
  }
}

function view(entity: EntityName, row: ReadRow, names: ReadonlyMap<number, string>): RecordView {
  return {
    entityType: entity,
    key: row.key,
    version: row.version,
    deleted: row.deleted,
    updatedAt: row.updated_at,
    record: row.doc,
    sync: row.sync.map((sync) => ({
      integration: names.get(sync.integration) ?? String(sync.integration),
      direction: sync.direction,
      state: sync.state,
      externalId: sync.externalId,
      ...(sync.direction === "outbound" ? outbound(sync) : {}),
    })),
  };
}

function outbound(sync: SyncRow): Partial<RecordSync> {
  // The database writes times inside JSON with an offset.
  const lastSyncAt = sync.at === null ? null : new Date(sync.at).toISOString();
  return { lastSyncAt, lastError: sync.problem?.detail ?? null, retries: sync.retries ?? 0 };
}
