import { threeWayMerge, type EntityName, type FieldPolicy, type JsonObject } from "@dovetail/domain";
import type { PushOperation } from "@dovetail/adapter-sdk";
import { canonical, newLink, type Canonical, type LinkRow, type RecordRow } from "../records/record";
import { fieldsToSend, normalised, sameJson, type PushRow } from "./push";

/** What the ERP showed after a push, in canonical form. */
export interface Shown {
  externalId: string;
  erpVersion: string | null;
  record: JsonObject | null;
  hash: string | null;
  mapping: number | null;
}

/** What was sent: the fields and the document they were taken from. */
export interface SentPart {
  operation: PushOperation;
  fields: readonly string[];
  doc: JsonObject;
  /** False when what the ERP has may be of an earlier version than `doc`: then a difference is still to be sent. */
  current: boolean;
  /**
   * Found by a look some time after it took effect: what differs may be a person's edit since, which must not be lost. So it is
   * taken over where the record still says what was sent. Only where the ERP may change the record.
   */
  later?: boolean;
}

/** An answer that tells the external id and nothing else. */
export function onlyId(externalId: string): Shown {
  return { externalId, erpVersion: null, record: null, hash: null, mapping: null };
}

/** What an earlier turn sent; the record may have moved on since, or even back to what it was before. */
export function sentBy(push: PushRow, record: RecordRow): SentPart {
  return {
    operation: push.operation,
    fields: push.fields ?? [],
    doc: push.sent ?? record.doc,
    current: push.sent !== null,
  };
}

/** The link after the ERP took a push, under the I/O number of its end. */
export function linkAfter(entity: EntityName, base: LinkRow, shown: Shown, sent: SentPart, io: number): LinkRow {
  const link = sent.operation === "delete" ? newLink(base.master) : linked(entity, base, shown, sent);
  return { ...link, push_open: false, push_io: io };
}

/** Whether something is still to be sent after a push ended well: what the ERP took may be of an earlier version. */
export function isLeft(entity: EntityName, record: RecordRow, link: LinkRow, sent: SentPart): boolean {
  return !sent.current && !record.deleted && fieldsToSend(entity, link, record.doc).length > 0;
}

/**
 * What the record becomes by what the ERP set by itself (a status, a total, a number); undefined when it stays. `base` is the
 * link as it was when the push was sent.
 */
export function followed(
  entity: EntityName,
  { record, base, shown, sent }: { record: RecordRow; base: LinkRow; shown: Shown; sent: SentPart },
  policy: Readonly<Record<string, FieldPolicy>>,
): Canonical | undefined {
  if (!shown.record || record.deleted) return undefined;
  const expected = overlaid(base.shadow ?? {}, sent);
  const read = overlaid(shown.record, sent.later ? movedOn(sent, record) : sent);
  const merged = threeWayMerge(entity, { shadow: expected, record: record.doc, read }, policy);
  if (merged.conflicts.length > 0) return undefined;
  const next = canonical(entity, merged.merged);
  return next.hash === record.hash ? undefined : next;
}

/**
 * The link after a push of which nothing but the link changes, as long as the record is at the version that was sent;
 * undefined when more is to be done. `policy`: the record's, when the ERP may change it.
 */
export function plainEnd(
  entity: EntityName,
  { record, link }: { record: RecordRow; link: LinkRow | undefined },
  shown: Shown,
  sent: SentPart,
  policy: Readonly<Record<string, FieldPolicy>> | undefined,
): LinkRow | undefined {
  if (!sent.current || sent.operation === "delete" || record.deleted) return undefined;
  const base = link ?? newLink(record.integration === null && policy !== undefined);
  if (policy && followed(entity, { record, base, shown, sent }, policy)) return undefined;
  const after = linkAfter(entity, base, shown, sent, base.push_io);
  return after.master && after.shadow_hash === record.hash ? { ...after, shadow: null } : after;
}

/** Of what was sent the part that the record has left behind: there its newer value is on its way. */
function movedOn(sent: SentPart, record: RecordRow): SentPart {
  return { ...sent, fields: sent.fields.filter((field) => !sameJson(sent.doc[field], record.doc[field])) };
}

/** A document with the fields that were sent as we hold them. */
function overlaid(doc: JsonObject, sent: SentPart): JsonObject {
  const copy = { ...doc };
  for (const field of sent.fields) {
    const value = sent.doc[field];
    if (value === undefined) delete copy[field];
    else copy[field] = value;
  }
  return copy;
}

/** The link after the ERP took a create or an update. */
function linked(entity: EntityName, base: LinkRow, shown: Shown, sent: SentPart): LinkRow {
  const found = { ...base, external_id: shown.externalId, erp_version: shown.erpVersion };
  if (shown.record) {
    const accepted = sent.current && !sent.later ? normalised(sent.fields, sent.doc, shown.record) : null;
    const both = accepted === null && base.accepted === null ? null : { ...base.accepted, ...accepted };
    return {
      ...found,
      shadow: shown.record,
      shadow_hash: shown.hash,
      shadow_mapping: shown.mapping ?? base.shadow_mapping,
      accepted: both,
    };
  }
  // the ERP showed nothing: what was sent is taken for shown, unless it may have been of another version
  if (!sent.current) return found;
  const { doc, hash } = canonical(entity, overlaid(base.shadow ?? {}, sent));
  return { ...found, shadow: JSON.parse(doc) as JsonObject, shadow_hash: hash };
}
