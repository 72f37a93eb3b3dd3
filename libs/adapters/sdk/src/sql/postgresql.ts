import { type ColumnKind, kindBy, type SqlDialect } from "./dialect";

const KINDS: readonly (readonly [RegExp, ColumnKind])[] = [
  [/^int[248]$/, "integer"],
  [/^(numeric|money|float[48])$/, "decimal"],
  [/^bool$/, "boolean"],
  [/^date$/, "date"],
  [/^timestamp$/, "timestamp"],
  [/^timestamptz$/, "zoned"],
  [/^jsonb?$/, "json"],
  [/^bytea$/, "binary"],
  [/^(text|varchar|bpchar|char|name|citext|uuid)$/, "text"],
];

const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.US'`;

/** PostgreSQL 12 and later. */
export const postgresql: SqlDialect = {
  name: "postgresql",
  product: "PostgreSQL",
  port: 5432,
  rowValues: true,
  quotePart: (part) => `"${part}"`,
  parameter: (place) => `$${place}`,
  typed: (place, { type }) => `CAST($${place} AS "${type.replace(/"/g, "")}")`,
  shown(expression, { kind }) {
    if (kind === "timestamp") return `to_char(${expression}, ${ISO})`;
    if (kind === "zoned") return `to_char(${expression} AT TIME ZONE 'UTC', ${ISO}) || 'Z'`;
    if (kind === "binary") return `encode(${expression}, 'base64')`;
    return `CAST(${expression} AS text)`;
  },
  limited: (select, limit) => `${select} LIMIT ${limit}`,
  nowQuery: `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', ${ISO}) || 'Z' AS now`,
  versionQuery: "SELECT current_setting('server_version') AS version",
  columnsQuery: (table, schema) => ({
    text:
      "SELECT column_name AS name, udt_name AS type, is_nullable AS nullable FROM information_schema.columns " +
      `WHERE table_name = $1 AND table_schema = ${schema === undefined ? "ANY (current_schemas(false))" : "$2"} ` +
      "ORDER BY array_position(current_schemas(false), table_schema::name), ordinal_position",
    values: schema === undefined ? [table] : [table, schema],
  }),
  kindOf: (type) => kindBy(KINDS, type),
  lock: (place) => `SELECT pg_advisory_xact_lock(hashtextextended($${place}, 0))`,
  begin: ["BEGIN"],
  snapshot: ["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"],
  commit: "COMMIT",
  rollback: "ROLLBACK",
};
