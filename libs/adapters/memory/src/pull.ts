import { ENTITIES, type EntityName, type Json } from "@dovetail/domain";
import { AdapterError, type Page, type PullQuery, type Raw } from "@dovetail/adapter-sdk";
import type { MemorySession } from "./session";
import type { StoredRow } from "./table";

/**
 * Where a pull stands. Within a run: a fixed window of stamps, read by ascending id. A fixed window cannot stall on a
 * page of equal stamps, and a row that moves out of it while we read has a stamp for the next one.
 */
type Cursor =
  | { at: "window"; from: number | null; to: number | null; afterId: string | null; next: number }
  | { at: "end"; watermark: number };

function parseCursor(cursor: Json): Cursor {
  const { at, watermark, next } = cursor as Record<string, Json>;
  if (at === "end" && typeof watermark === "number") return cursor as Cursor;
  if (at === "window" && typeof next === "number") return cursor as Cursor;
  throw new AdapterError("the stored cursor cannot be read", { category: "CONFLICT", code: "STALE", sent: "no" });
}

/** A row as adapters hand it out. */
export function toRaw(entity: EntityName, row: StoredRow): Raw {
  const hasLines = ENTITIES[entity].fields.some((field) => field.type === "list");
  return {
    externalId: row.externalId,
    version: row.version,
    modifiedAt: new Date(row.stamp).toISOString(),
    ...(hasLines ? { childrenComplete: row.childrenComplete } : {}),
    body: structuredClone(row.body),
  };
}

function startOf(session: MemorySession, query: PullQuery): Extract<Cursor, { at: "window" }> {
  const now = session.erp.stampOf(session.erp.now());
  const cursor = query.cursor === null ? null : parseCursor(query.cursor);
  if (cursor?.at === "window") return cursor;
  // A full run has no upper end: a row changed while we read must still be seen, or it would look deleted.
  if (query.mode === "full" || !cursor) return { at: "window", from: null, to: null, afterId: null, next: now };
  return { at: "window", from: cursor.watermark - query.lookbackSeconds * 1000, to: now, afterId: null, next: now };
}

/** Pages of one entity; see `Cursor`. */
export async function* pull(session: MemorySession, entity: EntityName, query: PullQuery): AsyncGenerator<Page> {
  let window = startOf(session, query);
  const limit = Math.max(1, Math.min(query.pageSize, session.erp.maxPageSize));
  for (;;) {
    const { from, to, afterId, next } = window;
    const page = await session.call("pull", (erp) => {
      const now = erp.now();
      const inWindow = ({ stamp }: StoredRow) => (from === null || stamp >= from) && (to === null || stamp < to);
      // One more than a page holds tells whether another follows.
      const found = erp.table(entity).page(afterId, limit + 1, now, inWindow);
      const rows = found.slice(0, limit);
      const last = found.length <= limit;
      const shown = erp.faults.duplicateRows ? repeatSome(rows, limit) : rows;
      const deleted = last && from !== null ? erp.table(entity).removedBetween(from, now) : [];
      return { rows: shown.map((row) => toRaw(entity, row)), lastId: rows.at(-1)?.externalId, last, deleted, now };
    });
    window = { ...window, afterId: page.lastId ?? afterId };
    const cursor: Cursor = page.last ? { at: "end", watermark: next } : window;
    const deleted = page.deleted.length > 0 ? { deleted: page.deleted } : {};
    yield { rows: page.rows, ...deleted, cursor, serverNow: new Date(page.now).toISOString(), last: page.last };
    if (page.last) return;
  }
}

/** The first row once more in place of nothing: the page stays within its size where there is room. */
function repeatSome(rows: StoredRow[], limit: number): StoredRow[] {
  const [first] = rows;
  return first && rows.length < limit ? [...rows, first] : rows;
}
