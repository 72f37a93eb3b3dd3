import { ENTITY_NAMES, type EntityName, type Json, type JsonObject } from "@dovetail/domain";
import { Flag, Free, OneOf, Text, Whole, Words } from "./fields";
import type { ConnectionStatus } from "./integrations";
import { operation } from "./operation";
import { ById, Nothing, type Page, PageQuery } from "./paging";
import type { ProblemDocument } from "./problem";

// Jobs ----------------------------------------------------------------------------------------------------------------

export const JOB_STATUSES = ["queued", "running", "awaiting_approval", "completed", "failed", "cancelled"] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];
export const JOB_MODES = ["incremental", "full"] as const;
export type JobMode = (typeof JOB_MODES)[number];
export const JOB_TRIGGERS = ["manual", "webhook", "schedule", "start"] as const;
export type JobTrigger = (typeof JOB_TRIGGERS)[number];

/** Every row read ends in exactly one of created … parked: `read` is their sum. Tombstones count beside it. */
export interface JobCounts {
  read: number;
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
  parked: number;
  deleted: number;
}

export interface Job {
  id: string;
  integration: string;
  entityType: EntityName;
  direction: "inbound" | "outbound";
  mode: JobMode;
  trigger: JobTrigger;
  status: JobStatus;
  dryRun: boolean;
  counts: JobCounts;
  mappingVersion: number | null;
  startedAt: string | null;
  finishedAt: string | null;
  createdAt: string;
  problem: ProblemDocument | null;
}

export class ExecuteSync {
  @Text()
  integration!: string;

  @Words({ optional: true, description: "entities or groups; every inbound entity when absent" })
  entityTypes?: string[];

  @OneOf(JOB_MODES, { optional: true })
  mode?: JobMode;

  @Flag({ optional: true })
  dryRun?: boolean;

  @OneOf(JOB_TRIGGERS, { optional: true })
  trigger?: JobTrigger;
}

export interface ExecuteAnswer {
  jobs: { id: string; entityType: EntityName; status: JobStatus; coalesced: boolean }[];
}

export class ListJobs extends PageQuery {
  @Text({ optional: true })
  integration?: string;

  @OneOf(ENTITY_NAMES, { optional: true })
  entityType?: EntityName;

  @OneOf(JOB_STATUSES, { optional: true })
  status?: JobStatus;
}

/** Progress on core NATS: not in any log, lost when nobody listens. */
export function progressSubject(tenant: string, jobId: string): string {
  return `dovetail.progress.${tenant}.${jobId}`;
}

// Records -------------------------------------------------------------------------------------------------------------

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

export class GetRecord {
  @OneOf(ENTITY_NAMES)
  entityType!: EntityName;

  @Text({ max: 500 })
  key!: string;
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
  record: RecordView;
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

// Changes and transactions --------------------------------------------------------------------------------------------

export class ReadChanges extends PageQuery {}

/** CloudEvents 1.0 envelope of a record event (CONTRACTS "Events"). */
export interface CloudEvent {
  specversion: "1.0";
  id: string;
  type: string;
  source: string;
  subject: string;
  time: string;
  datacontenttype: "application/json";
  tenant: string;
  traceparent?: string;
  position: number;
  ordinal: number;
  of: number;
  cursor: string;
  data: JsonObject;
}

export const TRANSACTION_STATUSES = [
  "pending",
  "sent",
  "accepted",
  "confirmed",
  "superseded",
  "unknown",
  "rejected",
  "parked",
  "discarded",
] as const;
export type TransactionStatus = (typeof TRANSACTION_STATUSES)[number];

/** A change or push as clients see it. */
export interface Transaction {
  id: string;
  integration: string | null;
  direction: "inbound" | "outbound";
  entityType: EntityName;
  key: string;
  version: number;
  operation: "create" | "update" | "delete" | "post";
  status: TransactionStatus;
  externalId: string | null;
  attempts: number;
  jobId: string | null;
  createdAt: string;
  problem: ProblemDocument | null;
}

export class ListTransactions extends PageQuery {
  @Text({ optional: true })
  integration?: string;

  @OneOf(["inbound", "outbound"], { optional: true })
  direction?: "inbound" | "outbound";

  @OneOf(TRANSACTION_STATUSES, { optional: true })
  status?: TransactionStatus;

  @OneOf(ENTITY_NAMES, { optional: true })
  entityType?: EntityName;

  @Text({ optional: true, max: 500 })
  key?: string;
}

// Dead letters --------------------------------------------------------------------------------------------------------

export const DEAD_LETTER_KINDS = ["REJECTED", "PARKED", "PUSH", "CONFLICT", "EVENT"] as const;
export type DeadLetterKind = (typeof DEAD_LETTER_KINDS)[number];

/** Something that was not applied, with its reason. */
export interface DeadLetter {
  id: string;
  kind: DeadLetterKind;
  integration: string | null;
  direction: "inbound" | "outbound";
  entityType: EntityName | null;
  key: string | null;
  externalId: string | null;
  /** UNKNOWN_PARENT, IN_FLIGHT, DUPLICATE_KEY, KEY_CHANGED, INCOMPLETE, UNKNOWN, or the code of the problem. */
  reason: string;
  problem: ProblemDocument | null;
  /** The source row or the payload, secrets masked. */
  payload: Json;
  status: "OPEN" | "RESOLVED" | "DISCARDED";
  attempts: number;
  version: number;
  createdAt: string;
  updatedAt: string;
}

export class ListDeadLetters extends PageQuery {
  @Text({ optional: true })
  integration?: string;

  @OneOf(DEAD_LETTER_KINDS, { optional: true })
  kind?: DeadLetterKind;

  @OneOf(["OPEN", "RESOLVED", "DISCARDED"], { optional: true })
  status?: "OPEN" | "RESOLVED" | "DISCARDED";

  @OneOf(ENTITY_NAMES, { optional: true })
  entityType?: EntityName;
}

export class RetryDeadLetter {
  @Text()
  id!: string;

  @Free({ optional: true, description: "the record as it should be: a new version by the operator" })
  record?: JsonObject;
}

export class DiscardDeadLetter {
  @Text()
  id!: string;

  @Text({ max: 1000 })
  reason!: string;
}

export class BulkRetry {
  @Text({ optional: true })
  integration?: string;

  @OneOf(DEAD_LETTER_KINDS, { optional: true })
  kind?: DeadLetterKind;

  @OneOf(ENTITY_NAMES, { optional: true })
  entityType?: EntityName;
}

// Connections ---------------------------------------------------------------------------------------------------------

export interface TestAnswer {
  success: boolean;
  message: string;
  code: string | null;
  serverInfo: JsonObject;
  latencyMs: number;
}

export class DescribeFields {
  @Text()
  integration!: string;

  @OneOf(ENTITY_NAMES)
  entityType!: EntityName;
}

export interface ErpField {
  name: string;
  type: string;
  label?: string;
  required?: boolean;
  references?: string;
}

export interface IntegrationHealth {
  integration: string;
  status: ConnectionStatus;
  lastSyncAt: string | null;
  lastError: ProblemDocument | null;
  openDeadLetters: number;
  queueDepth: number;
  successRate: number | null;
}

export class HealthQuery {
  @Text({ optional: true })
  integration?: string;
}

export interface IntegrationMetrics {
  integration: string;
  jobs: Record<string, number>;
  counts: JobCounts;
  averageDurationMs: number | null;
  queue: { pending: number; active: number; failed: number };
  pushes: Record<string, number>;
}

/** What credentials are sealed with: only the sync-engine opens them. */
export interface SealingKeyAnswer {
  keyId: string;
  /** X25519, base64url. */
  publicKey: string;
}

/** Binds sealed credentials to their integration. */
export function credentialContext(tenantId: string, integrationName: string): string {
  return `credentials/${tenantId}/${integrationName}`;
}

const errors = ["NOT_FOUND", "STALE", "CONFLICT", "ERP001", "ERP002", "ERP003", "ERP008", "UNAVAILABLE"] as const;
const at = (name: string, timeoutMs = 10_000) => ({ subject: `dovetail.sync-engine.${name}`, errors, timeoutMs });

/** What the sync-engine answers. */
export const sync = {
  execute: operation<ExecuteSync, ExecuteAnswer>({ ...at("jobs.execute"), input: ExecuteSync }),
  jobs: operation<ListJobs, Page<Job>>({ ...at("jobs.list"), input: ListJobs }),
  job: operation<ById, Job>({ ...at("jobs.get"), input: ById }),
  cancelJob: operation<ById, Job>({ ...at("jobs.cancel"), input: ById }),
  record: operation<GetRecord, RecordView>({ ...at("records.get"), input: GetRecord }),
  records: operation<ListRecords, Page<RecordView>>({ ...at("records.list"), input: ListRecords }),
  write: operation<WriteRecord, WriteAnswer>({ ...at("records.write"), input: WriteRecord }),
  financial: operation<FinancialQuery, Page<RecordView>>({ ...at("records.financial"), input: FinancialQuery }),
  changes: operation<ReadChanges, Page<CloudEvent>>({ ...at("changes.read"), input: ReadChanges }),
  transactions: operation<ListTransactions, Page<Transaction>>({ ...at("transactions.list"), input: ListTransactions }),
  transaction: operation<ById, Transaction>({ ...at("transactions.get"), input: ById }),
  deadLetters: operation<ListDeadLetters, Page<DeadLetter>>({ ...at("dead-letters.list"), input: ListDeadLetters }),
  deadLetter: operation<ById, DeadLetter>({ ...at("dead-letters.get"), input: ById }),
  retryDeadLetter: operation<RetryDeadLetter, DeadLetter>({ ...at("dead-letters.retry"), input: RetryDeadLetter }),
  discardDeadLetter: operation<DiscardDeadLetter, DeadLetter>({
    ...at("dead-letters.discard"),
    input: DiscardDeadLetter,
  }),
  bulkRetry: operation<BulkRetry, { retried: number }>({ ...at("dead-letters.bulk-retry", 60_000), input: BulkRetry }),
  test: operation<ById, TestAnswer>({ ...at("connections.test", 40_000), input: ById }),
  fields: operation<DescribeFields, ErpField[]>({ ...at("connections.fields", 40_000), input: DescribeFields }),
  sealingKey: operation<Nothing, SealingKeyAnswer>({ ...at("keys.sealing"), input: Nothing }),
  health: operation<HealthQuery, IntegrationHealth[]>({ ...at("health"), input: HealthQuery }),
  metrics: operation<HealthQuery, IntegrationMetrics[]>({ ...at("metrics"), input: HealthQuery }),
};
