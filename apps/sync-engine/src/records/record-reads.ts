import { ENTITIES, type EntityName, type JsonObject } from "@dovetail/domain";
import {
  JsonText,
  JsonTexts,
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

/** How a record stands with one integration; the last three are of a push. */
interface SyncRow {
  integration: number;
  direction: "inbound" | "outbound";
  state: RecordSync["state"];
  externalId: string | null;
  problem?: ProblemDocument | null;
  retries?: number | null;
  at?: string | null;
}

/** The line about a record, before the line with its document. */
type Head = Pick<RecordView, "version" | "deleted" | "updatedAt"> & { sync: SyncRow[] };

interface ReadRow {
  key: string;
  version: number;
  deleted: boolean;
  updated_at: string;
  doc: JsonObject;
  sync: SyncRow[];
}

/** Which record. */
export interface RecordKey {
  entity: EntityName;
  key: string;
}

// Keys of a call are separated by line breaks; no stored key has one, or a NUL.
const STORABLE = /^[^\n\0]+$/;

/** Reads of the record store. One round trip each: the functions set the tenant themselves. */
@Injectable()
export class RecordReads {
  constructor(
    private readonly db: Database,
    private readonly accounts: AccountService,
  ) {}

  /** A RecordView as text for each key, null where there is none. Deleted records are only shown when asked for. */
  async byKey(tenantId: string, wanted: readonly RecordKey[], deleted = false): Promise<JsonTexts> {
    const keys = wanted.map(({ key }) => (STORABLE.test(key) ? key : ""));
    const [row] = await this.db.call<{ answer: string | null }>({
      name: "records_get",
      text: "select sync_engine.records_get($1, $2, $3) as answer",
      values: [tenantId, wanted.map(({ entity }) => ENTITIES[entity].code).join("\n"), keys.join("\n")],
      readOnly: true,
    });
    const lines = row?.answer?.split("\n") ?? [];
    const names = await this.accounts.names(tenantId);
    const texts = wanted.map(({ entity, key }, i) => {
      const [about = "", doc = ""] = [lines[2 * i], lines[2 * i + 1]];
      if (about === "") return null;
      const head = JSON.parse(about) as Head;
      return head.deleted && !deleted ? null : viewText({ entity, key }, head, doc, names);
    });
    return new JsonTexts(texts);
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

/** A RecordView around a document that is not parsed. */
function viewText({ entity, key }: RecordKey, head: Head, doc: string, names: ReadonlyMap<number, string>): JsonText {
  const { version, deleted, updatedAt } = head;
  const before = JSON.stringify({ entityType: entity, key, version, deleted, updatedAt: milliseconds(updatedAt) });
  const sync = JSON.stringify(shown(head.sync, names));
  return new JsonText(`${before.slice(0, -1)},"record":${doc},"sync":${sync}}`, version);
}

function view(entity: EntityName, row: ReadRow, names: ReadonlyMap<number, string>): RecordView {
  return {
    entityType: entity,
    key: row.key,
    version: row.version,
    deleted: row.deleted,
    updatedAt: row.updated_at,
    record: row.doc,
    sync: shown(row.sync, names),
  };
}

function shown(rows: readonly SyncRow[], names: ReadonlyMap<number, string>): RecordSync[] {
  return rows.map((sync) => ({
    integration: names.get(sync.integration) ?? String(sync.integration),
    direction: sync.direction,
    state: sync.state,
    externalId: sync.externalId,
    ...(sync.direction === "outbound" ? outbound(sync) : {}),
  }));
}

function outbound(sync: SyncRow): Partial<RecordSync> {
  // The database writes times inside JSON with an offset.
  const lastSyncAt = !sync.at ? null : new Date(sync.at).toISOString();
  return { lastSyncAt, lastError: sync.problem?.detail ?? null, retries: sync.retries ?? 0 };
}

/** `2026-11-20T16:00:00.12` (UTC, as PostgreSQL writes it) with three digits and a Z; Date would take ten times as long. */
function milliseconds(utc: string): string {
  return `${utc.slice(0, 19)}.${utc.slice(20, 23).padEnd(3, "0")}Z`;
}
