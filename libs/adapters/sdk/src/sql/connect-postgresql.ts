import type { JsonObject } from "@dovetail/domain";
import type { SqlConnection, SqlOptions } from "./connection";

/** Text as the server sends it: no value is parsed. */
const asText = { getTypeParser: () => (value: string | Buffer) => String(value) };

export async function connectPostgresql(options: SqlOptions): Promise<SqlConnection> {
  const { Client } = (await import("pg")).default;
  const { tls, statementMs = 60_000, connectMs = 10_000 } = options;
  const client = new Client({
    host: options.host,
    port: options.port ?? 5432,
    database: options.database,
    user: options.user,
    password: options.password,
    ssl: tls ? { rejectUnauthorized: tls.verify, ...(tls.ca ? { ca: tls.ca } : {}) } : false,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    application_name: "dovetail",
    options: "-c TimeZone=UTC -c DateStyle=ISO -c bytea_output=hex",
    types: asText,
  });
  let broken = false;
  client.on("error", () => (broken = true));
  client.on("end", () => (broken = true));
  await client.connect();
  return {
    get broken() {
      return broken;
    },
    async run(text, values) {
      const { rows, rowCount } = await client.query(text, [...values]);
      return { rows: rows as JsonObject[], affected: rowCount ?? 0 };
    },
    destroy() {
      broken = true;
      (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    },
  };
}
