import { isDeepStrictEqual } from "node:util";
import type { Category, PushOperation } from "@dovetail/adapter-sdk";
import type { TransactionStatus } from "@dovetail/contracts";
import { diffRecords, type EntityName, type Json, type JsonObject } from "@dovetail/domain";
import type { LinkRow } from "../records/record";

/** One push as stored: bringing one link to one version. */
export interface PushRow {
  id: string;
  integration: number;
  entity: number;
  key: string;
  version: number;
  operation: PushOperation;
  status: TransactionStatus;
  reference: string;
  attempts: number;
  category: Category | null;
  handle: Json | null;
  fields: string[] | null;
  /** The fields' values as they left, while the outcome is open; null when the ERP may hold an earlier version instead. */
  sent: JsonObject | null;
  looked_up: number;
  /** Version of the mapping that a replay asked for; null: the newest. */
  mapping: number | null;
  /** The account of the file exchange that it goes through; null: its ERP's own. */
  channel: number | null;
  /** System of the adapter that sent it; null before it was sent. */
  adapter: string | null;
  /** Milliseconds since the request left, by the database's clock. */
  sent_ms: number | null;
  /** Milliseconds since the row last changed, by the database's clock. */
  since_ms: number;
}

const NEXT: Record<TransactionStatus, readonly TransactionStatus[]> = {
  pending: ["sent", "confirmed", "superseded", "parked", "rejected", "discarded"],
  parked: ["pending", "sent", "confirmed", "superseded", "rejected", "discarded"],
  sent: ["confirmed", "accepted", "unknown", "rejected", "pending"],
  accepted: ["confirmed", "rejected", "unknown", "pending"],
  unknown: ["confirmed", "pending", "rejected", "discarded"],
  rejected: ["pending", "superseded", "discarded"],
  confirmed: [],
  superseded: [],
  discarded: [],
};

/** Whether a push may go from one status to another. */
export function pushMayBecome(from: TransactionStatus, to: TransactionStatus): boolean {
  return NEXT[from].includes(to);
}

/** The statuses from which a push may come to one: the others, and itself, as more becomes known. */
export function statusesBefore(to: TransactionStatus): TransactionStatus[] {
  return (Object.keys(NEXT) as TransactionStatus[]).filter((from) => from === to || pushMayBecome(from, to));
}

/** Statuses in which a request may be under way: at most one push of a link is in one of them. */
export function isInFlight(status: TransactionStatus): boolean {
  return status === "sent" || status === "accepted" || status === "unknown";
}

/** The id of the work row that carries all pushes of one link: two never run at once. */
export function pushWorkId(integration: number, entity: number, key: string): string {
  return `${integration}:${entity}:${key}`;
}

export function parsePushWorkId(id: string): { integration: number; entity: number; key: string } {
  const [integration, entity, ...key] = id.split(":");
  return { integration: Number(integration), entity: Number(entity), key: key.join(":") };
}

/** Top-level fields that the ERP still has to get: those that differ from what it last showed and were not accepted. */
export function fieldsToSend(entity: EntityName, link: LinkRow, doc: JsonObject): string[] {
  if (link.shadow === null) return Object.keys(doc);
  return diffRecords(entity, link.shadow, doc).filter((field) => !isAccepted(link, field, doc));
}

function isAccepted(link: LinkRow, field: string, doc: JsonObject): boolean {
  const pair = link.accepted?.[field];
  if (!Array.isArray(pair)) return false;
  return sameJson(pair[0], doc[field]) && sameJson(pair[1], link.shadow?.[field]);
}

/** The accepted differences (field → [ours, theirs]) of which the ERP still shows its part. */
export function stillAccepted(accepted: JsonObject | null, shadow: JsonObject): JsonObject | null {
  const same = Object.entries(accepted ?? {}).filter(
    ([field, pair]) => Array.isArray(pair) && sameJson(pair[1], shadow[field]),
  );
  return same.length > 0 ? Object.fromEntries(same) : null;
}

/** Whether two values say the same. The database gives members in another order than a document that was just read. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  return isDeepStrictEqual(a ?? null, b ?? null);
}

/** Of the fields that were sent, those that the ERP shows differently: field → [ours, theirs]. */
export function normalised(fields: readonly string[], sent: JsonObject, shown: JsonObject): JsonObject | null {
  const accepted: JsonObject = {};
  for (const field of fields)
    if (!sameJson(sent[field], shown[field])) accepted[field] = [sent[field] ?? null, shown[field] ?? null];
  return Object.keys(accepted).length > 0 ? accepted : null;
}
