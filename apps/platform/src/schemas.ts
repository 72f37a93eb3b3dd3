import { migrateService, roleName, type ServiceRole, type ServiceSchema } from "@dovetail/database";
import { gatewaySchema } from "@dovetail/gateway";
import { integrationConfigSchema } from "@dovetail/integration-config";
import { syncEngineSchema } from "@dovetail/sync-engine";
import type { KeptState } from "./kept-state";

/** Every service's schema, in the order in which they are migrated. */
export const SCHEMAS: readonly ServiceSchema[] = [gatewaySchema, integrationConfigSchema, syncEngineSchema];

/** Migrates every schema; answers how many migrations were applied, by schema. */
export async function migrateAll(adminUrl: string, state: KeptState): Promise<Record<string, number>> {
  const applied: Record<string, number> = {};
  for (const schema of SCHEMAS) {
    const done = await migrateService(adminUrl, schema, state.roles(schema.schema));
    applied[schema.schema] = done.applied.length;
  }
  return applied;
}

/** The URL by which one role of a service reaches the database. */
export function roleUrl(adminUrl: string, state: KeptState, schema: string, role: ServiceRole): string {
  const url = new URL(adminUrl);
  url.username = roleName(schema, role);
  url.password = encodeURIComponent(state.roles(schema)[role]);
  return url.href;
}
