import type { JsonObject } from "@dovetail/domain";
import type { SqlConnection, SqlOptions } from "./connection";

export async function connectMysql(options: SqlOptions): Promise<SqlConnection> {
  const { createConnection } = (await import("mysql2/promise")).default;
  const { tls, statementMs = 60_000, connectMs = 10_000 } = options;
  const connection = await createConnection({
    host: options.host,
    port: options.port ?? 3306,
    database: options.database,
    user: options.user,
    password: options.password,
    ...(tls ? { ssl: { rejectUnauthorized: tls.verify, ...(tls.ca ? { ca: tls.ca } : {}) } } : {}),
    connectTimeout: connectMs,
    charset: "utf8mb4",
    timezone: "Z",
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
  });
  let broken = false;
  connection.on("error", () => (broken = true));
  connection.on("end", () => (broken = true));
  const strict = "sql_mode = 'TRADITIONAL,NO_BACKSLASH_ESCAPES'";
  await connection.query(`SET NAMES utf8mb4, time_zone = '+00:00', ${strict}`);
  const [[server]] = (await connection.query("SELECT VERSION() AS version")) as unknown as [[{ version: string }]];
  // MariaDB counts in seconds and stops every statement, MySQL in milliseconds and stops SELECT alone.
  const maria = /mariadb/i.test(server.version);
  await connection.query(
    maria ? `SET max_statement_time = ${statementMs / 1000}` : `SET max_execution_time = ${statementMs}`,
  );
  return {
    get broken() {
      return broken;
    },
    async run(text, values) {
      const [answer] = values.length > 0 ? await connection.execute(text, [...values]) : await connection.query(text);
      if (Array.isArray(answer)) return { rows: answer.map((row) => ({ ...row }) as JsonObject), affected: 0 };
      return { rows: [], affected: answer.affectedRows };
    },
    destroy() {
      broken = true;
      connection.destroy();
    },
  };
}
