import { plain, total } from "../decimals";
import type { Behaviour, Env } from "../env";
import type { Cell, JsonObject, Row } from "../values";
import { create } from "../writer";

/** Quantity on hand in internal locations, as a decimal string. */
function onHand(env: Env, product: number): string {
  const quants = env.store.childIds("stock.quant", "product_id", product);
  const internal = quants.filter((id) => {
    const location = env.id("stock.quant", id, "location_id");
    return location !== null && env.get("stock.location", location, "usage") === "internal";
  });
  return plain(total(internal.map((id) => env.get("stock.quant", id, "quantity"))));
}

/** Open moves of a product of one kind of transfer. */
function open(env: Env, product: number, from: string): string {
  const table = env.store.table("stock.move");
  const ids = table.ids.filter((id) => {
    const row = table.rows.get(id);
    if (row?.["product_id"] !== product || ["done", "cancel", "draft"].includes(String(row["state"]))) return false;
    return env.get("stock.location", Number(row["location_id"]), "usage") === from;
  });
  return plain(total(ids.map((id) => env.get("stock.move", id, "product_uom_qty"))));
}

/** Variants: label with code, stock figures. */
export const PRODUCT: Behaviour = {
  displayName: (env, row, id) => {
    const name = env.text("product.product", id, "name");
    return typeof row["default_code"] === "string" ? `[${row["default_code"]}] ${name}` : name;
  },
  prepare: (_env, values) => ({ standard_price: 0, volume: 0, weight: 0, ...values }),
  after: (env, ids, changed) => {
    // Odoo 17 and 19 keep the later of both stamps on the variant; both rows carry this transaction's anyway.
    if (!changed.includes("active")) return;
    for (const id of ids) {
      const template = env.id("product.product", id, "product_tmpl_id");
      if (template !== null)
        env.assign("product.template", template, { active: env.get("product.product", id, "active") });
    }
  },
  computed: {
    lst_price: (env, row) =>
      typeof row["product_tmpl_id"] === "number"
        ? env.get("product.template", row["product_tmpl_id"], "list_price")
        : null,
    qty_available: (env, _row, id) => onHand(env, id),
    virtual_available: (env, _row, id) => onHand(env, id),
    incoming_qty: (env, _row, id) => open(env, id, "supplier"),
    outgoing_qty: (env, _row, id) => open(env, id, "internal"),
  },
};

function onlyVariant(env: Env, template: number): number | undefined {
  const variants = env.store.childIds("product.product", "product_tmpl_id", template);
  return variants.length === 1 ? variants[0] : undefined;
}

const fromVariant =
  (field: string) =>
  (env: Env, row: Row, id: number): Cell => {
    const variant = onlyVariant(env, id);
    return variant === undefined ? (row[field] ?? null) : env.get("product.product", variant, field);
  };

function templateDefaults(env: Env, values: JsonObject): JsonObject {
  const type = env.version === 17 ? "detailed_type" : "type";
  const kind = values[type] ?? "consu";
  const unit = values["uom_id"] ?? 1;
  return {
    [type]: kind,
    ...(env.version === 17 ? { type: kind } : {}),
    ...(env.version < 18 ? { uom_po_id: unit } : { is_storable: false }),
    categ_id: 1,
    list_price: 1,
    sale_ok: true,
    purchase_ok: true,
    tracking: "none",
    color: 0,
    sequence: 1,
    ...values,
    uom_id: unit,
  };
}

/** Templates: creating one creates its variant, and 17 and 19 stamp the variants of a changed template. */
export const TEMPLATE: Behaviour = {
  prepare: templateDefaults,
  after: (env, ids, changed) => {
    for (const id of ids) {
      const variants = env.store.childIds("product.product", "product_tmpl_id", id);
      const row = env.row("product.template", id);
      if (
        variants.length === 0 &&
        row?.["write_date"] === row?.["create_date"] &&
        env.context["sim_no_variant"] !== true
      ) {
        create(env, "product.product", { product_tmpl_id: id, ...copied(env, id) });
      }
      for (const variant of variants) {
        if (changed.includes("active")) env.assign("product.product", variant, { active: row?.["active"] ?? true });
        if (env.version > 14) env.assign("product.product", variant, { write_date: env.tx.stamp });
      }
    }
  },
  computed: {
    default_code: fromVariant("default_code"),
    barcode: fromVariant("barcode"),
    standard_price: fromVariant("standard_price"),
    product_variant_id: (env, _row, id) => env.store.childIds("product.product", "product_tmpl_id", id)[0] ?? null,
    product_variant_count: (env, _row, id) => env.store.childIds("product.product", "product_tmpl_id", id).length,
    qty_available: (env, _row, id) =>
      plain(total(env.store.childIds("product.product", "product_tmpl_id", id).map((variant) => onHand(env, variant)))),
    uom_name: (env, row) => (typeof row["uom_id"] === "number" ? env.text("uom.uom", row["uom_id"], "name") : null),
    currency_id: () => 1,
    cost_currency_id: () => 1,
  },
};

/** Values a client gave to the template that belong to its variant. */
function copied(env: Env, template: number): JsonObject {
  const row = env.row("product.template", template) ?? {};
  const values: JsonObject = {};
  for (const field of ["default_code", "barcode", "standard_price"]) {
    const cell = row[field];
    if (typeof cell === "string") values[field] = cell;
  }
  return values;
}

/** `All / Components`, `WH/Stock/Shelf A`: the names from the root to the record. */
export function fullName(model: string, parentField: string, separator: string): (env: Env, row: Row) => string {
  const path = (env: Env, row: Row): string => {
    const parent = row[parentField];
    const above = typeof parent === "number" ? env.row(model, parent) : undefined;
    const name = String(row["name"] ?? "");
    return above ? `${path(env, above)}${separator}${name}` : name;
  };
  return path;
}

/** Categories are labelled with their whole path. */
export const CATEGORY: Behaviour = {
  displayName: (env, row) => fullName("product.category", "parent_id", " / ")(env, row),
  computed: { complete_name: (env, row) => fullName("product.category", "parent_id", " / ")(env, row) },
};
