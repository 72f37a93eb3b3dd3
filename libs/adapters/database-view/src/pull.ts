import { AdapterError, type Page, type PullQuery, type Raw, type SqlColumn, type Stamp } from "@dovetail/adapter-sdk";
import type { Json } from "@dovetail/domain";
import { joinKey, splitKey } from "./external-id";
import { refusal } from "./refusal";
import { readRows, versionOf } from "./reader";
import { behind, select, Values } from "./select";
import type { DatabaseSession } from "./session";
import type { ReadView } from "./settings";
import { toLocal } from "./times";

/**
 * Where a pull stands. A window `lo <= watermark < hi` is read in the order of the key: `last` is the last key of it
 * that was delivered. `lo` null: a full read, which has no bounds. `hi` null: the window is read; the next one starts
 * at `lo`. Times are UTC in whole seconds, by the database's own clock.
 */
export type DatabaseCursor = { lo: string | null; hi: string | null; last: string[] | null };

/** Values of one statement are limited (2,100 on SQL Server). */
const LARGEST_PAGE = 1000;

/**
 * Rows of one watermark may be more than a page, and a row may get a later one while others are read. A fixed window
 * in the order of the key loses neither: what moves out of it stands in the next one.
 */
export async function* pullRows(session: DatabaseSession, view: ReadView, query: PullQuery): AsyncGenerator<Page> {
  const key = await keyColumns(session, view);
  const serverNow = await session.now();
  let cursor = openWindow(query, readCursor(query.cursor, key.length), `${serverNow.slice(0, 19)}Z`);
  const size = Math.max(1, Math.min(query.pageSize, LARGEST_PAGE));
  const window = await windowOf(session, view, cursor);
  for (;;) {
    const { last: from } = cursor;
    const found = await readRows(session, view, {
      where: (values) => all([window?.(values), from ? behind(session, key, from, values) : undefined]),
      limit: size + 1,
    });
    const rows = found.slice(0, size);
    const last = found.length <= size;
    markRepeated(rows, found[size], view);
    const lastKey = splitKey(rows.at(-1)?.externalId ?? "", key.length) ?? null;
    cursor = last ? { lo: cursor.hi, hi: null, last: null } : { ...cursor, last: lastKey };
    yield { rows, cursor, serverNow, last };
    if (last) return;
  }
}

/** A key that stands again behind the page would be passed over: the view has no such key, and the row says so. */
function markRepeated(rows: Raw[], next: Raw | undefined, view: ReadView): void {
  const edge = rows.at(-1);
  if (edge && next?.externalId === edge.externalId)
    edge.problem = `${view.view} shows the key (${view.key.join(", ")}) ${edge.externalId} more than once`;
}

async function keyColumns(session: DatabaseSession, view: ReadView): Promise<SqlColumn[]> {
  return Promise.all(view.key.map((name) => session.column(view.view, name)));
}

function all(conditions: readonly (string | undefined)[]): string {
  return conditions.filter((condition) => condition).join(" AND ");
}

/** A window that was begun is finished first, whatever its age: its bounds are part of what was promised. */
function openWindow(query: PullQuery, cursor: DatabaseCursor | null, now: string): DatabaseCursor {
  const begun = cursor !== null && cursor.hi !== null;
  if (query.mode === "full") return begun && cursor.lo === null ? cursor : { lo: null, hi: now, last: null };
  if (cursor === null) return { lo: null, hi: now, last: null };
  if (begun) return cursor;
  if (cursor.lo === null) return { lo: null, hi: now, last: null };
  const from = new Date(Date.parse(cursor.lo) - query.lookbackSeconds * 1000).toISOString();
  // A clock that was set back must not make the window end before it begins.
  return { lo: from, hi: now > cursor.lo ? now : cursor.lo, last: null };
}

/** The condition of an incremental window; undefined: every row. Without a watermark every pull reads everything. */
async function windowOf(
  session: DatabaseSession,
  view: ReadView,
  { lo, hi }: DatabaseCursor,
): Promise<((values: Values) => string) | undefined> {
  if (view.watermark === undefined || lo === null || hi === null) return undefined;
  const own = await watermarkColumn(session, view.view, view.watermark);
  const key = await keyColumns(session, view);
  const children = await Promise.all(
    view.children.flatMap(({ view: table, watermark, parentKey }) =>
      watermark === undefined
        ? []
        : [watermarkColumn(session, table, watermark).then((column) => ({ table, column, parentKey }))],
    ),
  );
  const at = (time: string, { kind }: SqlColumn) => {
    if (kind === "zoned") return `${time.slice(0, 19)}.000000Z`;
    const local = toLocal(time, session.zone).slice(0, 19);
    return kind === "date" ? local.slice(0, 10) : local;
  };
  return (values) => {
    const name = `t.${session.quoted(own.name)}`;
    // A day is not over at its end: the next window begins with it once more.
    const upper = own.kind === "date" ? "<=" : "<";
    const mine = `(${name} >= ${values.of(at(lo, own), own)} AND ${name} ${upper} ${values.of(at(hi, own), own)})`;
    // No upper bound for lines: the next window shows the document again, once more costs nothing.
    const lines = children.map(({ table, column, parentKey }) => {
      const joined = parentKey.map(
        (child, index) => `l.${session.quoted(child)} = t.${session.quoted(key[index]?.name ?? "")}`,
      );
      const moved = `l.${session.quoted(column.name)} >= ${values.of(at(lo, column), column)}`;
      return `EXISTS (SELECT 1 FROM ${session.quoted(table)} l WHERE ${[...joined, moved].join(" AND ")})`;
    });
    return lines.length === 0 ? mine : `(${[mine, ...lines].join(" OR ")})`;
  };
}

async function watermarkColumn(session: DatabaseSession, table: string, name: string): Promise<SqlColumn> {
  const column = await session.column(table, name);
  if (column.kind === "timestamp" || column.kind === "zoned" || column.kind === "date") return column;
  throw refusal(`the watermark ${name} of ${table} is ${column.type}: it must be a time`);
}

const STAMPS = 2000;

/** Stamps of all rows: from the watermarks alone where there are any, else from the whole rows. */
export async function* listStamps(session: DatabaseSession, view: ReadView, from: Json | null): AsyncGenerator<Stamp> {
  const key = await keyColumns(session, view);
  let last = typeof from === "string" ? (splitKey(from, key.length) ?? null) : null;
  for (;;) {
    const stamps =
      view.watermark === undefined ? await hashes(session, view, key, last) : await marks(session, view, key, last);
    yield* stamps;
    if (stamps.length < Math.min(STAMPS, view.watermark === undefined ? LARGEST_PAGE : STAMPS)) return;
    last = splitKey(stamps.at(-1)?.externalId ?? "", key.length) ?? null;
  }
}

async function hashes(
  session: DatabaseSession,
  view: ReadView,
  key: readonly SqlColumn[],
  last: readonly string[] | null,
): Promise<Stamp[]> {
  const where = last ? { where: (values: Values) => behind(session, key, last, values) } : {};
  const rows = await readRows(session, view, { ...where, limit: LARGEST_PAGE });
  return rows.map(({ externalId, version = "" }) => ({ externalId, version }));
}

async function marks(
  session: DatabaseSession,
  view: ReadView,
  key: readonly SqlColumn[],
  last: readonly string[] | null,
): Promise<Stamp[]> {
  const own = await watermarkColumn(session, view.view, view.watermark ?? "");
  const extra: Record<string, string> = {};
  for (const { view: table, watermark, parentKey } of view.children) {
    if (watermark === undefined) continue;
    const column = await watermarkColumn(session, table, watermark);
    const joined = parentKey.map(
      (child, index) => `l.${session.quoted(child)} = t.${session.quoted(view.key[index] ?? "")}`,
    );
    const most = session.dialect.shown(`MAX(l.${session.quoted(watermark)})`, column);
    extra[`#${table}`] = `(SELECT ${most} FROM ${session.quoted(table)} l WHERE ${joined.join(" AND ")})`;
  }
  const values = new Values(session);
  const where = last ? { where: behind(session, key, last, values) } : {};
  const selection = { table: view.view, columns: [...key, own], extra, orderBy: view.key, limit: STAMPS, values };
  const rows = await select(session, session.sql, { ...selection, ...where });
  return rows.map((row) => ({
    externalId: joinKey(view.key.map((name) => row.get(name) ?? "")),
    version: versionOf(
      row.get(own.name) ?? "",
      Object.keys(extra).map((name) => row.get(name) ?? ""),
    ),
  }));
}

function readCursor(value: Json | null, parts: number): DatabaseCursor | null {
  if (value === null) return null;
  const { lo, hi, last } = (typeof value === "object" ? value : {}) as Record<string, Json | undefined>;
  const time = (text: Json | undefined) =>
    text === null || (typeof text === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text));
  const key =
    last === null || (Array.isArray(last) && last.length === parts && last.every((part) => typeof part === "string"));
  if (time(lo) && time(hi) && key) return value as DatabaseCursor;
  throw new AdapterError("This is no cursor of this view", { category: "CONFLICT", code: "STALE", sent: "no" });
}
