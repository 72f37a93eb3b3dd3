import { AdapterError } from "../errors";

/** What a column holds, whatever the database calls it. */
export type ColumnKind =
  | "integer"
  | "decimal"
  | "boolean"
  | "text"
  | "date"
  | "timestamp"
  | "zoned"
  | "json"
  | "binary"
  | "rowversion"
  | "other";

/** A column of a table or view as the catalog shows it. */
export interface SqlColumn {
  name: string;
  /** The database's own name of the type. */
  type: string;
  kind: ColumnKind;
  nullable: boolean;
}

/** A statement with its values. */
export interface Statement {
  text: string;
  values: string[];
}

/** How one database's SQL differs. Values travel as text in both directions: no number becomes a float on the way. */
export interface SqlDialect {
  readonly name: "postgresql" | "mysql" | "mssql" | "oracle";
  readonly product: string;
  readonly port: number;
  /** Whether `(a, b) > (x, y)` compares as a row. */
  readonly rowValues: boolean;
  /** One part of a name. Throws nothing: the caller has checked it. */
  quotePart(part: string): string;
  /** The placeholder of the value at this place, from 1. */
  parameter(place: number): string;
  /** A placeholder that takes text as a value of the column's type. */
  typed(place: number, column: SqlColumn): string;
  /** The same to compare the column with, where another type compares in another way. */
  compared?(place: number, column: SqlColumn): string | undefined;
  /** The column as text: decimals with all their places, times as ISO 8601 (`zoned` ones in UTC with `Z`). */
  shown(expression: string, column: SqlColumn): string;
  /** The highest value of the column as text, where `shown` of MAX would not do. */
  highest?(expression: string, column: SqlColumn): string | undefined;
  /** At most `limit` rows of a `SELECT …`. */
  limited(select: string, limit: number): string;
  /** One row `now`: the server's clock in UTC as ISO 8601 with `Z`. */
  readonly nowQuery: string;
  /** One row `now`: the lowest number of a change that may still come; of databases that number changes themselves. */
  readonly rowversionQuery?: string;
  /** One row `version`. */
  readonly versionQuery: string;
  /** Rows `name`, `type`, `nullable` (YES or NO) in order. Without a schema: the connection's own. */
  columnsQuery(table: string, schema?: string): Statement;
  kindOf(type: string): ColumnKind;
  /** Takes a lock of the transaction on a text, so that two writers of one reference follow each other; absent: none. */
  lock?(place: number): string;
  /** Gives the lock back after the transaction, where it does not end with it. */
  unlock?(place: number): string;
  begin: readonly string[];
  /** Begins a transaction whose reads all show one moment. */
  snapshot: readonly string[];
  commit: string;
  rollback: string;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)*$/;

/**
 * A name from the settings, quoted part by part (`sales.v_po` → `"sales"."v_po"`). Throws ERP008 for anything that is
 * no plain name, so that no setting can carry SQL.
 */
export function quoteName(dialect: SqlDialect, name: string): string {
  checkName(name);
  return name
    .split(".")
    .map((part) => dialect.quotePart(part))
    .join(".");
}

/** Throws ERP008 when this is no name of a table or column. */
export function checkName(name: unknown): asserts name is string {
  if (typeof name === "string" && name.length <= 200 && NAME.test(name)) return;
  const shown = JSON.stringify(String(name).slice(0, 60));
  throw new AdapterError(`${shown} is no name of a table, view or column: letters, digits, _ and $`, {
    category: "VALIDATION",
    code: "ERP008",
    sent: "no",
  });
}

/** By the first pattern that matches. */
export function kindBy(rules: readonly (readonly [RegExp, ColumnKind])[], type: string): ColumnKind {
  return rules.find(([pattern]) => pattern.test(type))?.[1] ?? "other";
}
