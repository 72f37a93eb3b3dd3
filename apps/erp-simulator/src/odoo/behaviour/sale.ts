import { decimal, roundTo } from "../decimals";
import type { Behaviour, Env, Method } from "../env";
import { userError } from "../errors";
import type { Cell, JsonObject, Row } from "../values";
import { write } from "../writer";
import { lineAmounts, saleTaxField, sumOf, unitField } from "./amounts";
import { moveQuantity } from "./stock";
import { cancelPickings, createPicking } from "./transfers";

const ORDER = "sale.order";
const LINE = "sale.order.line";

function orderDefaults(env: Env, values: JsonObject): JsonObject {
  const partner = values["partner_id"] ?? false;
  return {
    state: "draft",
    date_order: env.tx.stamp.slice(0, 19),
    user_id: env.uid,
    company_id: 1,
    currency_id: 1,
    warehouse_id: 1,
    invoice_status: "no",
    amount_untaxed: 0,
    amount_tax: 0,
    amount_total: 0,
    partner_invoice_id: partner,
    partner_shipping_id: partner,
    ...values,
    ...(values["name"] || values["sim_defaults"] === true
      ? {}
      : { name: `S${String(env.tx.nextNumber(ORDER)).padStart(5, "0")}` }),
  };
}

function lineDefaults(env: Env, values: JsonObject): JsonObject {
  const product = typeof values["product_id"] === "number" ? values["product_id"] : 0;
  const price = product ? env.get("product.product", product, "list_price") : null;
  return {
    sequence: 10,
    product_uom_qty: 1,
    discount: 0,
    qty_delivered: 0,
    qty_invoiced: 0,
    price_unit: String(price ?? 0),
    [unitField(env)]: (product ? env.id("product.product", product, "uom_id") : null) ?? 1,
    name: product ? env.displayName("product.product", product) : false,
    ...values,
  };
}

function recompute(env: Env, lines: readonly number[]): void {
  for (const id of lines) {
    const amounts = lineAmounts(env, {
      quantity: env.get(LINE, id, "product_uom_qty"),
      price: env.get(LINE, id, "price_unit"),
      discount: env.get(LINE, id, "discount"),
      taxes: env.get(LINE, id, saleTaxField(env)),
    });
    const open = decimal(env.get(LINE, id, "product_uom_qty")).minus(decimal(env.get(LINE, id, "qty_invoiced")));
    env.assign(LINE, id, {
      price_subtotal: amounts.net,
      price_tax: amounts.tax,
      price_total: amounts.gross,
      qty_to_invoice: roundTo(open, 2),
    });
  }
  for (const order of new Set(lines.map((id) => env.id(LINE, id, "order_id")))) if (order !== null) totals(env, order);
}

function totals(env: Env, order: number): void {
  const lines = env.ids(ORDER, order, "order_line");
  env.assign(ORDER, order, {
    amount_untaxed: sumOf(env, LINE, lines, "price_subtotal"),
    amount_tax: sumOf(env, LINE, lines, "price_tax"),
    amount_total: sumOf(env, LINE, lines, "price_total"),
  });
}

const confirm: Method = (env, ids) => {
  for (const id of ids) {
    if (!["draft", "sent"].includes(env.text(ORDER, id, "state"))) {
      throw userError("Some orders are not in a state requiring confirmation.");
    }
    write(env, ORDER, [id], { state: "sale", date_order: env.tx.stamp.slice(0, 19), invoice_status: "to invoice" });
    deliver(env, id);
  }
  return true;
};

function deliver(env: Env, order: number): void {
  const lines = env.ids(ORDER, order, "order_line").filter((line) => env.id(LINE, line, "product_id") !== null);
  if (lines.length === 0) return;
  createPicking(env, {
    type: 2,
    origin: env.text(ORDER, order, "name"),
    partner: env.id(ORDER, order, "partner_shipping_id"),
    links: { sale_id: order },
    moves: lines.map((line) => ({
      product: env.id(LINE, line, "product_id") ?? 0,
      quantity: env.get(LINE, line, "product_uom_qty"),
      unit: env.id(LINE, line, unitField(env)) ?? 1,
      name: env.text(LINE, line, "name"),
      price: null,
      links: { sale_line_id: line },
    })),
  });
}

const setOrderState =
  (state: string): Method =>
  (env, ids) => {
    write(env, ORDER, ids, { state });
    return true;
  };

/** Until 16 a locked order is in state `done`, later it is marked. */
function lock(env: Env, ids: number[], locked: boolean): boolean {
  write(env, ORDER, ids, env.version === 14 ? { state: locked ? "done" : "sale" } : { locked });
  return true;
}

/** Sales orders. */
export const SALE_ORDER: Behaviour = {
  prepare: orderDefaults,
  beforeUnlink: (env, ids) => {
    if (ids.some((id) => !["draft", "cancel"].includes(env.text(ORDER, id, "state")))) {
      throw userError("You can not delete a sent quotation or a confirmed sales order. You must first cancel it.");
    }
  },
  methods: {
    action_confirm: confirm,
    action_cancel: (env, ids) => {
      for (const id of ids) cancelPickings(env, env.ids(ORDER, id, "picking_ids"));
      write(env, ORDER, ids, { state: "cancel" });
      return true;
    },
    action_quotation_sent: setOrderState("sent"),
    action_done: (env, ids) => lock(env, ids, true),
    action_lock: (env, ids) => lock(env, ids, true),
    action_unlock: (env, ids) => lock(env, ids, false),
    action_draft: (env, ids) => {
      write(env, ORDER, ids, { state: "draft" });
      return true;
    },
  },
};

const fromOrder =
  (field: string) =>
  (env: Env, row: Row): Cell =>
    typeof row["order_id"] === "number" ? env.get(ORDER, row["order_id"], field) : null;

/** Sales order lines. */
export const SALE_LINE: Behaviour = {
  prepare: lineDefaults,
  after: (env, ids) => recompute(env, ids),
  afterUnlink: (env, rows) => {
    for (const order of new Set(rows.map((row) => row["order_id"]))) {
      if (typeof order === "number" && env.row(ORDER, order)) totals(env, order);
    }
  },
  computed: {
    order_partner_id: fromOrder("partner_id"),
    currency_id: fromOrder("currency_id"),
    company_id: fromOrder("company_id"),
    state: fromOrder("state"),
  },
};

const finish: Method = (env, ids) => {
  for (const id of ids) {
    const quantity = String(env.get("mrp.production", id, "product_qty"));
    const place = env.id("mrp.production", id, "location_dest_id") ?? 8;
    moveQuantity(env, env.id("mrp.production", id, "product_id") ?? 0, place, null, quantity);
    write(env, "mrp.production", [id], {
      state: "done",
      qty_produced: quantity,
      date_finished: env.tx.stamp.slice(0, 19),
    });
  }
  return true;
};

const setState =
  (state: string): Method =>
  (env, ids) => {
    write(env, "mrp.production", ids, { state });
    return true;
  };

/** Manufacturing orders. */
export const PRODUCTION: Behaviour = {
  prepare: (env, values) => ({
    priority: "0",
    state: "draft",
    product_qty: 1,
    product_uom_id: 1,
    picking_type_id: 4,
    location_src_id: 8,
    location_dest_id: 8,
    company_id: 1,
    user_id: env.uid,
    qty_producing: 0,
    qty_produced: 0,
    [env.version === 14 ? "date_planned_start" : "date_start"]: env.tx.stamp.slice(0, 19),
    ...values,
    ...(values["name"] || values["sim_defaults"] === true
      ? {}
      : { name: `WH/MO/${String(env.tx.nextNumber("mrp.production")).padStart(5, "0")}` }),
  }),
  methods: {
    action_confirm: setState("confirmed"),
    action_assign: setState("confirmed"),
    action_cancel: setState("cancel"),
    button_mark_done: finish,
  },
};
