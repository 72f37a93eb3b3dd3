import type { Encrypted } from "@dovetail/crypto";

/** Where an inbound notice belongs. */
export interface NoticeTarget {
  tenantId: string;
  tenant: string;
  integrationId: string;
  integration: string;
}

/** A notice as it came in. */
export interface IncomingNotice {
  headers: Record<string, string>;
  body: Buffer;
}

/** What is stored of a notice. */
export interface StoredNotice {
  id: string;
  integrationId: string;
  content: Encrypted;
  receivedAt: string;
}

/** Answer to the sender. */
export interface NoticeAnswer {
  id: string;
  /** The same notice was here already and is still to be worked on, or the sender repeated one delivery. */
  duplicate: boolean;
}

/** What an administrator gives to the ERP. */
export interface WebhookAddress {
  url: string;
  rotatedAt: string;
  /** Until then the address before the last rotation works too. */
  previousUntil: string | null;
}

/** Headers that are never kept: they are ours, or about one connection. */
const DROPPED = new Set(["authorization", "cookie", "proxy-authorization", "connection", "host", "content-length"]);

/** The headers to keep, one text each. */
export function keptHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !DROPPED.has(name)) kept[name] = Array.isArray(value) ? value.join(", ") : value;
  return kept;
}

const DELIVERY_HEADERS = ["webhook-id", "x-webhook-id", "x-delivery-id", "x-request-id", "idempotency-key", "ce-id"];

/** How the sender names this delivery, if it does: a repetition carries the same. */
export function deliveryIdOf(headers: Record<string, string>): string | null {
  for (const name of DELIVERY_HEADERS) {
    const value = headers[name];
    if (value) return `${name}:${value}`.slice(0, 300);
  }
  return null;
}
