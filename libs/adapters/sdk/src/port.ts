import type { EntityName, Json, JsonObject } from "@dovetail/domain";
import type { MappingDocument } from "@dovetail/mapping";
import type { Clock } from "@dovetail/resilience";
import type { Files, Http, Log, Queue, Sql } from "./clients";
import type { Category, ErpCode } from "./errors";
import type { AuthMethod, Schema } from "./schema";
import type { TokenStore } from "./tokens";
import type { SignatureScheme } from "./signatures";
import type { ConnectionMethod, ConnectionTemplate } from "./template";

/** One row as the ERP showed it. `externalId` is text, whatever the ERP's type. */
export interface Raw {
  externalId: string;
  /** The ERP's own concurrency token (ETag, SyncToken, …). */
  version?: string;
  /** ISO 8601 with zone. */
  modifiedAt?: string;
  /** `false` when a document's lines may be missing: such a document is never merged. */
  childrenComplete?: boolean;
  body: JsonObject | { xml: string };
  /** What the source got wrong with this row, in words for people: the row is rejected, whatever its body holds. */
  problem?: string;
}

/** A version stamp of one row, cheap to list. */
export interface Stamp {
  externalId: string;
  version: string;
}

/** A page of a pull. `cursor` is what the next page starts from; it is stored in the transaction that merges `rows`. */
export interface Page {
  rows: Raw[];
  /** External ids that the ERP says are gone. */
  deleted?: string[];
  cursor: Json;
  /** The ERP's own clock at the read, ISO 8601. */
  serverNow?: string;
  last: boolean;
}

export interface PullQuery {
  mode: "full" | "incremental";
  cursor: Json | null;
  pageSize: number;
  /** How far an incremental read reaches back behind its watermark. */
  lookbackSeconds: number;
  filter?: Json;
}

export type PushOperation = "create" | "update" | "delete" | "post";

export interface PushRequest {
  op: PushOperation;
  externalId?: string;
  version?: string;
  /** 12 random base32 characters, the same on every attempt of one push. */
  reference: string;
  body: JsonObject;
}

export type PushResult =
  { done: "confirmed"; externalId: string; version?: string; shown?: Raw } | { done: "accepted"; handle: Json };

/** `shown`: the document as the ERP shows it now that it is done, where the adapter can read it. */
export type PollResult = "pending" | { externalId: string; version?: string; shown?: Raw } | Failure;

/** What an adapter reports of a failed item; thrown as `AdapterError` by `send`. */
export interface Failure {
  category: Category;
  code: ErpCode;
  message: string;
}

/**
 * What a second write of the same reference does.
 * K: the ERP refuses or merges it. L: the reference can be searched but is not unique. N: neither.
 */
export type WriteClass = "K" | "L" | "N";

/** What holds of writes. */
export interface WriteTerms {
  class: WriteClass;
  /** Class L: how long a late effect may take to become visible, in milliseconds. */
  settleMs?: number;
}

export interface Push<S> extends WriteTerms {
  /** The terms of this very connection, where its settings decide; absent: those declared beside it. */
  terms?(session: S): WriteTerms;
  operations: readonly PushOperation[];
  send(session: S, request: PushRequest): Promise<PushResult>;
  poll?(session: S, handle: Json): Promise<PollResult>;
}

export interface LookupQuery {
  reference?: string;
  key?: JsonObject;
  externalId?: string;
}

/** What an adapter can do with one entity. */
export interface EntityPort<S> {
  pull?(session: S, query: PullQuery): AsyncIterable<Page>;
  /** `false`: every pull reads everything, whatever the cursor says. */
  incremental?: boolean;
  /** True when a full pull shows every row, so that an unseen link may be a deleted row. */
  deletesSeen?: boolean;
  push?: Push<S>;
  /** `[]` = surely absent; an adapter that cannot tell throws. */
  lookup?(session: S, by: LookupQuery): Promise<Raw[]>;
  stamps?(session: S, from: Json | null): AsyncIterable<Stamp>;
}

/** A field the ERP offers, for mapping editors and ERP003. */
export interface SourceField {
  name: string;
  type: string;
  label?: string;
  required?: boolean;
  references?: string;
}

export interface ServerInfo {
  product: string;
  version?: string;
  details?: JsonObject;
}

/** One thing an inbound notice says changed. No externalId: re-read the entity since its cursor. */
export interface Notice {
  eventId?: string;
  entity: EntityName;
  externalId?: string;
}

export interface OpenContext<C> {
  config: C;
  http: Http;
  sql?: Sql;
  files?: Files;
  /** Absolute folders of this machine below which connections may read and write files; absent or empty: nowhere. */
  fileRoots?: readonly string[];
  queue?: Queue;
  /** For `oauth2`: the account's tokens, the same in every process. */
  tokens?: TokenStore;
  clock: Clock;
  signal: AbortSignal;
  log: Log;
}

export interface ClassifyInput {
  status?: number;
  /** The ERP's own code or error name. */
  bodyCode?: string;
  /** The body or its beginning, for ERPs that hide a rate limit in a 400. */
  body?: string;
  /** Of the answer, lower case: Retry-After and its kin. */
  headers?: Record<string, string>;
  cause?: unknown;
}

export interface Classification {
  category: Category;
  code: ErpCode;
  retryAfterMs?: number;
}

/** The port: everything the engine knows about an ERP. */
export interface Adapter<C = unknown, S = unknown> {
  /** The code of SPEC 2, for instance `ODOO`. */
  system: string;
  /** Raised when stored cursors of the earlier version can no longer be read. */
  version: number;
  title: string;
  /** How it reaches its ERP; absent: `API`. */
  connectionMethod?: ConnectionMethod;
  /** True: it reaches a system of any name by its method, wherever that system has no adapter of its own. */
  anySystem?: boolean;
  connection: Schema<C>;
  auth: readonly AuthMethod[];
  inbound: readonly InboundMethod[];
  outbound: readonly OutboundMethod[];
  formats: readonly string[];
  realTime: boolean;
  limits?: { concurrent?: number; perMinute?: number };
  open(context: OpenContext<C>): Promise<S>;
  close?(session: S): Promise<void>;
  test(session: S): Promise<ServerInfo>;
  describe?(session: S, entity: EntityName): Promise<SourceField[]>;
  entities: { [E in EntityName]?: EntityPort<S> };
  classify(failure: ClassifyInput): Classification;
  webhook?: { scheme: SignatureScheme; read(body: Uint8Array, headers: Record<string, string>): Notice[] };
  mappings: { [E in EntityName]?: MappingDocument };
  /** For this system by any method, and for what this adapter reaches. */
  templates?: readonly ConnectionTemplate[];
}

export type InboundMethod = "REST_POLLING" | "FILE_IMPORT" | "WEBHOOK" | "SFTP_FILE" | "CXML";
export type OutboundMethod = "REST_PUSH" | "WEBHOOK" | "SFTP_FILE" | "CXML";

/** Checks an adapter's literal against the port and forgets its private config and session types for the registry. */
export function defineAdapter<C, S>(adapter: Adapter<C, S>): Adapter {
  return adapter as unknown as Adapter;
}

/** The terms on which this session's ERP takes writes. */
export function writeTerms<S>(push: Push<S>, session: S): WriteTerms {
  return push.terms?.(session) ?? push;
}
