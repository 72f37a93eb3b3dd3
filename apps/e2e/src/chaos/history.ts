/**
 * What a chaos run leaves behind, and all that its checker reads: the ERPs' own journals, the writers' logs, the nemesis'
 * log and the public API's answers after healing. Plain JSON: a run is saved to a file and can be checked again.
 *
 * Times are milliseconds of the run's one clock (the process that runs writers, ERPs and nemesis). Documents are in canonical
 * form, with the names of our fields: an ERP that calls them otherwise is translated by the world, not by the checker.
 */
import type { CloudEvent, DeadLetter, Job, RecordView, Transaction } from "@dovetail/contracts";
import type { EntityName, FieldPolicy, Json, JsonObject } from "@dovetail/domain";

export interface History {
  version: 1;
  setup: Setup;
  /** When the nemesis struck last, when everything had healed, when nothing moved any more (null: it never came to rest). */
  timings: { startedAt: number; healedAt: number; quietAt: number | null };
  erps: ErpHistory[];
  operations: Operation[];
  faults: Fault[];
  /** Rows that were made invalid on purpose: exactly these may, and must, stand in the list as rejected. */
  invalid: InvalidRow[];
  api: ApiAnswers;
  consumer: Consumer;
}

export interface Setup {
  seed: number;
  /** How long the nemesis worked. */
  minutes: number;
  /** Absent in a run of the product as it is. */
  mutant?: string;
  /** Who wins where both sides write the same field; by entity and field, `*` for the others. */
  policies: Partial<Record<EntityName, Record<string, FieldPolicy>>>;
  limits: {
    /** From healedAt until quietAt. */
    quietMs: number;
    /** Least number of operations that must have arrived on another side. */
    applied: number;
    /** Kind of fault → least number observed; 0 minimums for a targeted run. */
    faults: Partial<Record<FaultKind, number>>;
  };
}

/** How an ERP treats a second write of one reference. */
export type WriteClass = "K" | "L" | "N";

/** One integration and the simulated ERP behind it. */
export interface ErpHistory {
  integration: string;
  entities: Partial<Record<EntityName, ErpEntity>>;
  /** Every committed write, in the order of commits, whoever made it. The documents there were before the run included. */
  journal: JournalEntry[];
  /** Every write request that reached the ERP, whether or not it took effect or was answered. */
  sends: Send[];
  /** What stands in the ERP in the end. */
  final: ErpDocument[];
}

export interface ErpEntity {
  direction: "inbound" | "outbound" | "both";
  /** Its documents make and change records; the others only get pushes. */
  master: boolean;
  /** Absent where nothing is pushed. */
  writeClass?: WriteClass;
  /** The write carries the version it assumes and is refused when the ERP's moved on: no edit is overwritten unseen. */
  conditional?: boolean;
  /** Text fields that this ERP stores otherwise than it was told, by what it does to them. */
  normalises?: Record<string, Normalisation>;
  /** The fields that this ERP's documents show; all when absent. The others are compared nowhere. */
  holds?: readonly string[];
}

export type Normalisation = "upper" | "trim";

export interface ErpDocument {
  entity: EntityName;
  externalId: string;
  key: string;
  document: JsonObject;
}

export interface JournalEntry extends ErpDocument {
  seq: number;
  /** When it was committed. */
  at: number;
  op: "create" | "update" | "delete" | "post";
  /** What the push calls itself; absent for a person's write. */
  reference?: string;
  /** `document` is how it stands after this write; `fields` are those that this write set. */
  fields: string[];
  /** The platform, or a writer's operation by its id. */
  by: "platform" | { operation: string };
}

/** One write request of the platform as the ERP saw it come in and what it did about it. */
export interface Send {
  at: number;
  entity: EntityName;
  key: string;
  op: JournalEntry["op"];
  reference: string;
  /** `none`: surely never (refused, unavailable). `later`: after the caller was told that it timed out. */
  effect: "none" | "now" | "later";
  /** Whether a whole answer left. Without one the platform cannot know, unless the status says that nothing was done. */
  answered: boolean;
  status?: number;
}

/** One write of a writer. Its id stands in one of its values where the field is a marked one. */
export interface Operation {
  /** `<writer>.<counter>`, unique in the run. */
  id: string;
  writer: string;
  counter: number;
  side: "mes" | { integration: string };
  entity: EntityName;
  key: string;
  /** `delete` has no fields. */
  action: "create" | "update" | "delete" | "post";
  fields: JsonObject;
  started: number;
  ended: number;
  outcome: "ok" | "failed" | "unknown";
  /** The record's version that was answered; the MES side's, when ok. */
  version?: number;
  /** The journal's number of the write; the ERP side's, when ok. */
  seq?: number;
}

export const FAULT_KINDS = [
  // those that a run must have seen
  "kill-between-send-and-confirm",
  "effect-after-timeout",
  "pause-longer-than-lease",
  "wipe-with-unread-events",
  "lost-commit-answer",
  "stale-page",
  "late-commit",
  "a-b-a",
  "create-on-both-sides",
  // the others
  "kill",
  "kill-at-point",
  "pause",
  "postgres-restart",
  "nats-stop",
  "nats-wipe",
  "cut-connection",
  "half-open-connection",
  "slow-line",
  "page-behind-lease",
  "duplicate-notice",
  "delayed-notice",
  "reordered-notice",
  "duplicate-request",
  "delayed-request",
  "timeout-without-effect",
  "late-effect",
  "status-429",
  "status-500",
  "status-503",
  "truncated-page",
  "truncated-children",
  "row-left-out",
  "clock-offset",
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Something that the nemesis did. It counts only when its effect was seen. */
export interface Fault {
  kind: FaultKind;
  at: number;
  /** Where it went on for a while. */
  until?: number;
  observed: boolean;
  /** The process, server or integration that it hit. */
  target?: string;
  /** The document that it hit, if it was one. */
  entity?: EntityName;
  key?: string;
}

export interface InvalidRow {
  integration: string;
  entity: EntityName;
  key: string;
  /** `rejected`: it is refused when it is read. `refused`: the ERP refuses it when it is pushed. */
  why: "rejected" | "refused";
}

/** What the public API says when all is quiet, and after that. */
export interface ApiAnswers {
  /** Every record of every entity of the run, deleted ones included. */
  records: RecordView[];
  /** Every letter that is open. */
  deadLetters: DeadLetter[];
  /** Every transaction, both directions. */
  transactions: Transaction[];
  /** Every job of the run until it was quiet. */
  jobs: Job[];
  /** The jobs, ended, of a full re-read of everything that is read, begun after quietAt. */
  rereads: Job[];
  /** How many records and open letters there are after the re-read: it must not have changed them. */
  afterReread: { records: RecordView[]; deadLetters: DeadLetter[] };
}

/** What a consumer got that followed the tenant's feed from its start and listened on the bus. */
export interface Consumer {
  /** In the order in which the feed gave them, each once, baselines included. */
  feed: CloudEvent[];
  /** In the order in which they were heard; what was missed while the bus was away is not there. */
  events: CloudEvent[];
  /** What was read when a baseline came. */
  baselines: { entity: EntityName; records: { key: string; version: number }[] }[];
  /** What it holds in the end, having applied whatever had a higher version than what it held. Null: deleted. */
  held: { entity: EntityName; key: string; version: number; record: Json }[];
}
