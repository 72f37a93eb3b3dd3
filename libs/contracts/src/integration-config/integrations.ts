import type { EntityName, JsonObject } from "@dovetail/domain";
import { Flag, Free, Nested, OneOf, Text, Whole } from "../fields";
import { PageQuery } from "../paging";

export const CONNECTION_METHODS = ["API", "FILE", "DATABASE", "MESSAGE_QUEUE"] as const;
export const AUTH_METHODS = ["NONE", "BASIC", "OAUTH2", "API_KEY", "SSH_KEY", "SHARED_SECRET"] as const;
export const INTEGRATION_STATUSES = ["ACTIVE", "DISABLED", "PAUSED"] as const;
export const CONNECTION_STATUSES = ["CONNECTED", "DISCONNECTED", "ERROR", "EXPIRED", "DISABLED"] as const;
export type IntegrationStatus = (typeof INTEGRATION_STATUSES)[number];
export type ConnectionStatus = (typeof CONNECTION_STATUSES)[number];
export const DIRECTIONS = ["inbound", "outbound", "both"] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** Members of an integration that are secrets or names beside them: taken in clear over TLS, sealed by the gateway. */
export const CREDENTIAL_FIELDS = [
  "apiUsername",
  "apiPassword",
  "clientId",
  "clientSecret",
  "tokenEndpoint",
  "scope",
  "username",
  "password",
  "refreshToken",
  "privateKey",
  "apiToken",
  "apiKeyHeader",
  "hostKey",
  "secret",
] as const;
export type CredentialField = (typeof CREDENTIAL_FIELDS)[number];

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** How one entity of an integration is kept in step. */
export interface EntitySettings {
  direction: Direction;
  master: boolean;
  keyPrefix: string | null;
  schedule?: string;
  lookbackSeconds: number;
  pageSize: number;
  fieldPolicy: Record<string, "erp" | "mes" | "newest" | "manual">;
  /** A run with more rejected rows fails: a number of rows, a share of those read (0 to 1). Absent: bad rows fail no run. */
  tolerance?: { count?: number; rate?: number };
  /** When stamps of all rows are listed (cron, UTC), or `off`. Absent: nightly. */
  scanSchedule?: string;
}

/** Rows of one request to the ERP; instead of the entity's pageSize. */
export class BatchSizes {
  @Whole({ optional: true, min: 1, max: 10_000 })
  supplier_sync?: number;

  @Whole({ optional: true, min: 1, max: 10_000 })
  purchase_order_sync?: number;

  @Whole({ optional: true, min: 1, max: 10_000 })
  inventory_sync?: number;

  @Whole({ optional: true, min: 1, max: 10_000 })
  cost_posting?: number;
}

/** Which entity a batch size is of, and how large it is when nothing is said. */
export const BATCH_SIZES = {
  supplier_sync: { entity: "Supplier", usual: 100 },
  purchase_order_sync: { entity: "PurchaseOrder", usual: 50 },
  inventory_sync: { entity: "InventoryBalance", usual: 500 },
  cost_posting: { entity: "CostPosting", usual: 25 },
} as const satisfies Record<keyof BatchSizes, { entity: EntityName; usual: number }>;

export class Limits {
  @Whole({
    optional: true,
    min: 1,
    max: 100,
    description: "calls of the ERP at the same time; the adapter's own when absent",
  })
  concurrentCalls?: number;

  @Whole({ optional: true, min: 1, max: 1_000_000, description: "calls of the ERP within any minute" })
  perMinute?: number;

  @Whole({ optional: true, min: 1, max: 100, description: "pulls at the same time (3)" })
  concurrentSyncs?: number;

  @Nested(() => BatchSizes, { optional: true })
  batchSizes?: BatchSizes;
}

export class Features {
  @Flag({ optional: true })
  inboundRequisitions?: boolean;

  @Flag({ optional: true })
  outboundOrderStatus?: boolean;

  @Flag({ optional: true })
  inventorySync?: boolean;

  @Flag({ optional: true })
  punchOutCatalog?: boolean;

  @Text({
    optional: true,
    max: 80,
    description: "name of the file exchange that outbound entries go through while the ERP is not reached",
  })
  fileFallback?: string;
}

export class TlsSettings {
  @OneOf(["TLSv1.2", "TLSv1.3"], { optional: true })
  minVersion?: string;
}

/** What a client may change of an integration (PATCH). Credentials stand beside them in the HTTP body. */
export class IntegrationSettings {
  @Text({ optional: true })
  description?: string;

  @Flag({ optional: true, description: "critical integrations are recovered first" })
  critical?: boolean;

  @OneOf(CONNECTION_METHODS, {
    optional: true,
    description: "picks the adapter; absent: that of the system's own. Another one begins anew with its own settings",
  })
  connectionMethod?: string;

  @Text({
    optional: true,
    max: 80,
    description: "name of a template that fills what is left out: GET /erp/systems/:code/templates",
  })
  template?: string;

  @Text({ optional: true, max: 2000, example: "https://erp.example.com" })
  apiEndpoint?: string;

  @Text({ optional: true, max: 40 })
  apiVersion?: string;

  @OneOf(AUTH_METHODS, { optional: true })
  authMethod?: string;

  @Free({
    optional: true,
    description:
      "{enabled, interval, maintenance: [{cron, minutes}]} or a cron expression per entity or group, all in UTC; the ERP is not called within maintenance",
  })
  syncSchedule?: JsonObject;

  @Free({ optional: true, description: "the adapter's own settings, see GET /erp/systems/:code" })
  settings?: JsonObject;

  @Free({
    optional: true,
    description:
      "entity → {direction, master, keyPrefix, schedule, lookbackSeconds, pageSize, fieldPolicy, tolerance, scanSchedule}",
  })
  entities?: JsonObject;

  @Nested(() => Limits, { optional: true })
  limits?: Limits;

  @Nested(() => Features, { optional: true })
  features?: Features;

  @Nested(() => TlsSettings, { optional: true })
  tls?: TlsSettings;
}

/** POST /erp/integrations without its credentials. */
export class NewIntegration extends IntegrationSettings {
  @Text({ pattern: NAME, example: "impact-production", description: "unique in the tenant, never changes" })
  name!: string;

  @Text({ max: 40, example: "ODOO" })
  erpSystem!: string;
}

/** Credentials sealed to the sync-engine; opaque to everyone else. */
export class SealedCredentials {
  @Free()
  box!: JsonObject;

  @Free({ description: "{set: [names]}: which members are set, never their values" })
  summary!: JsonObject;
}

export class CreateIntegration {
  @Nested(() => NewIntegration)
  integration!: NewIntegration;

  @Nested(() => SealedCredentials, { optional: true })
  credentials?: SealedCredentials;
}

export class UpdateIntegration {
  @Text()
  id!: string;

  @Nested(() => IntegrationSettings)
  patch!: IntegrationSettings;

  @Nested(() => SealedCredentials, { optional: true })
  credentials?: SealedCredentials;

  @Whole({ optional: true, description: "If-Match" })
  ifVersion?: number;
}

export class DeleteIntegration {
  @Text()
  id!: string;

  @Whole({ optional: true })
  ifVersion?: number;
}

export class SetIntegrationStatus {
  @Text()
  id!: string;

  @OneOf(INTEGRATION_STATUSES)
  status!: IntegrationStatus;
}

export class ListIntegrations extends PageQuery {
  @Text({ optional: true, max: 40 })
  erpSystem?: string;
}

/** An integration as clients see it. */
export interface Integration {
  id: string;
  name: string;
  erpSystem: string;
  description: string;
  critical: boolean;
  connectionMethod: string;
  apiEndpoint: string | null;
  apiVersion: string | null;
  authMethod: string;
  syncSchedule: JsonObject;
  settings: JsonObject;
  entities: Partial<Record<EntityName, EntitySettings>>;
  limits: Limits;
  features: Features;
  tls: { minVersion?: string };
  status: IntegrationStatus;
  credentials: { set: string[]; updatedAt: string | null };
  adapter: { system: string; version: number };
  createdAt: string;
  updatedAt: string;
  version: number;
}

/** The same with its sealed credentials, for the one service that opens them. */
export interface ConnectionDocument {
  integration: Integration;
  sealed: JsonObject | null;
  deleted: boolean;
}
