import { type ColumnKind, kindBy, type SqlDialect } from "./dialect";

const KINDS: readonly (readonly [RegExp, ColumnKind])[] = [
  [/^(tinyint|bit)\(1\)/, "boolean"],
  [/^(tiny|small|medium|big)?int|^year/, "integer"],
  [/^(decimal|numeric|float|double)/, "decimal"],
  [/^date$/, "date"],
  [/^datetime/, "timestamp"],
  [/^timestamp/, "zoned"],
  [/^json/, "json"],
  [/^(binary|varbinary|\w*blob)/, "binary"],
  [/char|text|^enum|^set|^uuid/, "text"],
];

const ISO = "'%Y-%m-%dT%H:%i:%s.%f'";

/** MySQL 8 and MariaDB 10.5 and later. Connections run in UTC, so that `timestamp` columns show UTC. */
export const mysql: SqlDialect = {
  name: "mysql",
  product: "MySQL",
  port: 3306,
  rowValues: false,
  quotePart: (part) => `\`${part}\``,
  parameter: () => "?",
  typed(_, { kind, type }) {
    // Without a cast numbers are compared as floats, and integers beyond 2^53 fall together.
    if (kind === "integer") return type.includes("unsigned") ? "CAST(? AS UNSIGNED)" : "CAST(? AS SIGNED)";
    if (kind === "decimal" && /^(decimal|numeric)/.test(type)) return "CAST(? AS DECIMAL(65,30))";
    if (kind === "timestamp" || kind === "zoned") return "CAST(REPLACE(?, 'Z', '') AS DATETIME(6))";
    if (kind === "boolean") return "(? IN ('true', '1'))";
    return kind === "date" ? "CAST(? AS DATE)" : "?";
  },
  shown(expression, { kind }) {
    if (kind === "timestamp") return `DATE_FORMAT(${expression}, ${ISO})`;
    if (kind === "zoned") return `CONCAT(DATE_FORMAT(${expression}, ${ISO}), 'Z')`;
    if (kind === "binary") return `TO_BASE64(${expression})`;
    return kind === "text" || kind === "json" ? expression : `CAST(${expression} AS CHAR)`;
  },
  limited: (select, limit) => `${select} LIMIT ${limit}`,
  nowQuery: `SELECT CONCAT(DATE_FORMAT(UTC_TIMESTAMP(6), ${ISO}), 'Z') AS now`,
  versionQuery: "SELECT VERSION() AS version",
  columnsQuery: (table, schema) => ({
    text:
      "SELECT COLUMN_NAME AS name, COLUMN_TYPE AS type, IS_NULLABLE AS nullable FROM information_schema.COLUMNS " +
      `WHERE TABLE_NAME = ? AND TABLE_SCHEMA = ${schema === undefined ? "DATABASE()" : "?"} ORDER BY ORDINAL_POSITION`,
    values: schema === undefined ? [table] : [table, schema],
  }),
  kindOf: (type) => kindBy(KINDS, type.toLowerCase()),
  lock: () => "SELECT GET_LOCK(?, 30) AS taken",
  unlock: () => "SELECT RELEASE_LOCK(?) AS given",
  // Read committed: after waiting for another writer its rows must show.
  begin: ["SET TRANSACTION ISOLATION LEVEL READ COMMITTED", "START TRANSACTION"],
  snapshot: [
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
  ],
  commit: "COMMIT",
  rollback: "ROLLBACK",
};
