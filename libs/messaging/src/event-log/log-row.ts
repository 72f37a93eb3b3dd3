import type { DomainEvent, Producer, RecordChanged } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { EVENT_BYTES } from "../limits";

/** A numbered row of the log. */
export interface LogRow {
  tenantId: string;
  tenant: string;
  id: string;
  /** An event type, or the service's own name for a page that `expand` understands. */
  type: string;
  source?: string;
  traceparent?: string;
  data: JsonObject;
  pageId?: number;
  /** How many events the row stands for. */
  n: number;
  position: number;
  time: string;
}

/**
 * The events of a row from an ordinal on, at most `limit`, in order; never none while `fromOrdinal < row.n`.
 * Each carries the row's position, its own ordinal and `of` = row.n.
 */
export type Expand = (row: LogRow, fromOrdinal: number, limit: number) => Promise<DomainEvent[]>;

/** Selects LogRow's members in the order that `logRow` expects. */
export const LOG_COLUMNS = "tenant_id, tenant, id, type, source, traceparent, data, page_id, n, position, at";

/** A row as PostgreSQL hands it over. */
export interface StoredLogRow {
  tenant_id: string;
  tenant: string;
  id: string;
  type: string;
  source: string | null;
  traceparent: string | null;
  data: JsonObject;
  page_id: number | null;
  n: number;
  position: number;
  at: string;
}

export function logRow(stored: StoredLogRow): LogRow {
  return {
    tenantId: stored.tenant_id,
    tenant: stored.tenant,
    id: stored.id,
    type: stored.type,
    ...(stored.source === null ? {} : { source: stored.source }),
    ...(stored.traceparent === null ? {} : { traceparent: stored.traceparent }),
    data: stored.data,
    ...(stored.page_id === null ? {} : { pageId: stored.page_id }),
    n: stored.n,
    position: stored.position,
    time: stored.at,
  };
}

/** The expansion of logs without pages: each row is one event. */
export function oneEvent(producer: Producer): Expand {
  return async (row) => {
    if (row.n !== 1) throw new Error(`log row ${row.id} stands for ${row.n} events, but nothing expands it`);
    return [eventOf(row, producer)];
  };
}

// The type and data of a row were checked when it was appended: appendEvent is typed by the event.
function eventOf(row: LogRow, producer: Producer): DomainEvent {
  const { id, type, tenantId, tenant, position, time, source, traceparent, data } = row;
  const origin = { ...(source === undefined ? {} : { source }), ...(traceparent === undefined ? {} : { traceparent }) };
  const members = { id, type, producer, tenantId, tenant, position, ordinal: 0, of: 1, time, ...origin, data };
  return members as unknown as DomainEvent;
}

/** The events of a row, each within 64 KiB. Throws when the service's expansion breaks its rule. */
export async function expandRow(
  expand: Expand,
  row: LogRow,
  fromOrdinal: number,
  limit: number,
): Promise<DomainEvent[]> {
  const events = await expand(row, fromOrdinal, limit);
  const fits = (event: DomainEvent, step: number): boolean =>
    event.ordinal === fromOrdinal + step && event.position === row.position && event.of === row.n;
  if (events.length === 0 || !events.every(fits))
    throw new Error(`log row ${row.id}: the expansion from ordinal ${fromOrdinal} of ${row.n} has holes`);
  return events.map(withinLimit);
}

/** The event itself, or without `record` when it is larger than 64 KiB. */
export function withinLimit(event: DomainEvent): DomainEvent {
  if (!("record" in event.data) || Buffer.byteLength(JSON.stringify(event)) <= EVENT_BYTES) return event;
  const data: RecordChanged = { ...event.data };
  delete data.record;
  return { ...event, data } as DomainEvent;
}
