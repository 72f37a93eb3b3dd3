import type { EntityName } from "@dovetail/domain";
import type { Adapter, EntityPort, InboundMethod, OutboundMethod, PushOperation, WriteClass } from "./port";
import type { AuthMethod, SchemaField } from "./schema";
import type { ConnectionMethod } from "./template";

/** What a system can do with one entity (SPEC SYS-3). */
export interface EntityCapabilities {
  entity: EntityName;
  pull: boolean;
  incremental: boolean;
  deletesSeen: boolean;
  operations: readonly PushOperation[];
  writeClass: WriteClass | null;
  /** How long a late effect may take to show, milliseconds (write class L). */
  settleMs: number | null;
  /** By business key, reference or external id. */
  lookup: boolean;
  stamps: boolean;
  webhook: boolean;
  mapping: boolean;
}

/** A system as `GET /erp/systems/:code` shows it; plain JSON. */
export interface SystemCapabilities {
  system: string;
  version: number;
  title: string;
  connectionMethod: ConnectionMethod;
  /** Reaches systems of any name by its method. */
  anySystem: boolean;
  connection: readonly SchemaField[];
  auth: readonly AuthMethod[];
  inbound: readonly InboundMethod[];
  outbound: readonly OutboundMethod[];
  formats: readonly string[];
  realTime: boolean;
  limits: { concurrent: number | null; perMinute: number | null };
  webhook: string | null;
  describesFields: boolean;
  entities: EntityCapabilities[];
}

function entityCapabilities(adapter: Adapter, entity: EntityName, port: EntityPort<unknown>): EntityCapabilities {
  return {
    entity,
    pull: port.pull !== undefined,
    incremental: port.pull !== undefined && port.incremental !== false,
    deletesSeen: port.deletesSeen === true,
    operations: port.push?.operations ?? [],
    writeClass: port.push?.class ?? null,
    settleMs: port.push?.settleMs ?? null,
    lookup: port.lookup !== undefined,
    stamps: port.stamps !== undefined,
    webhook: adapter.webhook !== undefined,
    mapping: adapter.mappings[entity] !== undefined,
  };
}

/** The row of the capability matrix for one adapter: derived from what it implements, never written twice. */
export function capabilities(adapter: Adapter): SystemCapabilities {
  const { system, version, title, connection, auth, inbound, outbound, formats, realTime, limits } = adapter;
  const ports = Object.entries(adapter.entities) as [EntityName, EntityPort<unknown>][];
  return {
    system,
    version,
    title,
    connectionMethod: adapter.connectionMethod ?? "API",
    anySystem: adapter.anySystem === true,
    connection: connection.fields,
    auth,
    inbound,
    outbound,
    formats,
    realTime,
    limits: { concurrent: limits?.concurrent ?? null, perMinute: limits?.perMinute ?? null },
    webhook: adapter.webhook?.scheme.kind ?? null,
    describesFields: adapter.describe !== undefined,
    entities: ports.map(([entity, port]) => entityCapabilities(adapter, entity, port)),
  };
}
