import { type ColumnKind, kindBy, type SqlDialect } from "./dialect";

const KINDS: readonly (readonly [RegExp, ColumnKind])[] = [
  [/^(tiny|small|big)?int$/, "integer"],
  [/^(decimal|numeric|(small)?money|float|real)$/, "decimal"],
  [/^bit$/, "boolean"],
  [/^date$/, "date"],
  [/^(datetime2?|smalldatetime)$/, "timestamp"],
  [/^datetimeoffset$/, "zoned"],
  // The catalog calls a rowversion timestamp, although it is no time.
  [/^(timestamp|rowversion)$/, "rowversion"],
  [/^(binary|varbinary|image)$/, "binary"],
  [/char$|^n?text$|^uniqueidentifier$|^xml$/, "text"],
];

/** SQL Server 2016 and later, with ALLOW_SNAPSHOT_ISOLATION on the database that is read. */
export const mssql: SqlDialect = {
  name: "mssql",
  product: "SQL Server",
  port: 1433,
  rowValues: false,
  quotePart: (part) => `[${part}]`,
  parameter: (place) => `@p${place}`,
  typed(place, { kind, type }) {
    if (/^(decimal|numeric)$/.test(type)) return `CAST(@p${place} AS decimal(38, 10))`;
    // The column's own type: datetime compares unequal to the datetime2 that reads the same.
    if (kind === "integer" || kind === "decimal" || kind === "boolean" || kind === "timestamp" || kind === "date")
      return `CAST(@p${place} AS ${type})`;
    if (kind === "zoned") return `CAST(@p${place} AS datetimeoffset)`;
    // Eight bytes, high ones first: in the order of the numbers.
    if (kind === "rowversion") return `CONVERT(binary(8), CONVERT(bigint, @p${place}))`;
    return /^(var)?char$/.test(type) ? `CAST(@p${place} AS varchar(8000))` : `@p${place}`;
  },
  shown(expression, { kind, type }) {
    if (/money$/.test(type)) return `CONVERT(varchar(64), ${expression}, 2)`;
    if (kind === "decimal" && /^(float|real)$/.test(type)) return `CONVERT(varchar(64), ${expression}, 3)`;
    if (kind === "timestamp") return `CONVERT(varchar(33), ${expression}, 126)`;
    if (kind === "zoned") return `CONVERT(varchar(33), CAST(SWITCHOFFSET(${expression}, 0) AS datetime2), 126) + 'Z'`;
    if (kind === "date") return `CONVERT(varchar(10), ${expression}, 23)`;
    if (kind === "rowversion") return `CONVERT(varchar(20), CONVERT(bigint, ${expression}))`;
    if (kind === "binary") return `CONVERT(varchar(max), ${expression}, 2)`;
    return kind === "text" ? expression : `CONVERT(varchar(max), ${expression})`;
  },
  highest: (expression, { kind }) =>
    kind === "rowversion" ? `CONVERT(varchar(20), MAX(CONVERT(bigint, ${expression})))` : undefined,
  limited: (select, limit) => `${select} OFFSET 0 ROWS FETCH NEXT ${limit} ROWS ONLY`,
  nowQuery: "SELECT CONVERT(varchar(33), SYSUTCDATETIME(), 126) + 'Z' AS now",
  // What other transactions have begun and not committed has a number from here on.
  rowversionQuery: "SELECT CONVERT(varchar(20), CONVERT(bigint, MIN_ACTIVE_ROWVERSION())) AS now",
  versionQuery: "SELECT CONVERT(varchar(64), SERVERPROPERTY('ProductVersion')) AS version",
  columnsQuery: (table, schema) => ({
    text:
      "SELECT COLUMN_NAME AS name, DATA_TYPE AS type, IS_NULLABLE AS nullable FROM INFORMATION_SCHEMA.COLUMNS " +
      `WHERE TABLE_NAME = @p1 AND TABLE_SCHEMA = ${schema === undefined ? "SCHEMA_NAME()" : "@p2"} ORDER BY ORDINAL_POSITION`,
    values: schema === undefined ? [table] : [table, schema],
  }),
  kindOf: (type) => kindBy(KINDS, type.toLowerCase()),
  lock: (place) =>
    `DECLARE @r int; EXEC @r = sp_getapplock @Resource = @p${place}, @LockMode = 'Exclusive', ` +
    "@LockOwner = 'Transaction', @LockTimeout = 30000; IF @r < 0 THROW 51000, 'the reference is locked', 1",
  begin: ["SET XACT_ABORT ON; SET TRANSACTION ISOLATION LEVEL READ COMMITTED; BEGIN TRANSACTION"],
  snapshot: ["SET TRANSACTION ISOLATION LEVEL SNAPSHOT; BEGIN TRANSACTION"],
  commit: "COMMIT TRANSACTION",
  rollback: "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION",
};
