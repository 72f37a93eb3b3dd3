import {
  dialectOf,
  type OpenContext,
  quoteName,
  type Sql,
  SqlClient,
  type SqlColumn,
  type SqlDialect,
} from "@dovetail/adapter-sdk";
import type { EntityName } from "@dovetail/domain";
import type { DatabaseConfig } from "./config";
import { refusal } from "./refusal";
import { readViews, readWrites, type ReadView, type WriteTable } from "./settings";
import { checkZone } from "./times";

/** A database with what the integration reads and writes in it. */
export class DatabaseSession {
  private readonly known = new Map<string, Promise<Map<string, SqlColumn>>>();

  constructor(
    readonly sql: Sql,
    readonly dialect: SqlDialect,
    readonly zone: string,
    readonly views: ReadonlyMap<EntityName, ReadView>,
    readonly writes: ReadonlyMap<EntityName, WriteTable>,
  ) {}

  view(entity: EntityName): ReadView {
    const view = this.views.get(entity);
    if (!view) throw refusal(`settings.views names no view of ${entity}`);
    return view;
  }

  write(entity: EntityName): WriteTable {
    const write = this.writes.get(entity);
    if (!write) throw refusal(`settings.writes names no table of ${entity}`);
    return write;
  }

  quoted(name: string): string {
    return quoteName(this.dialect, name);
  }

  /** The columns of a table or view by name, asked for once. */
  columns(table: string): Promise<Map<string, SqlColumn>> {
    const known = this.known.get(table);
    if (known) return known;
    const columns = this.readColumns(table);
    this.known.set(table, columns);
    columns.catch(() => this.known.delete(table));
    return columns;
  }

  /** Throws ERP003 when the table has no such column. */
  async column(table: string, name: string): Promise<SqlColumn> {
    const columns = await this.columns(table);
    const column = columns.get(name);
    if (column) return column;
    throw refusal(
      `${name} is not a column of ${table}; there are ${[...columns.keys()].join(", ").slice(0, 800)}`,
      "ERP003",
    );
  }

  /** The server's clock, ISO 8601 in UTC. */
  async now(): Promise<string> {
    const [row] = await this.sql.query(this.dialect.nowQuery);
    return String(row?.["now"] ?? "");
  }

  private async readColumns(table: string): Promise<Map<string, SqlColumn>> {
    const parts = table.split(".");
    const { text, values } = this.dialect.columnsQuery(parts.at(-1) ?? "", parts.at(-2));
    const columns = new Map<string, SqlColumn>();
    for (const { name, type, nullable } of await this.sql.query(text, values)) {
      const column = {
        name: String(name),
        type: String(type),
        kind: this.dialect.kindOf(String(type)),
        nullable: nullable === "YES",
      };
      // A name of two schemas: the first of the search path counts.
      if (!columns.has(column.name)) columns.set(column.name, column);
    }
    if (columns.size === 0) throw refusal(`there is no table or view ${table} that this user may read`);
    return columns;
  }
}

/** Opens without a call; checks the settings. */
export async function openSession(context: OpenContext<DatabaseConfig>): Promise<DatabaseSession> {
  const { config, signal } = context;
  const { dialect, host, port, database, tls, ca, zone, timeoutSeconds } = config;
  checkZone(zone);
  const views = readViews(config.views);
  const writes = readWrites(config.writes, views);
  for (const { entity, unique } of writes.values())
    if (dialect === "oracle" && !unique)
      throw refusal(`writes of ${entity}: on Oracle the reference column needs a unique index ("unique": true)`);
  const sql =
    context.sql ??
    new SqlClient({
      dialect,
      host,
      ...(port === undefined ? {} : { port }),
      database,
      user: config.apiUsername,
      password: config.apiPassword,
      ...(tls === "off" ? {} : { tls: { verify: tls === "verify", ...(ca === undefined ? {} : { ca }) } }),
      statementMs: timeoutSeconds * 1000,
      signal,
    });
  return new DatabaseSession(sql, dialectOf(dialect), zone, views, writes);
}
