import { ENTITIES, ENTITY_NAMES, type EntityName, type JsonObject } from "@dovetail/domain";
import { ProblemError } from "@dovetail/contracts";
import { canonical } from "../records/record";
import { changesOf, type FollowingPush, type NewItem } from "./plan";

/** Why a record stays as it is when its job is taken back. */
export type HoldReason = "TOUCHED" | "FACT" | "REFERENCED" | "INVALID";

/** The first change that a job made of a record, and the record as it stands. */
export interface JobChange {
  page: number;
  n: number;
  key: string;
  op: "c" | "u" | "d";
  /** The document before it; null: there was no record. */
  before: JsonObject | null;
  /** The record's version now, its document, and whether it is deleted. */
  version: number;
  doc: JsonObject;
  deleted: boolean;
  /** Somebody else has changed it between then and now. */
  touched: boolean;
}

/** Where records refer to an entity: of which entity, in which field, of which list. */
export interface ReferencePath {
  entity: number;
  list: string | null;
  field: string;
}

const HOLDS: Record<HoldReason, string> = {
  TOUCHED: "it was changed since, or in between, by somebody else",
  FACT: "a fact is never edited or deleted, only reversed by another document",
  REFERENCED: "other records refer to it",
  INVALID: "its former state does not keep today's rules",
};

/** Words for a reason to hold. */
export function holdText(reason: HoldReason): string {
  return HOLDS[reason];
}

/**
 * What takes one record back: to a new version with the document as it was before the job. What the job created becomes a
 * tombstone, what it deleted comes back.
 */
export function rollbackItem(
  entity: EntityName,
  integration: number,
  change: JobChange,
  pushesOf: (operation: "create" | "update" | "delete") => FollowingPush[],
): NewItem {
  const about = { integration, key: change.key, externalId: null };
  const hold = (reason: HoldReason): NewItem => ({
    ...about,
    operation: "hold",
    reason,
    problem: new ProblemError("CONFLICT", `${change.key} stays as it is: ${holdText(reason)}`).problem,
  });
  if (ENTITIES[entity].kind === "fact") return hold("FACT");
  if (change.touched) return hold("TOUCHED");
  const assumed = { version: change.version, link: null };
  const present = change.deleted ? null : change.doc;
  if (change.op === "c") {
    if (present === null) return { ...about, operation: "skip" };
    const changes = changesOf(entity, present, null);
    return { ...about, operation: "delete", changes, assumed, pushes: pushesOf("delete") };
  }
  const former = change.before ?? {};
  const operation = present === null ? "create" : "update";
  try {
    const { doc, hash } = canonical(entity, former);
    return {
      ...about,
      operation,
      changes: changesOf(entity, present, former),
      assumed,
      doc,
      hash,
      pushes: pushesOf(operation),
    };
  } catch (error) {
    if (error instanceof ProblemError) return hold("INVALID");
    throw error;
  }
}

/** Every field by which records of any entity refer to this one. */
export function referencesTo(target: EntityName): ReferencePath[] {
  const paths: ReferencePath[] = [];
  for (const name of ENTITY_NAMES) {
    const { code, fields } = ENTITIES[name];
    for (const field of fields) {
      if (field.references === target) paths.push({ entity: code, list: null, field: field.name });
      if (field.type !== "list") continue;
      for (const member of field.fields ?? [])
        if (member.references === target) paths.push({ entity: code, list: field.name, field: member.name });
    }
  }
  return paths;
}
