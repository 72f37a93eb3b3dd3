import type { PoolConfig } from "pg";
import { valueTypes } from "./value-types";

/** Sizes and times of a pool; milliseconds. */
export interface PoolSizes {
  /** 2 */
  min?: number;
  /** 10 */
  max?: number;
  /** 30,000 */
  idleMs?: number;
  /** 5,000 */
  connectMs?: number;
  /** 60,000 */
  statementMs?: number;
}

/** Where a service's data is. */
export interface DatabaseOptions {
  /** URL of the role that runs the service. */
  url: string;
  /** URL of the role that claims work and numbers the log; a pool of two. */
  dispatchUrl?: string;
  /** The service's schema; becomes the search path. */
  schema: string;
  pool?: PoolSizes;
  applicationName: string;
  /** TypeORM entity classes. */
  entities?: (abstract new () => object)[];
}

/** Names of schemas and roles: what needs no quoting. */
const NAME = /^[a-z][a-z0-9_]{0,50}$/;

/** Throws unless the name may stand unquoted in SQL. */
export function checkedSchema(schema: string): string {
  if (!NAME.test(schema)) throw new Error(`"${schema}" is not a schema name (${NAME.source})`);
  return schema;
}

/** The locks of a process that stands still in a transaction, or cannot be reached any more, end about as soon as its leases. */
const LET_GO =
  "-c idle_in_transaction_session_timeout=30000 -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";

/** Options of a pg pool or client whose sessions work in one schema, in UTC. */
export function connectionOptions(url: string, schema: string, name: string, sizes: PoolSizes = {}): PoolConfig {
  const { min = 2, max = 10, idleMs = 30_000, connectMs = 5_000, statementMs = 60_000 } = sizes;
  return {
    connectionString: url,
    application_name: name,
    min,
    max,
    idleTimeoutMillis: idleMs,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    // The server's own limit cannot be heard over a connection that the network has lost.
    ...(statementMs > 0 ? { query_timeout: statementMs + 5_000 } : {}),
    keepAlive: true,
    options: `-c search_path=${checkedSchema(schema)} -c timezone=UTC -c datestyle=ISO -c intervalstyle=iso_8601 ${LET_GO}`,
    types: valueTypes,
  };
}
