import { type ColumnKind, kindBy, type SqlDialect } from "./dialect";

const KINDS: readonly (readonly [RegExp, ColumnKind])[] = [
  [/^(NUMBER|FLOAT|BINARY_(FLOAT|DOUBLE))/, "decimal"],
  [/^TIMESTAMP.*TIME ZONE/, "zoned"],
  // Oracle's DATE holds a time of day.
  [/^(TIMESTAMP|DATE)/, "timestamp"],
  [/^(RAW|BLOB|LONG RAW)/, "binary"],
  [/^JSON/, "json"],
  [/CHAR|CLOB|ROWID/, "text"],
];

const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.FF6'`;

/** Oracle 12.2 and later. Names are as the catalog holds them: upper case unless they were made in quotes. */
export const oracle: SqlDialect = {
  name: "oracle",
  product: "Oracle Database",
  port: 1521,
  rowValues: false,
  quotePart: (part) => `"${part}"`,
  parameter: (place) => `:${place}`,
  typed(place, { kind, type }) {
    // Connections set NLS_NUMERIC_CHARACTERS to a point.
    if (kind === "decimal") return `TO_NUMBER(:${place})`;
    if (type === "DATE") return `CAST(TO_TIMESTAMP(:${place}, ${ISO}) AS DATE)`;
    if (kind === "timestamp") return `TO_TIMESTAMP(:${place}, ${ISO})`;
    if (kind === "zoned") return `FROM_TZ(TO_TIMESTAMP(RTRIM(:${place}, 'Z'), ${ISO}), 'UTC')`;
    return `:${place}`;
  },
  // Two CHARs are equal whatever blanks fill them up, a CHAR and a VARCHAR2 are not.
  compared: (place, { type }) =>
    type === "CHAR" ? `CAST(:${place} AS CHAR(2000))` : type === "NCHAR" ? `CAST(:${place} AS NCHAR(1000))` : undefined,
  shown(expression, { kind }) {
    if (kind === "decimal") return `TO_CHAR(${expression}, 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''')`;
    if (kind === "timestamp") return `TO_CHAR(CAST(${expression} AS TIMESTAMP), ${ISO})`;
    if (kind === "zoned") return `TO_CHAR(SYS_EXTRACT_UTC(${expression}), ${ISO}) || 'Z'`;
    if (kind === "binary") return `RAWTOHEX(${expression})`;
    return expression;
  },
  limited: (select, limit) => `${select} FETCH FIRST ${limit} ROWS ONLY`,
  nowQuery: `SELECT TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), ${ISO}) || 'Z' AS "now" FROM DUAL`,
  versionQuery: `SELECT VERSION AS "version" FROM PRODUCT_COMPONENT_VERSION FETCH FIRST 1 ROWS ONLY`,
  columnsQuery: (table, schema) => ({
    text:
      `SELECT COLUMN_NAME AS "name", DATA_TYPE AS "type", DECODE(NULLABLE, 'Y', 'YES', 'NO') AS "nullable" ` +
      "FROM ALL_TAB_COLUMNS WHERE TABLE_NAME = :1 AND OWNER = " +
      `${schema === undefined ? "SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')" : ":2"} ORDER BY COLUMN_ID`,
    values: schema === undefined ? [table] : [table, schema],
  }),
  kindOf: (type) => kindBy(KINDS, type),
  // DBMS_LOCK needs a grant: on Oracle a unique index on the reference column is what keeps writers apart.
  begin: [],
  snapshot: ["SET TRANSACTION READ ONLY"],
  commit: "COMMIT",
  rollback: "ROLLBACK",
};
