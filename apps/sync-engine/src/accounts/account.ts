import type { EntityName, JsonObject } from "@dovetail/domain";
import { BATCH_SIZES, type EntitySettings, type Integration } from "@dovetail/contracts";

/** One ERP account of a tenant as the sync-engine works with it. */
export interface Account {
  tenantId: string;
  tenant: string;
  /** The small number that stands in the tables. */
  num: number;
  integrationId: string;
  name: string;
  document: Integration;
  /** Credentials, sealed to this service. */
  sealed: JsonObject | null;
  version: number;
  deleted: boolean;
  /** The database is not the one that it was, or the integration was reset: nothing is pushed or deleted until a release. */
  recovering: boolean;
  /** Newest mapping version by entity code. */
  mappings: Record<string, number>;
}

/** What an entity gets when the integration says nothing about it. */
export const DEFAULT_ENTITY: EntitySettings = {
  direction: "inbound",
  master: true,
  keyPrefix: null,
  lookbackSeconds: 300,
  pageSize: 1000,
  fieldPolicy: { "*": "erp" },
};

/** The settings of one entity, or undefined when the integration does not carry it. */
export function entitySettings(account: Account, entity: EntityName): EntitySettings | undefined {
  const given = account.document.entities[entity];
  return given && { ...DEFAULT_ENTITY, ...given };
}

/** Rows of one request to the ERP: the integration's batch size of the entity, else the entity's page size. */
export function pageSizeOf(account: Account, entity: EntityName): number {
  const { batchSizes = {} } = account.document.limits;
  for (const [name, { entity: of }] of Object.entries(BATCH_SIZES)) {
    const size = batchSizes[name as keyof typeof BATCH_SIZES];
    if (of === entity && size !== undefined) return size;
  }
  return entitySettings(account, entity)?.pageSize ?? DEFAULT_ENTITY.pageSize;
}

/** How many pulls of the account run at the same time, over all processes. */
export function syncsAtOnce(account: Account): number {
  return account.document.limits.concurrentSyncs ?? 3;
}

/**
 * Which keys of the entity this integration may create and change by its pull: '' all (it is the master), a prefix,
 * or null for none: then it only gets pushes, and its pull makes links and shadows.
 */
export function ownedPrefix(settings: EntitySettings): string | null {
  if (settings.direction === "outbound") return null;
  return settings.master ? "" : settings.keyPrefix;
}

/** Whether the account's pull may create and change this key: it is the entity's master, or owns the key's prefix. */
export function ownsKey(account: Account, entity: EntityName, key: string): boolean {
  const settings = entitySettings(account, entity);
  const prefix = settings ? ownedPrefix(settings) : null;
  return prefix !== null && key.startsWith(prefix);
}

/** Whether changes of the entity are pushed to this integration. */
export function isTarget(account: Account, entity: EntityName): boolean {
  const settings = entitySettings(account, entity);
  return !account.deleted && settings !== undefined && settings.direction !== "inbound";
}

/** Whether a field of the entity follows the newest change, so that times matter. */
export function followsNewest(account: Account, entity: EntityName): boolean {
  return Object.values(entitySettings(account, entity)?.fieldPolicy ?? {}).includes("newest");
}

/** How a change of this integration names its source. */
export function sourceOf(account: Account): string {
  return `/integrations/${account.name}`;
}
