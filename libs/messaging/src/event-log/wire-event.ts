import type { DomainEvent, Producer, RecordChanged } from "@dovetail/contracts";

/** An event as it travels: CloudEvents 1.0, structured JSON, with our extension members. */
export interface WireEvent {
  specversion: "1.0";
  id: string;
  /** `erp.<Entity>.<op>` for records, else the event's own type. */
  type: string;
  source: string;
  subject?: string;
  time: string;
  datacontenttype: "application/json";
  tenant: string;
  tenantid: string;
  traceparent?: string;
  position: number;
  ordinal: number;
  of: number;
  /** Where the change feed goes on after this event; record events only. */
  cursor?: string;
  data: DomainEvent["data"];
}

const RECORD = "record.";

export function toWire(event: DomainEvent, cursor?: string): WireEvent {
  const record = event.type.startsWith(RECORD) ? (event.data as RecordChanged) : undefined;
  return {
    specversion: "1.0",
    id: event.id,
    type: record ? `erp.${record.entityType}.${event.type.slice(RECORD.length)}` : event.type,
    source: event.source ?? `/services/${event.producer}`,
    ...(record?.key === undefined ? {} : { subject: record.key }),
    time: event.time,
    datacontenttype: "application/json",
    tenant: event.tenant,
    tenantid: event.tenantId,
    ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
    position: event.position,
    ordinal: event.ordinal,
    of: event.of,
    ...(cursor === undefined ? {} : { cursor }),
    data: event.data,
  };
}

/** The event again, or undefined for a message that is none. */
export function fromWire(message: unknown, producer: Producer): DomainEvent | undefined {
  if (typeof message !== "object" || message === null) return undefined;
  const wire = message as Partial<WireEvent>;
  const { id, type, source, time, tenant, tenantid, traceparent, position, ordinal, of, data } = wire;
  if (!id || !type || !time || !tenant || !tenantid || !data) return undefined;
  if (!Number.isInteger(position) || !Number.isInteger(ordinal) || !Number.isInteger(of)) return undefined;
  return {
    id,
    type: type.startsWith("erp.") ? `${RECORD}${type.slice(type.lastIndexOf(".") + 1)}` : type,
    producer,
    tenantId: tenantid,
    tenant,
    position,
    ordinal,
    of,
    time,
    ...(source === undefined || source === `/services/${producer}` ? {} : { source }),
    ...(traceparent === undefined ? {} : { traceparent }),
    data,
  } as unknown as DomainEvent;
}
