import {
  canonicalJson,
  recordHash,
  threeWayMerge,
  type EntityName,
  type FieldPolicy,
  type JsonObject,
  type MergeConflict,
  type SettledConflict,
} from "@dovetail/domain";
import { stillAccepted } from "../push/push";
import { canonical, type Canonical, type LinkRow, type RecordRow } from "../records/record";
import { rebasePolicy, type ChangedRules } from "./rebase";

/** A row that was read, as far as it matters whether it may be merged. */
export interface ReadAt {
  key: string;
  externalId: string;
  /** The I/O number of the read, taken before its request left. */
  io: number;
}

/** Why a row that was read is not merged now. */
export interface Refusal {
  kind: "PARKED";
  reason: "IN_FLIGHT" | "DUPLICATE_KEY" | "KEY_CHANGED";
  detail: string;
}

/** Whether a row was, or may have been, read before a push of the same record took effect: merged, it would revert the push. */
export function isOvertaken(link: Pick<LinkRow, "push_open" | "push_io"> | undefined, io: number): boolean {
  return link !== undefined && (link.push_open || link.push_io > io);
}

/** A create of a link's document that may have had an effect while no answer has told the document's id. */
export interface Creating {
  /** A person has it in hand: nothing more is to be expected from a machine. */
  listed: boolean;
  /** What left. */
  sent: JsonObject | null;
}

/**
 * What forbids a merge now: a push in between, or an external id and a key that do not belong together. `linkedKey` is the
 * key that the external id is linked to. The page merge asks the same in SQL, row by row; it leaves first meetings over.
 */
export function refusal(
  link: LinkRow | undefined,
  row: ReadAt,
  linkedKey: string | undefined,
  creating: Creating | undefined,
): Refusal | undefined {
  // the row may be what we are making: met as a stranger's, it would take back what was edited since it was sent
  if (isOvertaken(link, row.io) || (creating && !creating.listed))
    return { kind: "PARKED", reason: "IN_FLIGHT", detail: "read while a push of the record was under way" };
  if (link?.external_id != null && link.external_id !== row.externalId)
    return {
      kind: "PARKED",
      reason: "DUPLICATE_KEY",
      detail: `${row.key} is linked to ${link.external_id}; ${row.externalId} claims the same key`,
    };
  if (linkedKey !== undefined && linkedKey !== row.key)
    return {
      kind: "PARKED",
      reason: "KEY_CHANGED",
      detail: `${row.externalId} was ${linkedKey} and is now ${row.key}`,
    };
  return undefined;
}

/** Deletions of an entity within a day that need no person: a tenth of its rows, but at least and at most so many (SYN-7). */
const LEAST = 5;
const MOST = 1_000;

/** How many deletions of an entity with so many rows a day may bring before a person is asked. */
export function deletionLimit(rows: number): number {
  return Math.max(LEAST, Math.min(MOST, Math.floor(rows / 10)));
}

/** One row as the ERP showed it, in canonical form. */
export interface ShownRow extends ReadAt {
  entity: EntityName;
  erpVersion: string | null;
  record: JsonObject;
  mapping: number;
  modifiedAt?: string;
}

/** The link that a row is merged on; of a document that we made and a person has in hand, what was sent is known. */
export function mergeBase(link: LinkRow, creating: Creating | undefined): LinkRow {
  return link.shadow === null && creating?.sent ? { ...link, shadow: creating.sent } : link;
}

/** What a read makes of a record. */
export type Merged =
  | { do: "nothing" }
  | { do: "conflict"; conflicts: MergeConflict[] }
  /**
   * The link follows; `next`: the record's new version, where there is one. `differs`: local edits survive, to be pushed.
   * `settled`: where both sides had changed and the policy chose.
   */
  | {
      do: "store";
      next: Canonical | undefined;
      link: LinkRow;
      hash: string;
      differs: boolean;
      settled: SettledConflict[];
    };

/** What a merge may have to know beside the row. */
export interface MergeHints {
  /** When we accepted the record's last change that did not come from this ERP (RFC 3339), for policy `newest`. */
  acceptedAt?: string;
  /** Fields read by other rules than the shadow was, when this is the first read under another mapping. */
  changed?: ChangedRules;
}

/** Merges what was read into a record, field by field: link, record and read under the field policy. */
export function mergeRead(
  row: ShownRow,
  base: LinkRow,
  record: RecordRow | undefined,
  policy: Readonly<Record<string, FieldPolicy>>,
  hints: MergeHints = {},
): Merged {
  const { entity } = row;
  const link = linkShown(base, row);
  const tombstone = record?.deleted === true;
  // deleted here and unchanged there: the deletion stands, whether or not it can be pushed
  if (tombstone && base.shadow_hash === link.shadow_hash) return { do: "nothing" };
  const sides = {
    shadow: tombstone ? null : base.shadow,
    record: record && !tombstone ? record.doc : {},
    read: row.record,
  };
  const when = {
    ...(row.modifiedAt === undefined ? {} : { erpModifiedAt: row.modifiedAt }),
    ...(hints.acceptedAt === undefined ? {} : { mesAcceptedAt: hints.acceptedAt }),
  };
  // without a shadow there is nothing that another rule could have read
  const rebased = hints.changed && sides.shadow !== null ? rebasePolicy(policy, hints.changed) : policy;
  const merged = threeWayMerge(entity, sides, rebased, when);
  if (merged.conflicts.length > 0) return { do: "conflict", conflicts: merged.conflicts };
  const next = canonical(entity, merged.merged);
  const changed = !record || record.deleted || next.hash !== record.hash;
  const differs = link.shadow_hash !== next.hash;
  const { settled } = merged;
  return { do: "store", next: changed ? next : undefined, link, hash: next.hash, differs, settled };
}

/**
 * The link after the ERP showed this row. Rows that were read before it are older and must not follow. An accepted difference ends when the ERP shows another value of
 * that field.
 */
export function linkShown(base: LinkRow, row: ShownRow): LinkRow {
  const doc = canonicalJson(row.entity, row.record);
  const shadow = JSON.parse(doc) as JsonObject;
  return {
    ...base,
    external_id: row.externalId,
    erp_version: row.erpVersion,
    shadow,
    shadow_hash: recordHash(doc),
    shadow_mapping: row.mapping,
    push_io: Math.max(base.push_io, row.io),
    accepted: stillAccepted(base.accepted, shadow),
  };
}
