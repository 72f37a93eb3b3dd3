import type { EntityName, JsonObject } from "@dovetail/domain";
import type { Adapter, ClassifyInput, Category, Notice, Raw } from "@dovetail/adapter-sdk";

/** A session on the ERP under test, as the engine would hold it. */
export interface Opened {
  session: unknown;
  /** Ends it and the clients it was given. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Open with a wrong password, or against a port where nothing listens. Both must open: `test()` then fails. */
  as?: "wrongPassword" | "unreachable";
  /** Becomes the session's signal. */
  signal?: AbortSignal;
}

/** How the ERP can be made to fail, in categories rather than statuses: not every ERP speaks HTTP status. */
export type FaultKind =
  | "rateLimit"
  | "auth"
  | "validation"
  | "notFound"
  | "conflict"
  | "server"
  | "unavailable"
  | "reset"
  | "cutOff"
  | "hang";

/** A write that stands still before the ERP. */
export interface HeldSender {
  /** Resolves when the write is held; absent: it is held by the time `send` has returned its promise. */
  held?: Promise<void>;
  /** Lets it go on; resolves when it has reached the ERP. */
  release(): Promise<void> | void;
}

/** Switches of an ERP that can be made to fail. Each stays on until `clear`. */
export interface FaultControl {
  /** The kinds that `fail` knows. */
  kinds: readonly FaultKind[];
  /** Every call fails so. `retryAfterSeconds` goes with rateLimit and unavailable. */
  fail(kind: FaultKind, options?: { retryAfterSeconds?: number }): Promise<void> | void;
  clear(): Promise<void> | void;
  /** Writes take effect, their answer is lost. */
  timeoutAfterEffect?(): Promise<void> | void;
  /** Writes are lost on the way; the caller sees the same as with a lost answer. */
  timeoutBeforeEffect?(): Promise<void> | void;
  /** The caller sees a time-out; writes take effect `ms` later. */
  lateEffect?(ms: number): Promise<void> | void;
  /** The next write is held before it reaches the ERP, as by a stopped process, until `release`. */
  pauseSender?(): Promise<HeldSender> | HeldSender;
  /** A row that was stamped `ageMs` ago and becomes visible only now. Returns its external id. */
  lateCommit?(entity: EntityName, ageMs: number): Promise<string> | string;
  /** Rows that carry one and the same stamp. Returns their external ids. */
  equalTimestamps?(entity: EntityName, count: number): Promise<string[]> | string[];
  /** A document whose lines cannot all be read. Returns its external id. */
  missingChildren?(entity: EntityName): Promise<string> | string;
}

/**
 * What an adapter's spec builds: the adapter and an ERP to try it on. Optional members that are absent turn the rules
 * that need them into skips which name the reason, so that a real ERP without switches runs the same suite.
 */
export interface ConformanceHarness {
  adapter: Adapter;
  /** Entities that `seed` can make rows of. */
  entities: readonly EntityName[];
  /** The flat config that the harness opens with. */
  config: JsonObject;
  /** Starts the ERP, before the first rule. */
  start?(): Promise<void>;
  stop?(): Promise<void>;
  /** Back to a state of its own, before each rule. An ERP that cannot may hold other rows. */
  reset?(): Promise<void> | void;
  open(options?: OpenOptions): Promise<Opened>;
  /** Makes `count` rows past the adapter; returns their external ids. */
  seed(entity: EntityName, count: number): Promise<string[]> | string[];
  /** Changes one row past the adapter. */
  mutate?(entity: EntityName, externalId: string): Promise<void> | void;
  /** Removes one row past the adapter. */
  remove?(entity: EntityName, externalId: string): Promise<void> | void;
  /**
   * Lets the ERP's time pass; default: waits. Asked for `settleMs` and for a few seconds: a real ERP that answers
   * normally may cap the wait at about three seconds.
   */
  wait?(ms: number): Promise<void>;
  /** The business key of a seeded row as `lookup` takes it. */
  keyOf?(entity: EntityName, externalId: string): Promise<JsonObject> | JsonObject;
  /** A body that `push` can create, new each time, and one that changes it. */
  pushBody?(
    entity: EntityName,
  ): Promise<{ create: JsonObject; update?: JsonObject }> | { create: JsonObject; update?: JsonObject };
  /** How many documents carry this reference, counted past the adapter. */
  countReference?(entity: EntityName, reference: string): Promise<number> | number;
  /** An external id that no row has; default `999999999`. */
  absentId?: string;
  faults?: FaultControl;
  /** The ERP's own error shapes with the category each must get. */
  classifications?: readonly { input: ClassifyInput; category: Category }[];
  /** Inbound notices as the ERP sends them. */
  notices?: readonly { body: Uint8Array; headers: Record<string, string>; expected: Notice[] }[];
  /** Makes rows fit for mapping where the engine would enrich them first; default: as they are. */
  prepare?(entity: EntityName, rows: Raw[]): Raw[];
  /** Printed with each violation, for instance the seed of the run. */
  note?(): string;
}
