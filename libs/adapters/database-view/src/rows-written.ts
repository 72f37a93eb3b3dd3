import type { Sql, SqlColumn } from "@dovetail/adapter-sdk";
import type { Json, JsonObject } from "@dovetail/domain";
import { refusal } from "./refusal";
import { Values } from "./select";
import type { DatabaseSession } from "./session";
import type { WriteChild } from "./settings";
import { toLocal } from "./times";

/** What goes into one row. */
export type Cells = { column: SqlColumn; text: string | null }[];

interface CellOptions {
  columns?: Record<string, string> | undefined;
  /** Members that are not columns. */
  without?: readonly string[];
  /** Column → value, whatever the body says. */
  fixed: Readonly<Record<string, Json>>;
}

/** Throws ERP003 when the body has a member that the table does not. */
export async function cellsOf(
  session: DatabaseSession,
  table: string,
  body: JsonObject,
  { columns, without = [], fixed }: CellOptions,
): Promise<Cells> {
  const values = new Map<string, Json>();
  for (const [member, value] of Object.entries(body)) {
    const name = columns ? columns[member] : member;
    if (name !== undefined && !without.includes(member)) values.set(name, value);
  }
  for (const [name, value] of Object.entries(fixed)) values.set(name, value);
  const cells: Cells = [];
  for (const [name, value] of values) {
    const column = await session.column(table, name);
    cells.push({ column, text: textOf(value, column, session.zone) });
  }
  return cells;
}

function textOf(value: Json, { kind, name }: SqlColumn, zone: string): string | null {
  if (value === null) return null;
  if (typeof value === "object") {
    if (kind === "json" || kind === "text") return JSON.stringify(value);
    throw refusal(`column ${name} cannot hold a list or an object`, "ERP003");
  }
  const text = String(value);
  if (kind === "timestamp") return /(Z|[+-]\d\d:\d\d)$/.test(text) ? toLocal(text, zone) : text;
  if (kind === "zoned") return Number.isNaN(Date.parse(text)) ? text : `${toLocal(text, "UTC")}Z`;
  return kind === "date" ? text.slice(0, 10) : text;
}

export async function insert(session: DatabaseSession, sql: Sql, table: string, cells: Cells): Promise<void> {
  const values = new Values(session);
  const names = cells.map(({ column }) => session.quoted(column.name)).join(", ");
  const places = cells.map(({ column, text }) => values.of(text, column)).join(", ");
  await sql.execute(`INSERT INTO ${session.quoted(table)} (${names}) VALUES (${places})`, values.list);
}

export async function update(
  session: DatabaseSession,
  sql: Sql,
  table: string,
  cells: Cells,
  key: readonly SqlColumn[],
  parts: readonly string[],
): Promise<void> {
  if (cells.length === 0) return;
  const values = new Values(session);
  const sets = cells.map(({ column, text }) => `${session.quoted(column.name)} = ${values.of(text, column)}`);
  const where = key.map(
    (column, index) => `${session.quoted(column.name)} = ${values.like(parts[index] ?? "", column)}`,
  );
  await sql.execute(`UPDATE ${session.quoted(table)} SET ${sets.join(", ")} WHERE ${where.join(" AND ")}`, values.list);
}

/** The lines of a document as rows of their table. */
export async function childRows(
  session: DatabaseSession,
  child: WriteChild,
  lines: Json | undefined,
  header: ReadonlyMap<string, string | null>,
): Promise<Cells[]> {
  if (lines === undefined || lines === null) return [];
  if (!Array.isArray(lines)) throw refusal(`${child.as} must be a list`);
  const fixed = Object.fromEntries(
    Object.entries(child.parent).map(([name, from]) => [name, header.get(from) ?? null]),
  );
  const rows: Cells[] = [];
  for (const line of lines) {
    if (typeof line !== "object" || line === null || Array.isArray(line))
      throw refusal(`${child.as} must hold objects`);
    rows.push(await cellsOf(session, child.table, line, { columns: child.columns, fixed }));
  }
  return rows;
}

/** Removes the lines of one document. */
export async function removeWhere(
  session: DatabaseSession,
  sql: Sql,
  child: WriteChild,
  header: ReadonlyMap<string, string | null>,
): Promise<void> {
  const values = new Values(session);
  const where: string[] = [];
  for (const [name, from] of Object.entries(child.parent)) {
    const column = await session.column(child.table, name);
    where.push(`${session.quoted(name)} = ${values.like(header.get(from) ?? null, column)}`);
  }
  await sql.execute(`DELETE FROM ${session.quoted(child.table)} WHERE ${where.join(" AND ")}`, values.list);
}
