import type { EntitySettings, Features, Integration, Limits, IntegrationStatus } from "@dovetail/contracts";
import type { EntityName, JsonObject } from "@dovetail/domain";
import type { AuditAction } from "../audit/audit.repository";

export type Entities = Partial<Record<EntityName, EntitySettings>>;

/** The part of an integration that its owner writes, complete. */
export interface IntegrationDocument {
  description: string;
  critical: boolean;
  connectionMethod: string;
  apiEndpoint: string | null;
  apiVersion: string | null;
  authMethod: string;
  syncSchedule: JsonObject;
  settings: JsonObject;
  entities: Entities;
  limits: Limits;
  features: Features;
  tls: { minVersion?: string };
}

/** An adapter and its version when the integration was bound to it. */
export interface AdapterStamp {
  system: string;
  version: number;
}

/** An integration as this service keeps it. */
export interface StoredIntegration {
  id: string;
  name: string;
  /** The customer's system. */
  erpSystem: string;
  /** What opens its connections. */
  adapter: AdapterStamp;
  document: IntegrationDocument;
  status: IntegrationStatus;
  sealed: JsonObject | null;
  credentialsSet: string[];
  credentialsAt: string | null;
  deleted: boolean;
  version: number;
  createdAt: string;
  updatedAt: string;
}

/** What clients see: everything but the credentials. */
export function viewOf(stored: StoredIntegration): Integration {
  const { id, name, erpSystem, adapter, document, status, createdAt, updatedAt, version } = stored;
  return {
    id,
    name,
    erpSystem,
    ...document,
    status,
    credentials: { set: stored.credentialsSet, updatedAt: stored.credentialsAt },
    adapter,
    createdAt,
    updatedAt,
    version,
  };
}

/** How the audit names a change of status; undefined: nothing changes. */
export function statusAct(from: IntegrationStatus, to: IntegrationStatus): AuditAction | undefined {
  if (from === to) return undefined;
  if (to === "ACTIVE") return from === "PAUSED" ? "RESUME" : "ENABLE";
  return to === "PAUSED" ? "PAUSE" : "DISABLE";
}
