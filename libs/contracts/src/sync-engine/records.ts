import { Flag, Free, OneOf, Text, Whole, Words } from "../fields";
import { PageQuery } from "../paging";
import { type Transaction } from "./transactions";
import { ENTITY_NAMES, type EntityName, type JsonObject } from "@dovetail/domain";

export const SYNC_STATES = ["PENDING", "SYNCED", "FAILED", "ORPHANED"] as const;

/** How one record stands with one integration and direction (ENT-6). */
export interface RecordSync {
  integration: string;
  direction: "inbound" | "outbound";
  state: (typeof SYNC_STATES)[number];
  externalId: string | null;
  lastSyncAt?: string | null;
  lastError?: string | null;
  retries?: number;
  nextRetryAt?: string | null;
}

export interface RecordView {
  entityType: EntityName;
  key: string;
  version: number;
  deleted: boolean;
  updatedAt: string;
  record: JsonObject;
  sync: RecordSync[];
}

/** Single records by entity and key: the nth key is of the nth entity. */
export class GetRecords {
  @Words({ values: ENTITY_NAMES, max: 100 })
  entityTypes!: EntityName[];

  @Words({ max: 100 })
  keys!: string[];
}

export class ListRecords extends PageQuery {
  @OneOf(ENTITY_NAMES)
  entityType!: EntityName;

  @Text({ optional: true, max: 200, description: "only keys that begin with this" })
  prefix?: string;

  @Flag({ optional: true })
  includeDeleted?: boolean;
}

/** An upsert (PUT), merge patch (PATCH) or tombstone (DELETE) of one record by a client or a MES module. */
export class WriteRecord {
  @OneOf(ENTITY_NAMES)
  entityType!: EntityName;

  @Text({ max: 500 })
  key!: string;

  @OneOf(["put", "patch", "delete"])
  op!: "put" | "patch" | "delete";

  @Free({ optional: true })
  body?: JsonObject;

  @Whole({ optional: true, description: "If-Match: the version that the change assumes" })
  ifVersion?: number;

  @Text({ optional: true, max: 200, description: "Idempotency-Key or event id" })
  eventId?: string;

  @Text({ optional: true, max: 200, description: "who sent it; with eventId the identity of the request" })
  sender?: string;
}

export interface WriteAnswer {
  /** The record as it stands now, which may be later than this change. */
  record: RecordView;
  /** The version that this change made, also when it is repeated; the present one when there was nothing to change. */
  version: number;
  transactions: Transaction[];
  duplicate: boolean;
}

/** Rows of the financial reads (ENT-3). */
export class FinancialQuery extends PageQuery {
  @Text()
  integration!: string;

  @OneOf(["customers", "invoices", "payments", "account-transactions", "sales-orders", "chart-of-accounts"])
  kind!: string;

  @Text({ optional: true, max: 40 })
  from?: string;

  @Text({ optional: true, max: 40 })
  to?: string;
}
