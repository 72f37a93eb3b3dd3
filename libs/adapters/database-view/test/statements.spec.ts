import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dialectOf } from "@dovetail/adapter-sdk";
import type { EntityName, Json, JsonObject } from "@dovetail/domain";
import { databaseView } from "../src";
import type { DialectName, Recorded } from "./recorded-sql";
import { DIALECTS, KINDS, onePage, opened, orders } from "./statement-kinds";

async function textOf(dialect: DialectName): Promise<string> {
  const parts: string[] = [];
  for (const [name, call] of KINDS) {
    const statements = (await call(dialect)).map(
      ({ text, values }) => `${text};\n-- values: ${JSON.stringify(values)}`,
    );
    parts.push(`-- ${name}\n${statements.join("\n")}\n`);
  }
  return parts.join("\n");
}

/** UPDATE_STATEMENTS=1 writes the files anew: read the difference as somebody who knows the database. */
describe("statements", () => {
  it.each(DIALECTS)("are those of %s.sql", async (dialect) => {
    const file = join(__dirname, "statements", `${dialect}.sql`);
    const text = await textOf(dialect);
    if (process.env["UPDATE_STATEMENTS"]) writeFileSync(file, text);
    expect(text).toBe(readFileSync(file, "utf8"));
  });

  it.each(DIALECTS)("never carry a value in their text, and as many values as places: %s", async (dialect) => {
    for (const [, call] of KINDS)
      for (const { text, values } of await call(dialect)) {
        const places = text.match(/\?|\$\d+|@p\d+|:\d+\b/g) ?? [];
        expect([text, places.length]).toEqual([text, values.length]);
        expect(text).not.toMatch(/REF1|0\.1000|B-7|2026-02/);
      }
  });

  it.each(DIALECTS)("stay within what one statement may hold, whatever page size is asked for: %s", async (dialect) => {
    const lines = [{ as: "lots", view: "v_po_line", parentKey: ["PO_ID", "LINE_NO", "QTY"] }];
    const wide: JsonObject = {
      entityType: "InventoryBalance",
      view: "v_po",
      key: ["ID", "SUPPLIER", "TOTAL"],
      children: lines,
    };
    for (const [view, parts] of [
      [orders("CHANGED"), 1],
      [wide, 3],
    ] as const) {
      const rows = (count: number) => Array.from({ length: count }, (_, n) => ({ c0: String(n), c1: "1", c2: "2" }));
      const { sql, session } = await opened(dialect, { views: [view] });
      sql.answer = ({ text }) =>
        /FROM .{0,12}v_po_line/.test(text) ? [] : rows(Number(/(?:LIMIT|NEXT|FIRST) (\d+)/.exec(text)?.[1] ?? 0));
      await onePage(session, view["entityType"] as EntityName, { mode: "full", pageSize: 5000 });
      const [heads, children] = sql.statements;
      expect(Number(/(?:LIMIT|NEXT|FIRST) (\d+)/.exec(heads?.text ?? "")?.[1])).toBeLessThanOrEqual(1000);
      expect(children?.values.length).toBeGreaterThan(900 * parts * (2 / 3));
      expect(children?.values.length).toBeLessThanOrEqual(Math.min(2000, 1000 * parts));
    }
  });
});

/** A view in memory that understands the windows of each dialect by their text. */
function evaluate(dialect: DialectName, rows: readonly { id: number; changed: string }[]) {
  const { quotePart } = dialectOf(dialect);
  const bound = (text: string, values: Recorded["values"], column: string, sign: string): string | undefined => {
    const at = text.indexOf(`t.${quotePart(column)} ${sign} `);
    if (at < 0) return undefined;
    const before = text.slice(0, at).match(/\?|\$\d+|@p\d+|:\d+\b/g)?.length ?? 0;
    return values[before] ?? undefined;
  };
  return ({ text, values }: Recorded): JsonObject[] => {
    const [from, to, behind] = [
      bound(text, values, "CHANGED", ">="),
      bound(text, values, "CHANGED", "<"),
      bound(text, values, "ID", ">"),
    ];
    const limit = Number(/(?:LIMIT|NEXT|FIRST) (\d+)/.exec(text)?.[1]);
    expect(text).toContain(`ORDER BY t.${quotePart("ID")}`);
    if (text.includes(`NOT (t.${quotePart("ID")} IS NOT NULL)`)) return [];
    return rows
      .filter(({ changed }) => (from === undefined || changed >= from) && (to === undefined || changed < to))
      .filter(({ id }) => behind === undefined || id > Number(behind))
      .sort((a, b) => a.id - b.id)
      .slice(0, limit)
      .map(({ id, changed }) => ({ c0: String(id), c3: changed }));
  };
}

describe("503 rows of one watermark by pages of seven", () => {
  it.each(DIALECTS)("arrive once each: %s", async (dialect) => {
    const same = Array.from({ length: 503 }, (_, n) => ({ id: n * 3, changed: "2026-02-01T10:30:00" }));
    const rows = [...same, { id: 7, changed: "2026-01-01T00:00:00" }, { id: 8, changed: "2026-02-01T10:30:01" }];
    const view = { entityType: "PurchaseOrder", view: "v_po", key: ["ID"], watermark: "CHANGED" };
    const { sql, session } = await opened(dialect, { views: [view] });
    sql.answer = evaluate(dialect, rows);
    const seen: string[] = [];
    // As after a restart at every page: each pull goes on from what was stored.
    for (let cursor: Json = { lo: "2026-02-01T10:30:00Z", hi: null, last: null }, last = false; !last;)
      for await (const page of databaseView.entities.PurchaseOrder?.pull?.(session, {
        mode: "incremental",
        cursor,
        pageSize: 7,
        lookbackSeconds: 0,
      }) ?? []) {
        seen.push(...page.rows.map(({ externalId }) => externalId));
        expect(page.rows.length).toBeLessThanOrEqual(7);
        ({ cursor, last } = { cursor: JSON.parse(JSON.stringify(page.cursor)) as Json, last: page.last });
        break;
      }
    expect(seen).toHaveLength(504);
    expect(new Set(seen)).toEqual(new Set([...same, { id: 8 }].map(({ id }) => String(id))));
  });
});
