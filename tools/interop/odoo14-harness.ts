import type { ConformanceHarness } from "@dovetail/adapter-conformance";
import { odoo } from "@dovetail/adapter-odoo";
import type { EntityName, Json, JsonObject } from "@dovetail/domain";
import { Direct, type OdooPlace } from "./odoo14";
import { configOf, openOdoo } from "./odoo14-sessions";

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

/** The conformance harness of a running Odoo 14: it cannot be made to fail, and its time passes by itself. */
export async function odoo14Harness(place: OdooPlace): Promise<ConformanceHarness> {
  const direct = new Direct(place);
  const [partner = 0] = await direct.call<number[]>("res.partner", "search", [[["purchase_line_ids", "!=", false]]]);
  const [product = 0] = await direct.call<number[]>("product.product", "search", [[["purchase_ok", "=", true]]]);
  const known = recipes(partner, product);
  const recipe = (entity: EntityName): Recipe => {
    const found = known[entity];
    if (!found) throw new Error(`no recipe for ${entity}`);
    return found;
  };
  return {
    adapter: odoo,
    entities: Object.keys(known) as EntityName[],
    config: configOf(place),
    open: ({ as, signal } = {}) =>
      openOdoo(
        {
          ...configOf(place),
          ...(as === "wrongPassword" ? { apiPassword: "not the password" } : {}),
          // The discard port: nothing listens there.
          ...(as === "unreachable" ? { apiEndpoint: "http://127.0.0.1:9" } : {}),
        },
        signal,
      ),
    async seed(entity, count) {
      const { model, values } = recipe(entity);
      const list: Json[] = Array.from({ length: count }, () => values(++counter));
      return (await direct.call<number[]>(model, "create", [list])).map(String);
    },
    async mutate(entity, externalId) {
      await direct.call(recipe(entity).model, "write", [[Number(externalId)], recipe(entity).change]);
    },
    async remove(entity, externalId) {
      const { model } = recipe(entity);
      if (model === "purchase.order") await direct.call(model, "button_cancel", [[Number(externalId)]]);
      await direct.call(model, "unlink", [[Number(externalId)]]);
    },
    async keyOf(entity, externalId) {
      const { model, keyField } = recipe(entity);
      const [row] = await direct.call<JsonObject[]>(model, "read", [[Number(externalId)], [keyField]]);
      return { number: row?.[keyField] ?? null };
    },
    pushBody: (entity) => {
      const { push } = recipe(entity);
      if (!push) throw new Error(`${entity} is not pushed`);
      return { create: push.create(++counter), update: push.update };
    },
    // Its transactions take milliseconds here; waiting out the declared time would prove nothing more.
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 2200))),
  };
}
