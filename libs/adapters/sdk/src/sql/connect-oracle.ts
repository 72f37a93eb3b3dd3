import type { JsonObject } from "@dovetail/domain";
import type { SqlConnection, SqlOptions } from "./connection";

/** Thin mode, so no client library. Against no server so far: tested as text and by the compiler alone. */
export async function connectOracle(options: SqlOptions): Promise<SqlConnection> {
  const oracledb = (await import("oracledb")).default;
  const { tls, statementMs = 60_000, connectMs = 10_000 } = options;
  const place = `${options.host}:${options.port ?? 1521}/${options.database}`;
  const match = tls?.verify === false ? "&ssl_server_dn_match=off" : "";
  const connection = await oracledb.getConnection({
    user: options.user,
    password: options.password,
    connectString: `${tls ? "tcps" : "tcp"}://${place}?connect_timeout=${Math.ceil(connectMs / 1000)}${match}`,
  });
  connection.callTimeout = statementMs;
  let broken = false;
  const read = { outFormat: oracledb.OUT_FORMAT_OBJECT, fetchTypeHandler: () => ({ type: oracledb.STRING }) };
  await connection.execute("ALTER SESSION SET NLS_NUMERIC_CHARACTERS = '. ' TIME_ZONE = 'UTC'");
  return {
    get broken() {
      return broken || !connection.isHealthy();
    },
    async run(text, values) {
      const { rows = [], rowsAffected = 0 } = await connection.execute<JsonObject>(text, [...values], read);
      return { rows, affected: rowsAffected };
    },
    destroy() {
      broken = true;
      void connection.close({ drop: true }).catch(() => undefined);
    },
  };
}
