import type { Page, PullQuery, Raw } from "@dovetail/adapter-sdk";
import { splitKey } from "./external-id";
import { largestPage, readRows } from "./reader";
import { behind } from "./select";
import type { DatabaseSession } from "./session";
import type { ReadView } from "./settings";
import { Watermark } from "./watermark";

/**
 * Rows of one watermark may be more than a page, and a row may get a later one while others are read. A fixed window
 * in the order of the key loses neither: what moves out of it stands in the next one.
 */
export async function* pullRows(session: DatabaseSession, view: ReadView, query: PullQuery): AsyncGenerator<Page> {
  const key = await Promise.all(view.key.map((name) => session.column(view.view, name)));
  const watermark = await Watermark.of(session, view);
  const serverNow = await session.now();
  let cursor = await watermark.open(query, query.cursor, key.length, `${serverNow.slice(0, 19)}Z`);
  // One row more than the page tells whether it is the last.
  const size = Math.max(1, Math.min(query.pageSize, largestPage(view) - 1));
  const window = watermark.window(cursor, key);
  const filled = key.map((column) => `t.${session.quoted(column.name)} IS NOT NULL`).join(" AND ");
  for (;;) {
    const { last: from } = cursor;
    const found = await readRows(session, view, {
      where: (values) => all([window?.(values), filled, from ? behind(session, key, from, values) : undefined]),
      limit: size + 1,
    });
    const rows = found.slice(0, size);
    const last = found.length <= size;
    markRepeated(rows, found[size], view);
    const lastKey = splitKey(rows.at(-1)?.externalId ?? "", key.length) ?? null;
    cursor = last ? { lo: cursor.hi, hi: null, last: null } : { ...cursor, last: lastKey };
    // No order of keys comes to these, so they are asked for apart, and listed.
    if (last)
      rows.push(
        ...(await readRows(session, view, {
          where: (values) => all([window?.(values), `NOT (${filled})`]),
          limit: size,
        })),
      );
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

function all(conditions: readonly (string | undefined)[]): string {
  return conditions.filter((condition) => condition).join(" AND ");
}
