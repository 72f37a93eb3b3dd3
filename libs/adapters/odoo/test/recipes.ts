import type { ConformanceHarness } from "@dovetail/adapter-conformance";
import { odoo } from "../src/adapter";
import type { EntityName, Json, JsonObject } from "@dovetail/domain";

/** Calls a model's method past the adapter. */
export type DirectCall = (model: string, method: string, args: Json[], named?: JsonObject) => Promise<Json>;

/** How rows of an entity are made, changed and pushed on a real Odoo, past the adapter. */
interface Recipe {
  model: string;
  values(n: number): JsonObject;
  change: JsonObject;
  keyField: string;
  push?: { create(n: number): JsonObject; update: JsonObject };
}

let counter = Date.now();

function recipes(partner: number, product: number): { [E in EntityName]?: Recipe } {
  const party = (kind: string, rank: string | undefined): Recipe => ({
    model: "res.partner",
    values: (n) => ({ name: `${kind} ${n}`, ref: `${kind}-${n}`, ...(rank ? { [rank]: 1 } : {}) }),
    change: { street: "Changed 1" },
    keyField: "ref",
    push: { create: (n) => ({ _number: `${kind}-${n}`, name: `${kind} ${n}` }), update: { phone: "+31 1" } },
  });
  const line = { product_id: product, product_qty: 2, price_unit: 3, name: "line" };
  return {
    Supplier: party("SUP", "supplier_rank"),
    Customer: party("CUS", "customer_rank"),
    Contact: party("CON", undefined),
    Part: {
      model: "product.product",
      values: (n) => ({ name: `Part ${n}`, default_code: `PART-${n}` }),
      change: { weight: 3.5 },
      keyField: "default_code",
      push: { create: (n) => ({ _number: `PART-${n}`, name: `Part ${n}` }), update: { name: "Changed" } },
    },
    PurchaseOrder: {
      model: "purchase.order",
      values: (n) => ({ name: `PO-${n}`, partner_id: partner, order_line: [[0, 0, line]] }),
      change: { partner_ref: "changed" },
      keyField: "name",
      push: {
        create: (n) => ({
          _number: `PO-${n}`,
          partner_id: [partner],
          _lines: [{ _line: "1", product_id: [product], product_qty: "2", price_unit: "3" }],
        }),
        update: { partner_ref: "pushed" },
      },
    },
    SalesOrder: {
      model: "sale.order",
      values: (n) => ({ name: `SO-${n}`, partner_id: partner, order_line: [[0, 0, { product_id: product }]] }),
      change: { client_order_ref: "changed" },
      keyField: "name",
      push: {
        create: (n) => ({
          _number: `SO-${n}`,
          partner_id: [partner],
          _lines: [{ _line: "1", product_id: [product], product_uom_qty: "2", price_unit: "3" }],
        }),
        update: { client_order_ref: "pushed" },
      },
    },
  };
}

/** What the harnesses of a real and of a simulated Odoo have in common: rows by recipe, made past the adapter. */
export async function odooRows(
  call: DirectCall,
): Promise<
  Pick<Required<ConformanceHarness>, "adapter" | "entities" | "seed" | "mutate" | "remove" | "keyOf" | "pushBody">
> {
  const first = async (model: string, field: string) => {
    const ids = await call(model, "search", [[[field, "!=", false]]], { limit: 1 });
    return Array.isArray(ids) ? Number(ids[0]) : 0;
  };
  const known = recipes(await first("res.partner", "purchase_line_ids"), await first("product.product", "purchase_ok"));
  const recipe = (entity: EntityName): Recipe => {
    const found = known[entity];
    if (!found) throw new Error(`no recipe for ${entity}`);
    return found;
  };
  return {
    adapter: odoo,
    entities: Object.keys(known) as EntityName[],
    async seed(entity, count) {
      const { model, values } = recipe(entity);
      const list: Json[] = Array.from({ length: count }, () => values(++counter));
      return ((await call(model, "create", [list])) as number[]).map(String);
    },
    async mutate(entity, externalId) {
      await call(recipe(entity).model, "write", [[Number(externalId)], recipe(entity).change]);
    },
    async remove(entity, externalId) {
      const { model } = recipe(entity);
      if (model === "purchase.order") await call(model, "button_cancel", [[Number(externalId)]]);
      await call(model, "unlink", [[Number(externalId)]]);
    },
    async keyOf(entity, externalId) {
      const { model, keyField } = recipe(entity);
      const [row] = (await call(model, "read", [[Number(externalId)], [keyField]])) as JsonObject[];
      return { number: row?.[keyField] ?? null };
    },
    pushBody: (entity) => {
      const { push } = recipe(entity);
      if (!push) throw new Error(`${entity} is not pushed`);
      return { create: push.create(++counter), update: push.update };
    },
  };
}
