import { Flag, Free, Nested, OneOf, Text, Whole } from "../fields";
import { PageQuery } from "../paging";
import { type ProblemDocument } from "../problem";
import { ENTITY_NAMES, type EntityName, type Json, type JsonObject } from "@dovetail/domain";

export const DEAD_LETTER_KINDS = ["REJECTED", "PARKED", "PUSH", "CONFLICT", "EVENT", "CONNECTION"] as const;
export type DeadLetterKind = (typeof DEAD_LETTER_KINDS)[number];

export const DEAD_LETTER_STATUSES = ["OPEN", "RESOLVED", "DISCARDED"] as const;
export type DeadLetterStatus = (typeof DEAD_LETTER_STATUSES)[number];

/** A request or an answer: its first line or status, and the beginning of its body. */
export interface LetterExcerpt {
  head: string;
  body?: string;
}

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
  /** The source row, or what is told of a push; secrets masked. */
  payload: Json;
  /** The last request of a push and what the ERP answered, cut and masked; null where nothing left or came. */
  request: LetterExcerpt | null;
  response: LetterExcerpt | null;
  status: DeadLetterStatus;
  /** How it was closed: the reason of a discard, what resolved it; null while it is open. */
  note: string | null;
  /** Who closed it by hand, as in the source of a change; null when it resolved itself. */
  closedBy: string | null;
  attempts: number;
  /** Raised by every change of the letter: what If-Match compares. */
  version: number;
  createdAt: string;
  updatedAt: string;
}

export class ListDeadLetters extends PageQuery {
  @Text({ optional: true })
  integration?: string;

  @OneOf(DEAD_LETTER_KINDS, { optional: true })
  kind?: DeadLetterKind;

  @Text({ optional: true, max: 40, description: "UNKNOWN_PARENT, UNKNOWN, ERP008, …" })
  reason?: string;

  @OneOf(DEAD_LETTER_STATUSES, { optional: true, description: "OPEN when absent" })
  status?: DeadLetterStatus;

  @OneOf(ENTITY_NAMES, { optional: true })
  entityType?: EntityName;

  @Text({ optional: true, max: 500, description: "business key" })
  key?: string;

  @Text({ optional: true, max: 40, description: "listed at or after this time, ISO 8601 with zone" })
  from?: string;

  @Text({ optional: true, max: 40, description: "listed before this time, ISO 8601 with zone" })
  to?: string;
}

export class RetryDeadLetter {
  @Text()
  id!: string;

  @Free({ optional: true, description: "the record as it should be: a new version by the operator" })
  record?: JsonObject;

  @Flag({ optional: true, description: "KEY_CHANGED, DUPLICATE_KEY: the row has the key that the ERP shows" })
  accept?: boolean;

  @Whole({ optional: true, description: "the letter's version that the caller saw" })
  ifVersion?: number;
}

export class DiscardDeadLetter {
  @Text()
  id!: string;

  @Text({ max: 1000 })
  reason!: string;

  @Whole({ optional: true, description: "the letter's version that the caller saw" })
  ifVersion?: number;
}

/** Which open letters are meant; an absent member leaves all in. */
export class LetterFilter {
  @Text({ optional: true })
  integration?: string;

  @OneOf(DEAD_LETTER_KINDS, { optional: true })
  kind?: DeadLetterKind;

  @Text({ optional: true, max: 40 })
  reason?: string;

  @OneOf(ENTITY_NAMES, { optional: true })
  entityType?: EntityName;

  @Text({ optional: true, max: 40, description: "listed at or after this time, ISO 8601 with zone" })
  from?: string;

  @Text({ optional: true, max: 40, description: "listed before this time, ISO 8601 with zone" })
  to?: string;
}

export class BulkRetry {
  @Nested(() => LetterFilter, { optional: true, description: "every open letter when absent" })
  filter?: LetterFilter;
}
