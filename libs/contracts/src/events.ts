import type { EntityName, JsonObject } from "@dovetail/domain";

/** Services that keep an event log. The name is also their stream's. */
export const PRODUCERS = ["gateway", "integration-config", "sync-engine"] as const;
export type Producer = (typeof PRODUCERS)[number];

/** Data of `erp.<Entity>.<created|updated|deleted>`. Over 64 KiB the event travels without `record`. */
export interface RecordChanged {
  entityType: EntityName;
  key: string;
  version: number;
  changedFields?: string[];
  record?: JsonObject;
}

/** Data of `erp.<Entity>.baseline`: a first load is complete; page the records, then go on from this event's cursor. */
export interface Baseline {
  entityType: EntityName;
  count: number;
  jobId: string;
}

export interface IntegrationChanged {
  integrationId: string;
  name: string;
  version: number;
}

export interface MappingChanged {
  integrationId: string;
  entityType: EntityName;
  version: number;
}

export interface TenantChanged {
  tenantId: string;
  name: string;
}

/** A notice of an ERP as it came in; the body is fetched from the gateway by id. */
export interface NoticeReceived {
  noticeId: string;
  integrationId: string;
  integration: string;
}

export interface SyncEnded {
  jobId: string;
  integration: string;
  entityType: EntityName;
  counts: Record<string, number>;
  problemCode?: string;
}

/** The closed union of what services tell each other. */
export interface EventData {
  "tenant.created": TenantChanged;
  "notice.received": NoticeReceived;
  "integration.created": IntegrationChanged;
  "integration.updated": IntegrationChanged;
  "integration.deleted": IntegrationChanged;
  "mapping.updated": MappingChanged;
  "sync.started": SyncEnded;
  "sync.completed": SyncEnded;
  "sync.failed": SyncEnded;
  "record.created": RecordChanged;
  "record.updated": RecordChanged;
  "record.deleted": RecordChanged;
  "record.baseline": Baseline;
}
export type EventType = keyof EventData;

/** One event of a producer's log as a consumer sees it. */
export type DomainEvent<T extends EventType = EventType> = {
  [K in T]: {
    id: string;
    type: K;
    producer: Producer;
    tenantId: string;
    tenant: string;
    /** Without gaps per (producer, tenant). */
    position: number;
    /** A page's log row expands to `of` events with ordinals 0 … of − 1. */
    ordinal: number;
    of: number;
    time: string;
    source?: string;
    traceparent?: string;
    data: EventData[K];
  };
}[T];

/** The JetStream stream of a producer's log. */
export function streamOf(producer: Producer): string {
  return `LOG_${producer.toUpperCase().replace(/-/g, "_")}`;
}

/** What a producer's stream captures. */
export function streamSubjects(producer: Producer): string[] {
  return producer === "sync-engine" ? [`log.${producer}.>`, "erp.>"] : [`log.${producer}.>`];
}

/** The record events of all tenants. */
export const RECORD_SUBJECTS = "erp.*.>";

/** The subject of one event: records go out as `erp.<tenant>.<entity>.<op>`, the rest stays between services. */
export function eventSubject(event: Pick<DomainEvent, "type" | "producer" | "tenant" | "data">): string {
  if (event.type.startsWith("record."))
    return `erp.${event.tenant}.${(event.data as RecordChanged).entityType}.${event.type.slice("record.".length)}`;
  return `log.${event.producer}.${event.tenant}.${event.type}`;
}

/** The subjects that carry one tenant's part of a producer's log. */
export function consumerSubjects(producer: Producer, tenant: string): string[] {
  return producer === "sync-engine"
    ? [`log.${producer}.${tenant}.>`, `erp.${tenant}.>`]
    : [`log.${producer}.${tenant}.>`];
}

/** What a tenant's own user may say and hear on the bus, as NATS patterns; its answers come to inboxes of its name. */
export function tenantSubjects(tenant: string, user: string): { publish: string[]; subscribe: string[] } {
  return { publish: [`mes.${tenant}.>`], subscribe: [`erp.${tenant}.>`, `${inboxPrefix(user)}.>`] };
}

/** The first part of the subjects on which a tenant's user receives answers: its client has to be told. */
export function inboxPrefix(user: string): string {
  return `_INBOX.${user}`;
}

/** What MES modules ask: `mes.<tenant>.<entity>.<created|updated|deleted>`. */
export const MES_SUBJECTS = "mes.*.*.*";
export const MES_OPERATIONS = ["created", "updated", "deleted"] as const;
export type MesOperation = (typeof MES_OPERATIONS)[number];

/** The parts of a MES subject, or undefined when it is none. */
export function parseMesSubject(subject: string): { tenant: string; entity: string; op: MesOperation } | undefined {
  const [root, tenant, entity, op] = subject.split(".");
  if (root !== "mes" || !tenant || !entity || !MES_OPERATIONS.includes(op as MesOperation)) return undefined;
  return { tenant, entity, op: op as MesOperation };
}
