import { checkedSchema } from "./connection-options";
import type { MigrationClass } from "./sql-migration";

/** What the dispatch role may do with a table across tenants, beside reading it. */
export interface DispatchTable {
  table: string;
  /** Columns it may read; all when absent. */
  select?: readonly string[];
  /** Columns it may change; those that the table lacks are passed over. */
  update: readonly string[];
  delete?: boolean;
}

/** A service's schema and how it comes to be. */
export interface ServiceSchema {
  schema: string;
  migrations: readonly MigrationClass[];
  /** `work`, `event_log` and the age of `requests` (where they exist) when absent. */
  dispatch?: readonly DispatchTable[];
  /**
   * True: the schema has a role `<schema>_lookup` that nobody can log in as. A migration makes it the owner of narrow
   * SECURITY DEFINER functions that answer before the tenant is known, and gives it select policies of its own.
   */
  lookup?: boolean;
}

/** `owner` migrates, `run` is the service, `dispatch` claims routing rows and numbers the log across tenants. */
export type ServiceRole = "owner" | "run" | "dispatch";

/** The roles' names in the cluster. */
export function roleName(schema: string, role: ServiceRole): string {
  return role === "run" ? checkedSchema(schema) : `${checkedSchema(schema)}_${role}`;
}

/** The role that owns a schema's functions across tenants, where it has some. */
export function lookupRole(schema: string): string {
  return `${checkedSchema(schema)}_lookup`;
}

/** What the dispatch role is granted by default. */
export const DISPATCH_TABLES: readonly DispatchTable[] = [
  { table: "work", update: ["lease_until", "owner", "epoch", "again"] },
  { table: "event_log", update: ["position", "published_at", "numbered_at"], delete: true },
  { table: "requests", select: ["at"], update: [], delete: true },
];
