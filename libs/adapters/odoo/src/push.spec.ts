import { AdapterError } from "@dovetail/adapter-sdk";
import type { JsonObject } from "@dovetail/domain";
import { fakeSession, fieldsGet } from "../test/fake-odoo";
import { MODELS } from "./models";
import { lookupRecord, sendRecord } from "./push";

const ORDER = {
  name: "char",
  origin: "char",
  state: "selection",
  partner_id: "many2one",
  currency_id: "many2one",
  date_order: "datetime",
  note: "html",
  order_line: "one2many",
  write_date: "datetime",
};
const LINE = {
  order_id: "many2one",
  sequence: "integer",
  name: "text",
  product_id: "many2one",
  product_qty: "float",
  product_uom_id: "many2one",
  write_date: "datetime",
};
const REFERENCE = "ABCDEFGHIJKL";

function odoo(lines: JsonObject[] = [], more: Parameters<typeof fakeSession>[0] = {}) {
  const header = {
    id: 41,
    name: "PO-1",
    write_date: "2026-11-20 10:00:00",
    order_line: lines.map(({ id }) => id ?? 0),
  };
  return fakeSession({
    "purchase.order.fields_get": fieldsGet(ORDER),
    "purchase.order.line.fields_get": fieldsGet(LINE),
    "purchase.order.create": () => [41],
    "purchase.order.write": () => true,
    "purchase.order.button_confirm": () => true,
    "purchase.order.button_cancel": () => true,
    "purchase.order.search_read": () => [header],
    "purchase.order.line.search_read": () => lines,
    ...more,
  });
}

const sent = (fake: ReturnType<typeof odoo>, method: string) => fake.calls.filter((call) => call.method === method);
const old = (id: number, number: number, extra: JsonObject = {}): JsonObject => ({
  id,
  order_id: [41, "PO-1"],
  sequence: number - 1_000_000,
  name: "bolt",
  product_id: [15, "Bolt"],
  product_qty: 4,
  product_uom_id: [1, "Units"],
  write_date: "2026-11-20 10:00:00",
  ...extra,
});

describe("a new order", () => {
  it("is written in this version's words, with number, reference and line numbers", async () => {
    const fake = odoo();
    await sendRecord(fake.session, MODELS.PurchaseOrder, {
      op: "create",
      reference: REFERENCE,
      body: {
        _number: "PO-1",
        partner_id: ["7"],
        _currency: "EUR",
        date_order: "2026-11-20T10:00:00Z",
        notes: null,
        _lines: [{ _line: "10", product_id: [15], product_qty: "4.5", _unit: "KGM" }],
      },
    });
    expect(sent(fake, "create")[0]?.named).toEqual({
      vals_list: [
        {
          name: "PO-1",
          partner_id: 7,
          currency_id: 1,
          date_order: "2026-11-20 10:00:00",
          origin: REFERENCE,
          order_line: [[0, 0, { product_id: 15, product_qty: 4.5, product_uom_id: 3, sequence: -999_990 }]],
        },
      ],
    });
    expect(sent(fake, "create")[0]?.context).not.toHaveProperty("active_test");
  });

  it("is confirmed by the button; when that is refused the order stands and is shown as it is", async () => {
    const refused = () => {
      throw new AdapterError("no", { category: "VALIDATION", code: "ERP008", sent: "no" });
    };
    const fake = odoo([], { "purchase.order.button_confirm": refused });
    const request = { op: "create" as const, reference: REFERENCE, body: { _number: "PO-1", state: "purchase" } };
    const result = await sendRecord(fake.session, MODELS.PurchaseOrder, request);
    expect(result).toMatchObject({ done: "confirmed", externalId: "41", shown: { externalId: "41" } });
    expect(sent(fake, "button_confirm")).toHaveLength(1);
  });

  it("is refused before anything is sent when Odoo lacks what it names", async () => {
    for (const [body, words] of [
      [{ _currency: "QQQ" }, /no currency QQQ/],
      [{ colour: "red" }, /no field colour/],
      [{ _lines: [{ _line: "1", _unit: "ZZ" }] }, /no unit ZZ/],
      [{ _lines: [{ _line: "x" }] }, /line numbers/],
      [{ state: "lost" }, /no state/],
    ] as [JsonObject, RegExp][]) {
      const fake = odoo();
      const request = { op: "create" as const, reference: REFERENCE, body };
      await expect(sendRecord(fake.session, MODELS.PurchaseOrder, request)).rejects.toThrow(words);
      expect(sent(fake, "create")).toEqual([]);
    }
  });
});

describe("a changed order", () => {
  const update = (fake: ReturnType<typeof odoo>, body: JsonObject, version?: string) =>
    sendRecord(fake.session, MODELS.PurchaseOrder, {
      op: "update",
      externalId: "41",
      reference: REFERENCE,
      body,
      ...(version ? { version } : {}),
    });

  it("takes one call when only its head changes", async () => {
    const fake = odoo();
    await update(fake, { notes: "soon" });
    const calls = fake.calls.filter(({ method }) => method !== "fields_get");
    expect(calls).toMatchObject([{ method: "write", ids: [41], named: { vals: { note: "soon" } } }]);
  });

  it("sends of its lines what differs", async () => {
    const fake = odoo([old(50, 1), old(51, 2), old(52, 3)]);
    const same = { product_id: [15], name: "bolt", product_qty: "4", _unit: "EA" };
    const lines = [
      { _line: "1", ...same },
      { _line: "2", ...same, product_qty: "5" },
      { _line: "4", name: "new" },
    ];
    await update(fake, { _lines: lines });
    expect(sent(fake, "write")[0]?.named).toEqual({
      vals: {
        order_line: [
          [1, 51, { product_qty: 5 }],
          [0, 0, { name: "new", sequence: -999_996 }],
          [2, 52],
        ],
      },
    });
  });

  it("writes nothing when its lines are as they should be", async () => {
    const fake = odoo([old(50, 1)]);
    await update(fake, { _lines: [{ _line: "1", name: "bolt" }] });
    expect(sent(fake, "write")).toEqual([]);
  });

  it("is a conflict when Odoo holds another version of the lines", async () => {
    const fake = odoo([old(50, 1)]);
    const stale = update(fake, { _lines: [] }, "2026-11-20 09:00:00//0");
    await expect(stale).rejects.toMatchObject({ category: "CONFLICT", sent: "no" });
    expect(sent(fake, "write")).toEqual([]);
  });

  it("is cancelled by the button, not by writing the state", async () => {
    const fake = odoo();
    await update(fake, { state: "cancel" });
    expect(sent(fake, "write")).toEqual([]);
    expect(sent(fake, "button_cancel")).toMatchObject([{ ids: [41] }]);
  });
});

describe("records without a source field", () => {
  const partner = (extra: Parameters<typeof fakeSession>[0] = {}) =>
    fakeSession({
      "res.partner.fields_get": fieldsGet({
        name: "char",
        ref: "char",
        message_ids: "one2many",
        country_id: "many2one",
        street: "char",
        street2: "char",
        zip: "char",
        city: "char",
        state_id: "many2one",
        supplier_rank: "integer",
      }),
      "res.partner.create": () => [7],
      "res.partner.search_read": () => [],
      ...extra,
    });

  it("carry the reference in their log, written by the same call", async () => {
    const fake = partner();
    const body = { _number: "S-1", name: "Bolts", _address: { city: "Utrecht", country: "NL" } };
    const request = { op: "create" as const, reference: REFERENCE, body };
    expect(await sendRecord(fake.session, MODELS.Supplier, request, { supplier_rank: 1 })).toEqual({
      done: "confirmed",
      externalId: "7",
    });
    expect(sent(fake, "create")[0]?.named).toMatchObject({
      vals_list: [
        {
          ref: "S-1",
          supplier_rank: 1,
          city: "Utrecht",
          country_id: 165,
          message_ids: [[0, 0, { model: "res.partner", body: `Reference ${REFERENCE}` }]],
        },
      ],
    });
  });

  it("are looked up by reference, number, made-up number and id", async () => {
    const fake = partner();
    for (const by of [
      { reference: REFERENCE },
      { key: { supplierNumber: "S-1" } },
      { key: { supplierNumber: "ODOO-7" } },
      { externalId: "7" },
    ])
      await lookupRecord(fake.session, MODELS.Contact, by);
    expect(
      sent(fake, "search_read")
        .filter(({ model }) => model === "res.partner")
        .map(({ named }) => named?.["domain"]),
    ).toEqual([
      [["message_ids.body", "like", REFERENCE]],
      [["ref", "=", "S-1"]],
      ["|", ["ref", "=", "ODOO-7"], "&", ["ref", "=", false], ["id", "=", 7]],
      [["id", "=", 7]],
    ]);
    expect(await lookupRecord(fake.session, MODELS.Contact, { externalId: "P-7" })).toEqual([]);
    await expect(lookupRecord(fake.session, MODELS.GlAccount, { key: { accountCode: "1" } })).rejects.toThrow(
      /cannot look up/,
    );
  });
});
