import type { JsonObject } from "@dovetail/domain";
import type { SqlConnection, SqlOptions, StatementResult } from "./connection";

interface Column {
  metadata: { colName: string };
  value: unknown;
}

/** Against no server so far: the statements are tested as text, this file by the compiler alone. */
export async function connectMssql(options: SqlOptions): Promise<SqlConnection> {
  const { Connection, Request, TYPES } = (await import("tedious")).default;
  const { tls, statementMs = 60_000, connectMs = 10_000 } = options;
  const connection = new Connection({
    server: options.host,
    authentication: { type: "default", options: { userName: options.user, password: options.password } },
    options: {
      port: options.port ?? 1433,
      database: options.database,
      encrypt: tls !== undefined,
      trustServerCertificate: tls !== undefined && !tls.verify,
      ...(tls?.ca ? { cryptoCredentialsDetails: { ca: tls.ca } } : {}),
      connectTimeout: connectMs,
      requestTimeout: statementMs,
      useUTC: true,
      appName: "dovetail",
    },
  });
  let broken = false;
  connection.on("error", () => (broken = true));
  connection.on("end", () => (broken = true));
  await new Promise<void>((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())));
  const run = (text: string, values: readonly (string | null)[]) =>
    new Promise<StatementResult>((resolve, reject) => {
      const rows: JsonObject[] = [];
      const request = new Request(text, (error, affected) =>
        error ? reject(error) : resolve({ rows, affected: affected ?? 0 }),
      );
      values.forEach((value, index) => request.addParameter(`p${index + 1}`, TYPES.NVarChar, value));
      request.on("row", (columns: Column[]) => rows.push(rowOf(columns)));
      // A transaction cannot begin within sp_executesql, which carries parameters.
      if (values.length > 0) connection.execSql(request);
      else connection.execSqlBatch(request);
    });
  return {
    get broken() {
      return broken;
    },
    run,
    destroy() {
      broken = true;
      connection.close();
    },
  };
}

/** Every value as text: decimals stay exact. */
function rowOf(columns: readonly Column[]): JsonObject {
  return Object.fromEntries(
    columns.map(({ metadata, value }) => [metadata.colName, value === null ? null : String(value)]),
  );
}
