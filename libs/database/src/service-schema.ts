import { checkedSchema } from "./connection-options";
import type { MigrationClass } from "./sql-migration";

/** What the dispatch role may do with a table across tenants, beside reading it. */
export interface DispatchTable {
  table: string;
  /** Columns it may change; those that the table lacks are passed over. */
  update: readonly string[];
  delete?: boolean;
}

/** A service's schema and how it comes to be. */
export interface ServiceSchema {
  schema: string;
  migrations: readonly MigrationClass[];
  /** `work` and `event_log` (where they exist) when absent. */
  dispatch?: readonly DispatchTable[];
}

/** `owner` migrates, `run` is the service, `dispatch` claims routing rows and numbers the log across tenants. */
export type ServiceRole = "owner" | "run" | "dispatch";

/** The roles' names in the cluster. */
export function roleName(schema: string, role: ServiceRole): string {
  return role === "run" ? checkedSchema(schema) : `${checkedSchema(schema)}_${role}`;
}

/** What the dispatch role is granted by default. */
export const DISPATCH_TABLES: readonly DispatchTable[] = [
  { table: "work", update: ["lease_until", "owner", "epoch"] },
  { table: "event_log", update: ["position", "published_at", "numbered_at"], delete: true },
];
