import { hash } from "node:crypto";
import type { ColumnKind, Raw, Sql, SqlColumn } from "@dovetail/adapter-sdk";
import { compareDecimal, type Json, type JsonObject } from "@dovetail/domain";
import { joinKey } from "./external-id";
import { among, select, type TextRow, Values } from "./select";
import type { DatabaseSession } from "./session";
import type { ChildView, ReadView } from "./settings";
import { toUtc } from "./times";

/** Oracle takes 1,000 values in one list. */
const LONGEST_LIST = 1000;
/** SQL Server takes 2,100 in one statement; a condition of the view itself needs some. */
const MOST_VALUES = 2000;

/** Rows whose lines can be asked for in one statement, whatever the database. */
export function largestPage({ key }: ReadView): number {
  return Math.min(LONGEST_LIST, Math.floor(MOST_VALUES / key.length));
}

/** Which rows of a view, at most `limit`, in the order of the key. */
export interface Slice {
  where?: (values: Values) => string;
  limit?: number;
}

const TIMES: ReadonlySet<ColumnKind> = new Set(["timestamp", "zoned", "date"]);

/** A value of the body: decimals, times and texts as text, whole numbers that JSON holds exactly as numbers. */
function valueOf(text: string | null, { kind }: SqlColumn, zone: string): Json {
  if (text === null) return null;
  if (kind === "integer") return Number.isSafeInteger(Number(text)) ? Number(text) : text;
  if (kind === "boolean") return /^(true|t|1|y)$/i.test(text);
  if (kind === "timestamp") return toUtc(text, zone);
  if (kind === "json") return parsed(text);
  // Oracle writes a half as .5.
  if (kind === "decimal") return text.replace(/^(-?)\./, "$10.");
  return text;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function bodyOf(row: TextRow, columns: readonly SqlColumn[], zone: string): JsonObject {
  return Object.fromEntries(
    columns.map((column) => [column.name, valueOf(row.get(column.name) ?? null, column, zone)]),
  );
}

interface Lines {
  child: ChildView;
  columns: SqlColumn[];
  byParent: Map<string, TextRow[]>;
  /** A line that fits no document of the page: key texts that only the database finds equal. */
  astray: boolean;
}

/** Compares as every database here does: blanks at the end do not count. */
function keyText(parts: readonly (string | null | undefined)[]): string {
  return joinKey(parts.map((part) => (part ?? "").trimEnd()));
}

async function readLines(session: DatabaseSession, sql: Sql, child: ChildView, keys: string[][]): Promise<Lines> {
  const known = await session.columns(child.view);
  const parent = await Promise.all(child.parentKey.map((name) => session.column(child.view, name)));
  const byParent = new Map<string, TextRow[]>(keys.map((key) => [keyText(key), []]));
  const values = new Values(session);
  const rows =
    keys.length === 0
      ? []
      : await select(session, sql, {
          table: child.view,
          columns: [...known.values()],
          where: among(session, parent, keys, values),
          orderBy: child.parentKey,
          values,
        });
  let astray = false;
  for (const row of rows) {
    const list = byParent.get(keyText(child.parentKey.map((name) => row.get(name))));
    if (list) list.push(row);
    else astray = true;
  }
  return { child, columns: [...known.values()], byParent, astray };
}

/** Rows with their children, all of one moment. */
export async function readRows(session: DatabaseSession, view: ReadView, slice: Slice): Promise<Raw[]> {
  const known = [...(await session.columns(view.view)).values()];
  for (const name of [...view.key, ...(view.watermark ? [view.watermark] : [])]) await session.column(view.view, name);
  for (const child of view.children) await session.columns(child.view);
  const read = async (sql: Sql): Promise<Raw[]> => {
    const values = new Values(session);
    const where = slice.where?.(values);
    const rows = await select(session, sql, {
      table: view.view,
      columns: known,
      ...(where ? { where } : {}),
      orderBy: view.key,
      ...(slice.limit === undefined ? {} : { limit: slice.limit }),
      values,
    });
    const keys = rows.map((row) => view.key.map((name) => row.get(name) ?? ""));
    const lines: Lines[] = [];
    for (const child of view.children) lines.push(await readLines(session, sql, child, keys));
    return rows.map((row) => rawOf(session, view, row, known, lines));
  };
  return session.sql.transaction(read, { snapshot: true });
}

function rawOf(
  session: DatabaseSession,
  view: ReadView,
  row: TextRow,
  columns: readonly SqlColumn[],
  lines: readonly Lines[],
): Raw {
  const key = view.key.map((name) => row.get(name) ?? "");
  const body = bodyOf(row, columns, session.zone);
  let complete = true;
  const stamps: string[] = [];
  for (const { child, columns: childColumns, byParent, astray } of lines) {
    const own = byParent.get(keyText(key)) ?? [];
    body[child.as] = own.map((line) => bodyOf(line, childColumns, session.zone));
    if (astray || (child.count !== undefined && Number(row.get(child.count) ?? 0) !== own.length)) complete = false;
    const marked = childColumns.find(({ name }) => name === child.watermark);
    if (marked) stamps.push(latest(own, marked));
  }
  const mark = view.watermark === undefined ? null : (row.get(view.watermark) ?? null);
  const marked = columns.find(({ name }) => name === view.watermark);
  return {
    externalId: joinKey(key),
    version: mark === null ? hash("sha256", JSON.stringify(body)).slice(0, 32) : versionOf(mark, stamps),
    ...(mark !== null && marked && TIMES.has(marked.kind) ? { modifiedAt: toUtc(mark, session.zone) } : {}),
    ...(view.children.length > 0 ? { childrenComplete: complete } : {}),
    body,
    ...(key.some((part) => part === "") ? { problem: `the key (${view.key.join(", ")}) of this row is empty` } : {}),
  };
}

function latest(rows: readonly TextRow[], { name, kind }: SqlColumn): string {
  const marks = rows.map((row) => row.get(name) ?? "").filter((mark) => mark !== "");
  const later = TIMES.has(kind) ? (a: string, b: string) => a > b : (a: string, b: string) => compareDecimal(a, b) > 0;
  return marks.reduce((most, mark) => (most === "" || later(mark, most) ? mark : most), "");
}

/** The stamp of a document: its own time and the latest of its lines. */
export function versionOf(mark: string, childMarks: readonly string[]): string {
  return [mark, ...childMarks].join("/");
}
