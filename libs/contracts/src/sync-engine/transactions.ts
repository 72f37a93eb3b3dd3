import { Flag, OneOf, Text, Words } from "../fields";
import { PageQuery } from "../paging";
import { type ProblemDocument } from "../problem";
import { ENTITY_NAMES, type EntityName, type JsonObject } from "@dovetail/domain";

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

export const REPLAY_MAPPINGS = ["original", "current"] as const;
export type ReplayMapping = (typeof REPLAY_MAPPINGS)[number];

/** What is to be gone through again, of one integration since a time. */
export class ReplayTransactions {
  @Text()
  integration!: string;

  @Text({ max: 40, description: "at or after this time, ISO 8601 with zone" })
  from!: string;

  @Text({ optional: true, max: 40, description: "before this time; until now when absent" })
  to?: string;

  @OneOf(["inbound", "outbound"], { optional: true, description: "both when absent" })
  direction?: "inbound" | "outbound";

  @Words({ optional: true, description: "entities or groups; all when absent" })
  entityTypes?: string[];

  @OneOf(REPLAY_MAPPINGS, { optional: true, description: "current when absent; original: that of the time" })
  mapping?: ReplayMapping;
}

/** One confirmed push that a person has sent again. */
export class ReplayTransaction {
  @Text()
  id!: string;

  @Flag({ description: "true: the caller knows that it is confirmed" })
  force!: boolean;

  @OneOf(REPLAY_MAPPINGS, { optional: true })
  mapping?: ReplayMapping;
}
