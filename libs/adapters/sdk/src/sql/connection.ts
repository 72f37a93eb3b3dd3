import type { JsonObject } from "@dovetail/domain";

/** How to reach a database. */
export interface SqlOptions {
  dialect: "postgresql" | "mysql" | "mssql" | "oracle";
  host: string;
  port?: number;
  /** Oracle: the service name. */
  database: string;
  user: string;
  password: string;
  /** Absent: no TLS. `verify`: the server's certificate must be valid for `host`; `ca`: further authorities, PEM. */
  tls?: { verify: boolean; ca?: string };
  /** Longest statement, milliseconds (default 60,000). */
  statementMs?: number;
  connectMs?: number;
  /** Connections at once (default 4). */
  connections?: number;
  /** Ends every statement. */
  signal?: AbortSignal;
}

export interface StatementResult {
  rows: JsonObject[];
  affected: number;
}

/** One connection of a driver. Values are text or null. */
export interface SqlConnection {
  run(text: string, values: readonly (string | null)[]): Promise<StatementResult>;
  /** Ends it at once, whatever it is doing. */
  destroy(): void;
  readonly broken: boolean;
}

/** Opens a connection; the driver's package is loaded here, at its first use. */
export type Connect = (options: SqlOptions) => Promise<SqlConnection>;
