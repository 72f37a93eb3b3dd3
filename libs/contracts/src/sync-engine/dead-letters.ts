import { Free, OneOf, Text } from "../fields";
import { PageQuery } from "../paging";
import { type ProblemDocument } from "../problem";
import { ENTITY_NAMES, type EntityName, type Json, type JsonObject } from "@dovetail/domain";

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
