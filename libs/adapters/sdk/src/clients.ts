import type { Json, JsonObject } from "@dovetail/domain";
import type { AdapterError, AdapterErrorDetails } from "./errors";

/** One HTTP call. Exactly one of `json` and `body`, or neither. */
export interface HttpRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD";
  /** Absolute. */
  url: string;
  /** Added to the URL, percent-encoded; undefined members are left out. */
  query?: Record<string, string | number | boolean | undefined>;
  headers?: Record<string, string>;
  /** Sent as `application/json`. */
  json?: unknown;
  body?: string | Uint8Array;
  /** Beside the client's own signal. */
  signal?: AbortSignal;
  /** For the whole call, milliseconds. */
  timeoutMs?: number;
  /** Longest answer after decompression, bytes. */
  maxBytes?: number;
}

/** An adapter's verdict on an answer; `sent` follows from the category unless the adapter knows better. */
export type AnswerErrorDetails = Pick<
  AdapterErrorDetails,
  "category" | "code" | "bodyCode" | "retryAfterMs" | "cause"
> &
  Partial<Pick<AdapterErrorDetails, "sent">>;

/** An answer of any status; 3xx and broken answers are thrown instead. */
export interface HttpAnswer {
  status: number;
  /** Names in lower case; repeated headers joined by `, `. */
  headers: Record<string, string>;
  /** Decompressed. */
  body: Uint8Array;
  text(): string;
  /** Throws AdapterError SERVER that names the position when the body is not JSON. */
  json(): Json;
  /** What it answers. */
  request: HttpRequest;
  /** An error about this answer, with status and masked excerpts of both sides. */
  error(message: string, details: AnswerErrorDetails): AdapterError;
}

/**
 * HTTP over a pool per origin. Any status is an answer; what brings no whole answer throws AdapterError, whose
 * `sent` says whether the request may have reached the ERP. Never repeats a call.
 */
export interface Http {
  request(request: HttpRequest): Promise<HttpAnswer>;
}

export interface TransactionOptions {
  /** Reads alone, all of one moment. */
  snapshot?: boolean;
  /** Transactions of one name follow each other, where the database has such locks (Oracle: only by a grant). */
  lock?: string;
}

/** Parameterised SQL against an ERP's own database. Values travel as text; a driver's errors become AdapterError. */
export interface Sql {
  readonly dialect: "postgresql" | "mysql" | "mssql" | "oracle";
  query(text: string, values?: readonly Json[]): Promise<JsonObject[]>;
  /** Rows affected. */
  execute(text: string, values?: readonly Json[]): Promise<number>;
  /** A failure before the commit had no effect; a lost commit is sent `maybe`. */
  transaction<T>(fn: (sql: Sql) => Promise<T>, options?: TransactionOptions): Promise<T>;
  close(): Promise<void>;
}

export interface FileEntry {
  /** Relative to the root, with `/`. */
  path: string;
  size: number;
  /** Milliseconds since 1970. */
  modifiedAt: number;
}

/**
 * A folder or an SFTP account. Paths are relative to the root, written with `/`, and never leave it; links are not
 * followed. A missing folder is TRANSIENT (ERP001, a mount may come back), a missing file NOT_FOUND, a refused access
 * AUTH (ERP002), a full disk SERVER.
 */
export interface Files {
  /** Plain files of one folder in order of their names; names that begin with a dot are left out. `*` and `?` match. */
  list(folder: string, pattern?: string): Promise<FileEntry[]>;
  /** Undefined: no such file. */
  stat(path: string): Promise<FileEntry | undefined>;
  /** From a byte offset; default: the beginning. */
  read(path: string, from?: number): AsyncIterable<Uint8Array>;
  /** Whole or not at all: written under a temporary name, flushed, then renamed. Replaces what stands there. */
  write(path: string, content: Uint8Array): Promise<void>;
  /** As `write`, but of several who create the same path one alone succeeds: false when a file stands there. */
  create(path: string, content: Uint8Array): Promise<boolean>;
  /** In one step; replaces what stands at `to`. */
  move(from: string, to: string): Promise<void>;
  /** A file that is not there counts as removed. */
  remove(path: string): Promise<void>;
  /** With the folders above it; one that stands is fine. */
  makeFolder(path: string): Promise<void>;
  close(): Promise<void>;
}

/** A message as the broker keeps it. */
export interface QueuedMessage {
  /** Rises with every message of the log. */
  place: number;
  /** Words joined by dots. */
  topic: string;
  body: Uint8Array;
  headers: Record<string, string>;
  /** When the broker took it, ISO 8601. */
  at: string;
}

export interface PublishOptions {
  headers?: Record<string, string>;
  /** Messages of one id within the broker's window are one. */
  id?: string;
  /** The broker refuses it (CONFLICT, no effect) when its log holds a message of this topic. */
  first?: boolean;
}

export interface QueueState {
  /** Oldest place that is still kept. */
  first: number;
  last: number;
  /** Another text when the log was made anew: its places then start again. */
  incarnation: string;
}

/**
 * An ERP's message broker, seen as logs of messages with places. Whoever stores the place of the last message with its
 * effect reads each exactly once: a read from a place on says that everything before it is stored and may be
 * acknowledged, where a broker asks for that. In a topic that is read `*` stands for any one word.
 */
export interface Queue {
  /** Of the broker, for people. */
  readonly product: string;
  state(log: string): Promise<QueueState>;
  /** Messages of the topic from this place on, oldest first, at most `limit`; none: the end is reached. */
  read(log: string, topic: string, from: number, limit: number): Promise<QueuedMessage[]>;
  /** The newest message of the topic. */
  last(log: string, topic: string): Promise<QueuedMessage | undefined>;
  /** Resolves when the broker keeps it. */
  publish(topic: string, body: Uint8Array, options?: PublishOptions): Promise<{ place: number }>;
  close(): Promise<void>;
}

/** Structured log; `details` never holds a secret or a whole record. */
export interface Log {
  debug(message: string, details?: JsonObject): void;
  info(message: string, details?: JsonObject): void;
  warn(message: string, details?: JsonObject): void;
  error(message: string, details?: JsonObject): void;
}
