import type { Page, PullQuery, Stamp } from "@dovetail/adapter-sdk";
import type { Json } from "@dovetail/domain";
import { isObject, refusal } from "./errors";
import type { OdooModel } from "./model";
import { readRows, readStamps } from "./reader";
import type { Domain, OdooSession } from "./session";
import { isoTime, odooTime } from "./values";

/**
 * Where a pull stands. A window is read in order of ids: `last` is the last id of it that was delivered.
 * `lo` null: a full read, which has no lower bound. `hi` null: the window is read; the next one starts at `lo`.
 * Times are Odoo's (UTC, whole seconds), taken from the server's own clock.
 */
export type OdooCursor = {
  lo: string | null;
  hi: string | null;
  last: number;
};

/**
 * `write_date` has whole seconds here and microseconds there, and one transaction stamps all its rows alike. What
 * loses no row on 14, 17 and 19: a fixed window `lo <= write_date < hi` in order of ids, then the next window.
 */
export async function* pullRows(session: OdooSession, model: OdooModel, query: PullQuery): AsyncGenerator<Page> {
  const start = readCursor(query.cursor);
  const now = Math.floor(await session.rpc.now());
  const serverNow = new Date(now).toISOString();
  let cursor = openWindow(query, start, odooTime(now));
  const filter = readFilter(query.filter);
  const moved = await touched(session, model, cursor);
  for (;;) {
    const rows = await readRows(session, model, {
      domain: [...filter, ["id", ">", cursor.last], ...moved],
      limit: query.pageSize,
    });
    const last = rows.length < query.pageSize;
    cursor = last ? { lo: cursor.hi, hi: null, last: 0 } : { ...cursor, last: Number(rows.at(-1)?.externalId) };
    yield { rows, cursor, serverNow, last };
    if (last) return;
  }
}

/** A window that was begun is finished first, whatever its age: its bounds are part of what was promised. */
function openWindow(query: PullQuery, cursor: OdooCursor | null, now: string): OdooCursor {
  const begun = cursor !== null && cursor.hi !== null;
  if (query.mode === "full") return begun && cursor.lo === null ? cursor : { lo: null, hi: now, last: 0 };
  if (cursor === null) return { lo: null, hi: now, last: 0 };
  if (begun) return cursor;
  if (cursor.lo === null) return { lo: null, hi: now, last: 0 };
  const from = odooTime(Date.parse(isoTime(cursor.lo)) - query.lookbackSeconds * 1000);
  // A clock that was set back must not make the window end before it begins.
  return { lo: from, hi: now > cursor.lo ? now : cursor.lo, last: 0 };
}

/** A full read takes every row, also those that change meanwhile; the windows after it begin where it began. */
async function touched(session: OdooSession, model: OdooModel, { lo, hi }: OdooCursor): Promise<Json[]> {
  if (lo === null || hi === null) return [];
  const fields = await session.fields(model.model);
  const paths = (model.touchedBy ?? []).filter((name) => fields.has(name));
  // No upper bound for relatives: the next window shows the row again, once more costs nothing.
  const relatives: Json[] = paths.map((name) => [`${name}.write_date`, ">=", lo]);
  return [...paths.map(() => "|"), "&", ["write_date", ">=", lo], ["write_date", "<", hi], ...relatives];
}

/** Lists stamps from the beginning or from the id behind which an earlier listing stopped. */
export async function* listStamps(session: OdooSession, model: OdooModel, from: Json | null): AsyncGenerator<Stamp> {
  const slice = 2000;
  for (let after = typeof from === "number" ? from : Number(from ?? 0); ;) {
    const stamps = await readStamps(session, model, { domain: [["id", ">", after]], limit: slice });
    yield* stamps;
    if (stamps.length < slice) return;
    after = Number(stamps.at(-1)?.externalId);
  }
}

function readCursor(value: Json | null): OdooCursor | null {
  if (value === null) return null;
  const time = (text: Json | undefined): text is string | null =>
    text === null || (typeof text === "string" && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text));
  if (isObject(value)) {
    const { lo, hi, last } = value;
    if (time(lo) && time(hi) && typeof last === "number") return { lo, hi, last };
  }
  throw refusal("This is no cursor of the Odoo adapter");
}

/** `{domain}` narrows a pull by Odoo's own conditions. */
function readFilter(filter: Json | undefined): Domain {
  return isObject(filter) && Array.isArray(filter["domain"]) ? filter["domain"] : [];
}
