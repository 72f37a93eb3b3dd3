import { AdapterError, type Page, type PullQuery, type Raw } from "@dovetail/adapter-sdk";
import type { EntityName, Json } from "@dovetail/domain";
import { nameOf, rowOf } from "./messages";
import type { QueueSession } from "./session";

/**
 * Where a pull stands: the place of the next message, and the last place of the run that was begun (null: none is).
 * It is stored with the page's effect, so each message has its effect exactly once and none is acknowledged.
 */
export type QueueCursor = { next: number; until: number | null; full: boolean; incarnation: string };

/**
 * Pages of messages in the order of the log. Of several messages of one row in a page the last one that can be read
 * counts; one behind it that cannot is listed by its place.
 */
export async function* pullMessages(session: QueueSession, entity: EntityName, query: PullQuery): AsyncGenerator<Page> {
  const source = session.source(entity);
  const state = await session.queue.state(source.stream);
  let cursor = start(query, readCursor(query.cursor), state);
  if (cursor.next < state.first && cursor.next > 1)
    session.log.warn("the broker no longer keeps every message behind the last one read", {
      stream: source.stream,
      next: cursor.next,
      first: state.first,
    });
  for (;;) {
    const { until, next } = cursor;
    const found = await session.queue.read(source.stream, source.subject, next, query.pageSize + 1);
    const within = found.filter(({ place }) => place <= (until ?? 0));
    const messages = within.slice(0, query.pageSize);
    const last = within.length <= query.pageSize;
    const rows = new Map<string, Raw>();
    const deleted = new Set<string>();
    for (const message of messages) {
      const { raw, gone } = rowOf(source, message);
      const before = rows.get(raw.externalId);
      const readable = deleted.has(raw.externalId) || (before && before.problem === undefined);
      if (raw.problem !== undefined && readable) raw.externalId = nameOf(message);
      rows.delete(raw.externalId);
      deleted.delete(raw.externalId);
      if (gone) deleted.add(raw.externalId);
      else rows.set(raw.externalId, raw);
    }
    const behind = (messages.at(-1)?.place ?? next - 1) + 1;
    cursor = last ? { ...cursor, next: Math.max(next, (until ?? 0) + 1), until: null } : { ...cursor, next: behind };
    const gone = deleted.size > 0 ? { deleted: [...deleted] } : {};
    yield { rows: [...rows.values()], ...gone, cursor, last };
    if (last) return;
  }
}

function start(
  query: PullQuery,
  cursor: QueueCursor | null,
  { first, last, incarnation }: { first: number; last: number; incarnation: string },
): QueueCursor {
  const full = query.mode === "full";
  // A log that was made anew counts from the beginning: old places mean nothing there.
  const known = cursor?.incarnation === incarnation ? cursor : null;
  if (known && known.until !== null && known.full === full) return known;
  return { next: full || !known ? first : known.next, until: last, full, incarnation };
}

function readCursor(value: Json | null): QueueCursor | null {
  if (value === null) return null;
  const { next, until, full, incarnation } = (typeof value === "object" ? value : {}) as Record<string, Json>;
  const whole = typeof next === "number" && (until === null || typeof until === "number") && typeof full === "boolean";
  if (whole && typeof incarnation === "string") return value as QueueCursor;
  throw new AdapterError("This is no cursor of a queue", { category: "CONFLICT", code: "STALE", sent: "no" });
}
