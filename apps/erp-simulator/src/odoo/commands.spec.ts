import { Database } from "./database";
import type { Json, JsonObject } from "./values";
import { seedBase } from "../seed/base";

async function order() {
  const database = new Database({ version: 17 });
  seedBase(database);
  const call = async (model: string, method: string, args: Json[], kwargs: JsonObject = {}) =>
    JSON.parse(JSON.stringify(await database.call({ model, method, args, kwargs }))) as Json;
  const partner = await call("res.partner", "create", [{ name: "V", is_company: true }]);
  const product = await call("product.product", "create", [{ name: "Bolt", default_code: "B" }]);
  const line = (qty: number, price: number) => ({ product_id: product, product_qty: qty, price_unit: price });
  const id = (await call("purchase.order", "create", [
    {
      partner_id: partner,
      order_line: [
        [0, 0, line(2, 1.5)],
        [0, 0, line(1, 10)],
      ],
    },
  ])) as number;
  const read = async () =>
    (
      (await call("purchase.order", "read", [[id], ["order_line", "amount_total", "write_date"]])) as JsonObject[]
    )[0] as JsonObject;
  const write = (commands: Json) => call("purchase.order", "write", [[id], { order_line: commands }]);
  return { call, id, read, write, line, database, partner };
}

describe("x2many commands", () => {
  it("creates, changes and deletes lines, and the total follows exactly", async () => {
    const { read, write, line } = await order();
    const [first, second] = (await read())["order_line"] as number[];
    expect((await read())["amount_total"]).toBe(13);
    await write([
      [1, first ?? 0, { price_unit: 0.1 }],
      [0, 0, line(3, 0.1)],
    ]);
    expect((await read())["amount_total"]).toBe(10.5);
    await write([[2, second ?? 0, 0]]);
    expect((await read())["amount_total"]).toBe(0.5);
    await write([[5, 0, 0]]);
    expect(await read()).toMatchObject({ order_line: [], amount_total: 0 });
  });

  it("replaces, links and unlinks many2many members", async () => {
    const { call } = await order();
    const id = (await call("res.partner", "create", [{ name: "T", category_id: [[6, 0, [1, 2]]] }])) as number;
    const tags = async () =>
      ((await call("res.partner", "read", [[id], ["category_id"]])) as JsonObject[])[0]?.["category_id"];
    expect(await tags()).toEqual([1, 2]);
    await call("res.partner", "write", [
      [id],
      {
        category_id: [
          [4, 3, 0],
          [3, 1, 0],
        ],
      },
    ]);
    expect(await tags()).toEqual([2, 3]);
    await call("res.partner", "write", [[id], { category_id: [[0, 0, { name: "New" }]] }]);
    expect(await tags()).toHaveLength(3);
  });

  it("takes everything back when one line is wrong", async () => {
    const { call, partner, line } = await order();
    const count = async () => [
      await call("purchase.order", "search_count", [[]]),
      await call("purchase.order.line", "search_count", [[]]),
    ];
    const before = await count();
    const bad = { ...line(1, 1), product_id: 99999 };
    await expect(
      call("purchase.order", "create", [
        {
          partner_id: partner,
          order_line: [
            [0, 0, line(1, 1)],
            [0, 0, bad],
          ],
        },
      ]),
    ).rejects.toThrow("purchase_order_line_product_id_fkey");
    expect(await count()).toEqual(before);
  });

  it("touches the order when a line changes its total", async () => {
    const { call, read, database } = await order();
    const before = String((await read())["write_date"]);
    database.world.clock.advance(5000);
    const [first] = (await read())["order_line"] as number[];
    await call("purchase.order.line", "write", [[first ?? 0], { price_unit: 99 }]);
    expect(String((await read())["write_date"]) > before).toBe(true);
  });
});

describe("a purchase order on its way", () => {
  it("is received into stock and may no longer be cancelled", async () => {
    const { call, id } = await order();
    await call("purchase.order", "button_confirm", [[id]]);
    const [row] = (await call("purchase.order", "read", [
      [id],
      ["picking_ids", "state", "receipt_status"],
    ])) as JsonObject[];
    expect(row).toMatchObject({ state: "purchase", receipt_status: "pending" });
    await call("stock.picking", "button_validate", [row?.["picking_ids"] ?? []]);
    const [after] = (await call("purchase.order", "read", [[id], ["receipt_status"]])) as JsonObject[];
    expect(after).toMatchObject({ receipt_status: "full" });
    const quants = await call("stock.quant", "search_read", [[["location_id.usage", "=", "internal"]]], {
      fields: ["quantity"],
    });
    expect(quants).toEqual([expect.objectContaining({ quantity: 3 })]);
    await expect(call("purchase.order", "button_cancel", [[id]])).rejects.toThrow(
      "some receptions have already been done",
    );
  });

  it("has a reference that can be searched but is not unique", async () => {
    const { call, partner } = await order();
    for (let n = 0; n < 2; n++) await call("purchase.order", "create", [{ partner_id: partner, origin: "DVT-1" }]);
    expect(await call("purchase.order", "search_count", [[["origin", "=", "DVT-1"]]])).toBe(2);
  });
});

describe("an invoice", () => {
  it("balances, posts once, and cannot be deleted afterwards", async () => {
    const { call, partner } = await order();
    const id = await call("account.move", "create", [
      {
        move_type: "in_invoice",
        partner_id: partner,
        invoice_line_ids: [[0, 0, { name: "x", quantity: 3, price_unit: 0.335, tax_ids: [[6, 0, [2]]] }]],
      },
    ]);
    await call("account.move", "action_post", [[id]]);
    const [row] = (await call("account.move", "read", [
      [id],
      ["amount_untaxed", "amount_tax", "amount_total", "state", "name"],
    ])) as JsonObject[];
    expect(row).toMatchObject({ amount_untaxed: 1.02, amount_tax: 0.21, amount_total: 1.23, state: "posted" });
    const lines = (await call("account.move.line", "search_read", [[["move_id", "=", id]]], {
      fields: ["debit", "credit"],
    })) as JsonObject[];
    const sum = (side: string) => lines.reduce((total, line) => total + Math.round(Number(line[side]) * 100), 0);
    expect(sum("debit")).toBe(sum("credit"));
    await expect(call("account.move", "action_post", [[id]])).rejects.toThrow("must be in draft");
    await expect(call("account.move", "unlink", [[id]])).rejects.toThrow("posted");
  });
});
