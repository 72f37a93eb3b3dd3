import type { SqlColumn, Stamp } from "@dovetail/adapter-sdk";
import type { Json } from "@dovetail/domain";
import { joinKey, splitKey } from "./external-id";
import { largestPage, readRows, versionOf } from "./reader";
import { among, behind, highestOf, select, type TextRow, Values } from "./select";
import type { DatabaseSession } from "./session";
import type { ReadView } from "./settings";
import { watermarkColumn } from "./watermark";

const STAMPS = 2000;

/** Stamps of all rows: from the watermarks alone where there are any, else from the whole rows. */
export async function* listStamps(session: DatabaseSession, view: ReadView, from: Json | null): AsyncGenerator<Stamp> {
  const key = await Promise.all(view.key.map((name) => session.column(view.view, name)));
  const most = view.watermark === undefined ? largestPage(view) : STAMPS;
  let last = typeof from === "string" ? (splitKey(from, key.length) ?? null) : null;
  for (;;) {
    const slice = { last, limit: most };
    const stamps =
      view.watermark === undefined
        ? await hashes(session, view, key, slice)
        : await marks(session, view, key, view.watermark, slice);
    yield* stamps;
    if (stamps.length < most) return;
    last = splitKey(stamps.at(-1)?.externalId ?? "", key.length) ?? null;
  }
}

interface Slice {
  last: readonly string[] | null;
  limit: number;
}

async function hashes(
  session: DatabaseSession,
  view: ReadView,
  key: readonly SqlColumn[],
  { last, limit }: Slice,
): Promise<Stamp[]> {
  const where = last ? { where: (values: Values) => behind(session, key, last, values) } : {};
  const rows = await readRows(session, view, { ...where, limit });
  return rows.map(({ externalId, version = "" }) => ({ externalId, version }));
}

async function marks(
  session: DatabaseSession,
  view: ReadView,
  key: readonly SqlColumn[],
  watermark: string,
  { last, limit }: Slice,
): Promise<Stamp[]> {
  const own = await watermarkColumn(session, view.view, watermark);
  const extra: Record<string, string> = {};
  for (const { view: table, watermark: name, parentKey } of view.children) {
    if (name === undefined) continue;
    const column = await watermarkColumn(session, table, name);
    const joined = parentKey.map(
      (child, index) => `l.${session.quoted(child)} = t.${session.quoted(view.key[index] ?? "")}`,
    );
    const most = highestOf(session, `l.${session.quoted(name)}`, column);
    extra[`#${table}`] = `(SELECT ${most} FROM ${session.quoted(table)} l WHERE ${joined.join(" AND ")})`;
  }
  const values = new Values(session);
  const where = last ? { where: behind(session, key, last, values) } : {};
  const selection = { table: view.view, columns: [...key, own], extra, orderBy: view.key, limit, values };
  const rows = await select(session, session.sql, { ...selection, ...where });
  const unmarked = await hashesOf(
    session,
    view,
    key,
    rows.filter((row) => (row.get(own.name) ?? null) === null),
  );
  return rows.map((row) => {
    const externalId = idOf(view, row);
    const lines = Object.keys(extra).map((name) => row.get(name) ?? "");
    return { externalId, version: unmarked.get(externalId) ?? versionOf(row.get(own.name) ?? "", lines) };
  });
}

/** Rows without a watermark are stamped by what they hold, as when they are read. */
async function hashesOf(
  session: DatabaseSession,
  view: ReadView,
  key: readonly SqlColumn[],
  rows: readonly TextRow[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const size = largestPage(view);
  for (let from = 0; from < rows.length; from += size) {
    const wanted = rows.slice(from, from + size).map((row) => view.key.map((name) => row.get(name) ?? ""));
    const where = (values: Values) => among(session, key, wanted, values);
    for (const { externalId, version = "" } of await readRows(session, view, { where })) found.set(externalId, version);
  }
  return found;
}

function idOf(view: ReadView, row: TextRow): string {
  return joinKey(view.key.map((name) => row.get(name) ?? ""));
}
