import type { Page, PullQuery } from "@dovetail/adapter-sdk";
import type { Json, JsonObject } from "@dovetail/domain";
import { fakeSession, fieldsGet } from "../test/fake-odoo";
import { MODELS } from "./models";
import { listStamps, pullRows } from "./pull";
import type { Call } from "./rpc";

const ORDER = {
  name: "char",
  write_date: "datetime",
  partner_id: "many2one",
  currency_id: "many2one",
  amount_total: "monetary",
  order_line: "one2many",
};
const LINE = {
  name: "text",
  write_date: "datetime",
  order_id: "many2one",
  sequence: "integer",
  display_type: "selection",
};

interface Fixture {
  orders: JsonObject[];
  lines?: JsonObject[];
}

function odoo({ orders, lines = [] }: Fixture) {
  const page = (rows: JsonObject[]) => (call: Call) => {
    const { domain, limit } = call.named ?? {};
    const conditions = (domain as Json[]).filter(Array.isArray) as [string, string, Json][];
    const after = Number(conditions.find(([name, operator]) => name === "id" && operator === ">")?.[2] ?? 0);
    return rows.filter((row) => Number(row["id"]) > after).slice(0, Number(limit ?? rows.length));
  };
  return fakeSession({
    "purchase.order.fields_get": fieldsGet(ORDER),
    "purchase.order.line.fields_get": fieldsGet(LINE),
    "purchase.order.search_read": page(orders),
    "purchase.order.line.search_read": page(lines),
  });
}

const order = (id: number, lines: number[] = []): JsonObject => ({
  id,
  name: `P${id}`,
  write_date: "2026-11-20 10:00:00",
  order_line: lines,
});
const line = (id: number, of: number, extra: JsonObject = {}): JsonObject => ({
  id,
  order_id: [of, `P${of}`],
  write_date: "2026-11-20 10:00:05",
  name: "x",
  ...extra,
});

async function pull(fake: ReturnType<typeof odoo>, query: Partial<PullQuery> = {}): Promise<Page[]> {
  const pages: Page[] = [];
  const whole: PullQuery = { mode: "full", cursor: null, pageSize: 2, lookbackSeconds: 300, ...query };
  for await (const page of pullRows(fake.session, MODELS.PurchaseOrder, whole)) pages.push(page);
  return pages;
}

const searches = ({ calls }: ReturnType<typeof odoo>, model = "purchase.order") =>
  calls.filter((call) => call.model === model && call.method === "search_read");

describe("a full read", () => {
  it("goes through all ids, archived rows included, and ends where the next window begins", async () => {
    const fake = odoo({ orders: [1, 2, 3].map((id) => order(id)) });
    const pages = await pull(fake);
    expect(pages.map((page) => [page.rows.map((row) => row.externalId), page.cursor, page.last])).toEqual([
      [["1", "2"], { lo: null, hi: "2026-11-20 10:30:00", last: 2 }, false],
      [["3"], { lo: "2026-11-20 10:30:00", hi: null, last: 0 }, true],
    ]);
    expect(pages[0]?.serverNow).toBe("2026-11-20T10:30:00.000Z");
    expect(searches(fake)[0]).toMatchObject({
      named: { domain: [["id", ">", 0]], order: "id", limit: 2 },
      context: { active_test: false, tz: "UTC" },
    });
  });

  it("goes on from a cursor with the window it was begun with", async () => {
    const fake = odoo({ orders: [1, 2, 3].map((id) => order(id)) });
    const begun = { lo: null, hi: "2026-11-20 09:00:00", last: 2 };
    const [page] = await pull(fake, { cursor: begun });
    expect(page?.rows.map((row) => row.externalId)).toEqual(["3"]);
    expect(page?.cursor).toEqual({ lo: "2026-11-20 09:00:00", hi: null, last: 0 });
  });

  it("ends with an empty page when there is nothing", async () => {
    expect(await pull(odoo({ orders: [] }))).toMatchObject([{ rows: [], last: true }]);
  });
});

describe("an incremental read", () => {
  const cursor = { lo: "2026-11-20 10:20:00", hi: null, last: 0 };

  it("reads a window from the last one's end less the look-back, and documents whose lines changed or whose supplier was renamed", async () => {
    const fake = odoo({ orders: [order(4)] });
    const [page] = await pull(fake, { mode: "incremental", cursor });
    expect(searches(fake)[0]?.named?.["domain"]).toEqual([
      ["id", ">", 0],
      "|",
      "|",
      "&",
      ["write_date", ">=", "2026-11-20 10:15:00"],
      ["write_date", "<", "2026-11-20 10:30:00"],
      ["order_line.write_date", ">=", "2026-11-20 10:15:00"],
      ["partner_id.write_date", ">=", "2026-11-20 10:15:00"],
    ]);
    expect(page?.cursor).toEqual({ lo: "2026-11-20 10:30:00", hi: null, last: 0 });
  });

  it("does not go back when the server's clock was set back", async () => {
    const fake = odoo({ orders: [] });
    fake.rpc.at = Date.parse("2026-11-20T10:00:00Z");
    const [page] = await pull(fake, { mode: "incremental", cursor });
    expect(page?.cursor).toEqual({ lo: "2026-11-20 10:20:00", hi: null, last: 0 });
  });

  it("refuses a cursor of somebody else", async () => {
    for (const strange of [7, "x", { lo: "yesterday", hi: null, last: 0 }, { lo: null, hi: null }] as Json[])
      await expect(pull(odoo({ orders: [] }), { cursor: strange })).rejects.toThrow(/no cursor/);
  });
});

describe("documents", () => {
  it("bring their lines, without headings, and prove that they are all there", async () => {
    const lines = [line(10, 1), line(11, 1, { display_type: "line_section" }), line(12, 2)];
    const fake = odoo({ orders: [order(1, [10, 11]), order(2, [12, 13])], lines });
    const [page] = await pull(fake, { pageSize: 10 });
    const [whole, torn] = page?.rows ?? [];
    expect(whole).toMatchObject({ childrenComplete: true, version: "2026-11-20 10:00:00/2026-11-20 10:00:05/2" });
    expect(whole?.modifiedAt).toBe("2026-11-20T10:00:05Z");
    expect((whole?.body as JsonObject)["_lines"]).toMatchObject([{ id: 10, _line: "10" }]);
    expect(torn?.childrenComplete).toBe(false);
    expect(searches(fake, "purchase.order.line")).toHaveLength(1);
  });

  it("have the stamps that a read shows", async () => {
    const fixture = { orders: [order(1, [10]), order(2)], lines: [line(10, 1)] };
    const stamps = [];
    for await (const stamp of listStamps(odoo(fixture).session, MODELS.PurchaseOrder, null)) stamps.push(stamp);
    const [page] = await pull(odoo(fixture), { pageSize: 10 });
    expect(stamps).toEqual(page?.rows.map(({ externalId, version }) => ({ externalId, version })));
  });
});

it("a field that the release has renamed is asked for, and arrives under the name that mappings know", async () => {
  const row: JsonObject = { ...order(1), note: "handle with care" };
  const fake = fakeSession({
    "purchase.order.fields_get": fieldsGet({ ...ORDER, note: "html" }),
    "purchase.order.line.fields_get": fieldsGet(LINE),
    // As Odoo does: what is not asked for is not told.
    "purchase.order.search_read": ({ named }) =>
      [row].map((all) =>
        Object.fromEntries(
          Object.entries(all).filter(([name]) => ["id", ...(named?.["fields"] as string[])].includes(name)),
        ),
      ),
  });
  const [page] = await pull(fake);
  expect(page?.rows[0]?.body).toMatchObject({ notes: "handle with care" });
});
