import type { Sql, SqlColumn } from "@dovetail/adapter-sdk";
import type { DatabaseSession } from "./session";

/** A row as the database shows it: every value as text. */
export type TextRow = Map<string, string | null>;

/** Values of one statement, with the placeholders that they got. */
export class Values {
  readonly list: (string | null)[] = [];

  constructor(private readonly session: DatabaseSession) {}

  /** A placeholder for this text as a value of the column. */
  of(text: string | null, column: SqlColumn): string {
    this.list.push(text);
    return this.session.dialect.typed(this.list.length, column);
  }

  /** The same, to be compared with the column. */
  like(text: string | null, column: SqlColumn): string {
    this.list.push(text);
    const { dialect } = this.session;
    return dialect.compared?.(this.list.length, column) ?? dialect.typed(this.list.length, column);
  }
}

export interface Selection {
  table: string;
  columns: readonly SqlColumn[];
  where?: string;
  orderBy?: readonly string[];
  limit?: number;
  values: Values;
  /** Further columns, as text already. */
  extra?: Readonly<Record<string, string>>;
}

/** Runs a selection; its table is named `t` in conditions. */
export async function select(session: DatabaseSession, sql: Sql, selection: Selection): Promise<TextRow[]> {
  const { dialect } = session;
  const { table, columns, where, orderBy, limit, values, extra = {} } = selection;
  // Places instead of names: drivers and databases differ in what they do to names.
  const shown = [
    ...columns.map((column) => dialect.shown(`t.${session.quoted(column.name)}`, column)),
    ...Object.values(extra),
  ].map((expression, index) => `${expression} AS ${dialect.quotePart(`c${index}`)}`);
  let text = `SELECT ${shown.join(", ")} FROM ${session.quoted(table)} t`;
  if (where) text += ` WHERE ${where}`;
  if (orderBy) text += ` ORDER BY ${orderBy.map((name) => `t.${session.quoted(name)}`).join(", ")}`;
  if (limit !== undefined) text = dialect.limited(text, limit);
  const names = [...columns.map(({ name }) => name), ...Object.keys(extra)];
  return (await sql.query(text, values.list)).map((row) => {
    const found: TextRow = new Map();
    names.forEach((name, index) => {
      const value = row[`c${index}`];
      found.set(name, value === null || value === undefined ? null : String(value));
    });
    return found;
  });
}

/** Rows behind the given key in the order of the key. */
export function behind(
  session: DatabaseSession,
  key: readonly SqlColumn[],
  last: readonly string[],
  values: Values,
): string {
  const name = (column: SqlColumn) => `t.${session.quoted(column.name)}`;
  const at = (index: number) => values.like(last[index] ?? "", key[index] as SqlColumn);
  if (session.dialect.rowValues && key.length > 1)
    return `(${key.map(name).join(", ")}) > (${key.map((_, index) => at(index)).join(", ")})`;
  const steps = key.map((column, index) => {
    const equal = key.slice(0, index).map((before, place) => `${name(before)} = ${at(place)}`);
    return `(${[...equal, `${name(column)} > ${at(index)}`].join(" AND ")})`;
  });
  return `(${steps.join(" OR ")})`;
}

/** Rows whose columns equal one of these. */
export function among(
  session: DatabaseSession,
  columns: readonly SqlColumn[],
  wanted: readonly (readonly string[])[],
  values: Values,
): string {
  const name = (column: SqlColumn) => `t.${session.quoted(column.name)}`;
  const [only] = columns;
  if (columns.length === 1 && only)
    return `${name(only)} IN (${wanted.map(([value = ""]) => values.like(value, only)).join(", ")})`;
  const each = wanted.map(
    (key) =>
      `(${columns.map((column, index) => `${name(column)} = ${values.like(key[index] ?? "", column)}`).join(" AND ")})`,
  );
  return `(${each.join(" OR ")})`;
}

/** The highest value of a watermark as text. */
export function highestOf({ dialect }: DatabaseSession, expression: string, column: SqlColumn): string {
  return dialect.highest?.(expression, column) ?? dialect.shown(`MAX(${expression})`, column);
}
