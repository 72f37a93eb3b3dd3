import { odoo } from "../src/adapter";
import { newReference, type PushRequest, type Raw } from "@dovetail/adapter-sdk";
import { type EntityName, type Json, type JsonObject, validateRecord } from "@dovetail/domain";
import { compileMapping } from "@dovetail/mapping";
import { Direct, startOdoo } from "./odoo14";
import { configOf, type OdooPlace, openOdoo, pullAll } from "./sessions";

let place: OdooPlace;
let stop: () => Promise<void>;
let direct: Direct;
let session: unknown;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ place, stop } = await startOdoo());
  direct = new Direct(place);
  ({ session, close } = await openOdoo(configOf(place)));
});
afterAll(async () => {
  await close?.();
  await stop?.();
});

const INVOICES = ["out_invoice", "out_refund", "in_invoice", "in_refund", "out_receipt", "in_receipt"];
const POSTED: Json[] = ["|", ["state", "!=", "draft"], ["posted_before", "=", true]];
/** Which of Odoo's rows must arrive as what, said once more in other words than the adapter's. */
const EXPECTED: [EntityName, string, Json[]][] = [
  ["Contact", "res.partner", []],
  ["Supplier", "res.partner", ["|", ["supplier_rank", ">", 0], ["purchase_line_ids", "!=", false]]],
  ["Customer", "res.partner", ["|", ["customer_rank", ">", 0], ["sale_order_ids", "!=", false]]],
  ["Part", "product.product", []],
  ["PurchaseOrder", "purchase.order", []],
  ["SalesOrder", "sale.order", []],
  ["InventoryBalance", "stock.quant", []],
  ["GlAccount", "account.account", []],
  ["WorkOrder", "mrp.production", []],
  [
    "Receipt",
    "stock.picking",
    [
      ["picking_type_code", "=", "incoming"],
      ["state", "=", "done"],
    ],
  ],
  ["Invoice", "account.move", ["&", ["move_type", "in", INVOICES], ...POSTED]],
  ["GlTransaction", "account.move", POSTED],
  ["Payment", "account.payment", [["state", "!=", "draft"]]],
];

describe("every row of the demo data", () => {
  it.each(EXPECTED)("arrives: %s", async (entity, model, domain) => {
    const { rows } = await pullAll(session, entity);
    expect(new Set(rows.map((row) => row.externalId)).size).toBe(await direct.count(model, domain));
    expect(rows.filter((row) => row.childrenComplete === false)).toEqual([]);
  });

  it.each(EXPECTED)("makes a valid record with a key of its own: %s", async (entity) => {
    const { rows } = await pullAll(session, entity);
    const document = odoo.mappings[entity];
    if (!document) throw new Error(`${entity} has no mapping`);
    const mapping = await compileMapping(document, { entity });
    const keys = new Set<string>();
    for (const { record, refs, errors } of await mapping.inbound(rows.map((row) => row.body))) {
      expect(errors).toEqual([]);
      for (const ref of refs) ref.holder[ref.field] = `KEY-${ref.externalId}`;
      expect(validateRecord(entity, record)).toEqual([]);
      keys.add(JSON.stringify(odooKey(entity, record)));
    }
    expect(keys.size).toBe(rows.length);
  });
});

function odooKey(entity: EntityName, record: JsonObject): Json {
  const { part, location, lot } = record;
  return entity === "InventoryBalance"
    ? [part ?? null, location ?? null, lot ?? null]
    : (Object.values(record)[0] ?? null);
}

describe("incremental reading", () => {
  /** Reads what changed since a full read that ends before `change`. */
  async function seenAfter(entity: EntityName, change: () => Promise<unknown>): Promise<string[]> {
    const { last } = await pullAll(session, entity, { pageSize: 1000 });
    // The windows have whole seconds.
    await nextSecond();
    await change();
    await nextSecond();
    const cursor = last?.cursor ?? null;
    const { rows } = await pullAll(session, entity, { mode: "incremental", cursor, pageSize: 2 });
    return rows.map((row) => row.externalId);
  }

  it("sees a line whose text changed although its order's stamp did not move", async () => {
    const [line] = await direct.call<{ id: number; order_id: [number, string] }[]>(
      "purchase.order.line",
      "search_read",
      [[]],
      { fields: ["order_id"], limit: 1 },
    );
    if (!line) throw new Error("no line");
    const stamp = async () => (await read("purchase.order", line.order_id[0], ["write_date"]))["write_date"];
    const before = await stamp();
    const seen = await seenAfter("PurchaseOrder", () =>
      direct.call("purchase.order.line", "write", [[line.id], { name: `changed ${Date.now()}` }]),
    );
    expect(await stamp()).toBe(before);
    expect(seen).toContain(String(line.order_id[0]));
  });

  it("sees a product whose template changed", async () => {
    const { product_tmpl_id: template } = await read("product.product", 15, ["product_tmpl_id"]);
    const seen = await seenAfter("Part", () =>
      direct.call("product.template", "write", [[(template as [number])[0]], { description: `changed ${Date.now()}` }]),
    );
    expect(seen).toContain("15");
  });

  it("sees every row of one transaction, page after page", async () => {
    const ids = await direct.call<number[]>("res.partner", "search", [[]], { limit: 9 });
    const seen = await seenAfter("Contact", () => direct.call("res.partner", "write", [ids, { function: "tester" }]));
    expect(ids.map(String).filter((id) => !seen.includes(id))).toEqual([]);
  });

  it("takes an archived row for archived, not for deleted", async () => {
    const [id] = await direct.call<number[]>("res.partner", "create", [[{ name: "Leaving Ltd" }]]);
    await direct.call("res.partner", "write", [[id ?? 0], { active: false }]);
    const [row] = await odoo.entities.Contact!.lookup!(session, { externalId: String(id) });
    expect((row?.body as JsonObject)["active"]).toBe(false);
  });

  it("sees a partner become a supplier by its first order", async () => {
    const [partner] = await direct.call<number[]>("res.partner", "create", [[{ name: "New vendor" }]]);
    const seen = await seenAfter("Supplier", () =>
      direct.call("purchase.order", "create", [
        { partner_id: partner ?? 0, order_line: [[0, 0, { product_id: 15, product_qty: 1, price_unit: 1 }]] },
      ]),
    );
    expect(seen).toContain(String(partner));
  });
});

describe("purchase orders that we make", () => {
  const port = odoo.entities.PurchaseOrder!;
  const send = (request: Omit<PushRequest, "reference">) =>
    port.push!.send(session, { ...request, reference: newReference() });
  let supplier: number;

  beforeAll(async () => {
    const [first] = await direct.call<number[]>("res.partner", "search", [[["purchase_line_ids", "!=", false]]]);
    supplier = first ?? 0;
  });

  const body = (number: string, extra: JsonObject = {}): JsonObject => ({
    _number: number,
    partner_id: [supplier],
    date_order: "2026-11-01T08:00:00Z",
    _currency: "USD",
    _lines: [
      { _line: "1", product_id: [15], name: "first", product_qty: "4", _unit: "EA", price_unit: "50.26" },
      { _line: "2", product_id: [16], name: "second", product_qty: "1.5", _unit: "EA", price_unit: "12.345" },
    ],
    ...extra,
  });
  const create = (number: string, extra?: JsonObject) => send({ op: "create", body: body(number, extra) });
  const lines = (raw: Raw | undefined) => ((raw?.body as JsonObject)["_lines"] ?? []) as JsonObject[];
  const fresh = (name: string) => `${name}-${Date.now()}`;

  it("keep their number and their line numbers, and show what Odoo rounded", async () => {
    const number = fresh("MES");
    const result = await create(number);
    if (result.done !== "confirmed") throw new Error("not confirmed");
    expect((result.shown?.body as JsonObject)["name"]).toBe(number);
    expect(lines(result.shown).map((line) => [line["_line"], line["price_unit"]])).toEqual([
      ["1", 50.26],
      ["2", 12.35],
    ]);
    expect(await port.lookup!(session, { key: { poNumber: number } })).toHaveLength(1);
  });

  it("come back through the mapping as they went out", async () => {
    const document = odoo.mappings.PurchaseOrder!;
    const mapping = await compileMapping(document, { entity: "PurchaseOrder" });
    const record: JsonObject = {
      poNumber: fresh("ROUND"),
      supplier: "SUP",
      status: "APPROVED",
      orderDate: "2026-11-01T08:00:00Z",
      currency: "USD",
      lines: [
        { lineNumber: "1", part: "PART", description: "first", quantity: "4", unit: "EA", unitPrice: "50.26" },
        { lineNumber: "20", part: "PART", description: "second", quantity: "1.5", unit: "EA", unitPrice: "12.35" },
      ],
    };
    const out = await mapping.outbound(record, {
      resolve: (entity) => (entity === "Supplier" ? String(supplier) : "15"),
    });
    expect(out.errors).toEqual([]);
    const result = await send({ op: "create", body: out.body });
    if (result.done !== "confirmed" || !result.shown) throw new Error("not confirmed");
    const [back] = await mapping.inbound([result.shown.body]);
    expect(back?.errors).toEqual([]);
    expect(back?.refs.map((ref) => [ref.path, ref.externalId])).toContainEqual(["supplier", String(supplier)]);
    for (const ref of back?.refs ?? []) ref.holder[ref.field] = ref.entity === "Supplier" ? "SUP" : "PART";
    expect(back?.record).toMatchObject(record);

    const changed = { ...record, notes: "please hurry", status: "CANCELLED" };
    const update = await mapping.outbound(changed, { changed: ["notes", "status"], resolve: () => undefined });
    await send({ op: "update", externalId: result.externalId, body: update.body });
    const [row] = await port.lookup!(session, { externalId: result.externalId });
    expect(row?.body).toMatchObject({ notes: "please hurry", state: "cancel" });
  });

  it("are found by their reference, and both of two", async () => {
    const reference = newReference();
    const push = port.push!;
    await push.send(session, { op: "create", reference, body: body(fresh("TWICE")) });
    await push.send(session, { op: "create", reference, body: body(fresh("TWICE")) });
    expect(await port.lookup!(session, { reference })).toHaveLength(2);
    expect(await port.lookup!(session, { reference: newReference() })).toEqual([]);
  });

  it("change line by line, and leave a line that changed meanwhile alone", async () => {
    const result = await create(fresh("LINES"));
    if (result.done !== "confirmed" || !result.version) throw new Error("not confirmed");
    const [, second] = lines(result.shown);
    const change = { ...(second ?? {}), product_qty: "2" };
    const [first] = (body("x")["_lines"] as JsonObject[]) ?? [];
    const third = { _line: "3", product_id: [15], name: "third", product_qty: "7", price_unit: "1" };
    const next = [{ ...first, name: "renamed" }, { _line: "2", product_qty: change.product_qty }, third];
    const { externalId, version } = result;
    const changed = await send({ op: "update", externalId, version, body: { _lines: next as Json } });
    if (changed.done !== "confirmed") throw new Error("not confirmed");
    expect(lines(changed.shown).map((line) => [line["_line"], line["name"], line["product_qty"]])).toEqual([
      ["1", "renamed", 4],
      ["2", "second", 2],
      ["3", "third", 7],
    ]);
    const stale = send({ op: "update", externalId, version, body: { _lines: [third] as Json } });
    await expect(stale).rejects.toMatchObject({ category: "CONFLICT" });
  });

  it("are confirmed and cancelled by Odoo's own buttons", async () => {
    const result = await create(fresh("STATE"), { state: "purchase" });
    if (result.done !== "confirmed") throw new Error("not confirmed");
    const state = async () => await read("purchase.order", Number(result.externalId), ["state", "picking_ids"]);
    expect(await state()).toMatchObject({ state: "purchase", picking_ids: [expect.any(Number)] });
    await send({ op: "update", externalId: result.externalId, body: { state: "cancel" } });
    expect(await state()).toMatchObject({ state: "cancel" });
  });

  it("are refused with Odoo's own words", async () => {
    const result = await create(fresh("REFUSED"), { state: "purchase" });
    if (result.done !== "confirmed") throw new Error("not confirmed");
    const removal = send({ op: "update", externalId: result.externalId, body: { _lines: [] } });
    await expect(removal).rejects.toMatchObject({ category: "VALIDATION", code: "ERP008", sent: "no" });
    await expect(removal).rejects.toThrow(/Cannot delete/);
  });
});

describe("suppliers and parts that we make", () => {
  it.each([
    ["Supplier", { _number: `S-${Date.now()}`, name: "Made here", _address: { city: "Utrecht", country: "NL" } }],
    ["Part", { _number: `P-${Date.now()}`, name: "Made here", _unit: "KGM", weight: "1.25" }],
  ] as [EntityName, JsonObject][])("are found by number and by reference: %s", async (entity, body) => {
    const port = odoo.entities[entity]!;
    const reference = newReference();
    const result = await port.push!.send(session, { op: "create", reference, body });
    if (result.done !== "confirmed") throw new Error("not confirmed");
    const [byKey, ...others] = await port.lookup!(session, { key: { number: body["_number"] ?? null } });
    expect(others).toEqual([]);
    expect(byKey?.externalId).toBe(result.externalId);
    expect((await port.lookup!(session, { reference })).map((row) => row.externalId)).toEqual([result.externalId]);
    expect(byKey?.body).toMatchObject({ _number: body["_number"] });
  });
});

async function read(model: string, id: number, fields: string[]): Promise<JsonObject> {
  const [row] = await direct.call<JsonObject[]>(model, "read", [[id], fields]);
  if (!row) throw new Error(`${model} ${id} is not there`);
  return row;
}

const nextSecond = () => new Promise((resolve) => setTimeout(resolve, 1010 - (Date.now() % 1000)));
