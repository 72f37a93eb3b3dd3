import { decimal, roundTo } from "../decimals";
import type { Behaviour, Env, Method } from "../env";
import { userError } from "../errors";
import type { Cell, JsonObject, Row } from "../values";
import { write } from "../writer";
import { lineAmounts, purchaseTaxField, unitField } from "./amounts";
import { recomputeOrder } from "./purchase-totals";
import { cancelPickings, createPicking } from "./transfers";

const ORDER = "purchase.order";
const LINE = "purchase.order.line";

function orderDefaults(env: Env, values: JsonObject): JsonObject {
  const now = env.tx.stamp.slice(0, 19);
  const partner = typeof values["partner_id"] === "number" ? values["partner_id"] : 0;
  const currency = partner ? env.id("res.partner", partner, "property_purchase_currency_id") : null;
  const named = values["name"] && values["name"] !== "New";
  return {
    priority: "0",
    state: "draft",
    company_id: 1,
    user_id: env.uid,
    picking_type_id: 1,
    invoice_status: "no",
    amount_untaxed: 0,
    amount_tax: 0,
    amount_total: 0,
    currency_rate: 1,
    date_order: now,
    date_planned: env.version === 14 ? `${now.slice(0, 10)} 11:00:00` : now,
    currency_id: currency ?? 1,
    ...values,
    ...(named || values["sim_defaults"] === true
      ? {}
      : { name: `P${String(env.tx.nextNumber("purchase.order")).padStart(5, "0")}` }),
  };
}

function lineDefaults(env: Env, values: JsonObject): JsonObject {
  if (values["display_type"]) return { product_qty: 0, price_unit: 0, sequence: 10, ...values };
  const product = typeof values["product_id"] === "number" ? values["product_id"] : 0;
  const order = typeof values["order_id"] === "number" ? values["order_id"] : 0;
  const unit = product ? env.id("product.product", product, "uom_id") : null;
  const cost = product ? env.get("product.product", product, "standard_price") : null;
  return {
    sequence: 10,
    product_qty: 1,
    price_unit: String(cost ?? 0),
    qty_received: 0,
    qty_invoiced: 0,
    qty_received_method: "stock_moves",
    [unitField(env)]: unit ?? 1,
    partner_id: (order ? env.id(ORDER, order, "partner_id") : null) ?? false,
    name: product ? env.displayName("product.product", product) : false,
    date_planned: (order ? env.text(ORDER, order, "date_planned") : "") || env.tx.stamp.slice(0, 19),
    ...values,
  };
}

function recomputeLines(env: Env, ids: readonly number[]): void {
  const orders = new Set<number>();
  for (const id of ids) {
    const amounts = lineAmounts(env, {
      quantity: env.get(LINE, id, "product_qty"),
      price: env.get(LINE, id, "price_unit"),
      discount: env.get(LINE, id, "discount"),
      taxes: env.get(LINE, id, purchaseTaxField(env)),
    });
    const ordered = decimal(env.get(LINE, id, "product_qty"));
    env.assign(LINE, id, {
      price_subtotal: amounts.net,
      price_tax: amounts.tax,
      price_total: amounts.gross,
      product_uom_qty: roundTo(ordered, 2),
      qty_to_invoice: roundTo(ordered.minus(decimal(env.get(LINE, id, "qty_invoiced"))), 2),
    });
    const order = env.id(LINE, id, "order_id");
    if (order !== null) orders.add(order);
  }
  for (const order of orders) recomputeOrder(env, order);
}

const confirm: Method = (env, ids) => {
  for (const id of ids) {
    if (!["draft", "sent", "to approve"].includes(env.text(ORDER, id, "state"))) continue;
    write(env, ORDER, [id], { state: "purchase", date_approve: env.tx.stamp.slice(0, 19) });
    receive(env, id);
    recomputeOrder(env, id);
  }
  return true;
};

function receive(env: Env, order: number): void {
  const lines = env.ids(ORDER, order, "order_line").filter((line) => {
    const product = env.id(LINE, line, "product_id");
    return product !== null && env.get("product.product", product, "type") !== "service";
  });
  if (lines.length === 0) return;
  createPicking(env, {
    type: env.id(ORDER, order, "picking_type_id") ?? 1,
    origin: env.text(ORDER, order, "name"),
    partner: env.id(ORDER, order, "partner_id"),
    links: { purchase_id: order },
    moves: lines.map((line) => ({
      product: env.id(LINE, line, "product_id") ?? 0,
      quantity: env.get(LINE, line, "product_qty"),
      unit: env.id(LINE, line, unitField(env)) ?? 1,
      name: env.text(LINE, line, "name"),
      price: env.get(LINE, line, "price_unit"),
      links: { purchase_line_id: line },
    })),
  });
}

const cancel: Method = (env, ids) => {
  for (const id of ids) {
    const pickings = pickingsOf(env, id);
    if (pickings.some((picking) => env.get("stock.picking", picking, "state") === "done")) {
      const name = env.text(ORDER, id, "name");
      throw userError(`Unable to cancel purchase order ${name} as some receptions have already been done.`);
    }
    cancelPickings(env, pickings);
    write(env, ORDER, [id], { state: "cancel" });
    recomputeOrder(env, id);
  }
  return true;
};

function pickingsOf(env: Env, order: number): number[] {
  const table = env.store.table("stock.picking");
  return table.ids.filter((id) => table.rows.get(id)?.["purchase_id"] === order);
}

const setState =
  (state: string, from: readonly string[]): Method =>
  (env, ids) => {
    const eligible = ids.filter((id) => from.includes(env.text(ORDER, id, "state")));
    if (eligible.length > 0) write(env, ORDER, eligible, { state });
    return true;
  };

const lock =
  (locked: boolean): Method =>
  (env, ids) => {
    if (env.version === 19) write(env, ORDER, ids, { locked });
    else return setState(locked ? "done" : "purchase", locked ? ["purchase"] : ["done"])(env, ids, {});
    return true;
  };

/** Purchase orders. */
export const PURCHASE_ORDER: Behaviour = {
  prepare: orderDefaults,
  after: (env, ids, changed) => {
    for (const id of ids) {
      if (changed.includes("partner_id")) {
        const partner = env.id(ORDER, id, "partner_id");
        for (const line of env.ids(ORDER, id, "order_line")) env.assign(LINE, line, { partner_id: partner });
      }
      recomputeOrder(env, id);
    }
  },
  beforeUnlink: (env, ids) => {
    if (ids.some((id) => env.get(ORDER, id, "state") !== "cancel")) {
      throw userError("In order to delete a purchase order, you must cancel it first.");
    }
  },
  displayName: (_env, row) => {
    const reference = typeof row["partner_ref"] === "string" ? ` (${row["partner_ref"]})` : "";
    return `${String(row["name"])}${reference}`;
  },
  computed: {
    picking_ids: (env, _row, id) => pickingsOf(env, id),
    picking_count: (env, _row, id) => pickingsOf(env, id).length,
    incoming_picking_count: (env, _row, id) => pickingsOf(env, id).length,
    is_shipped: (env, _row, id) => {
      const pickings = pickingsOf(env, id);
      return (
        pickings.length > 0 &&
        pickings.every((picking) => ["done", "cancel"].includes(env.text("stock.picking", picking, "state")))
      );
    },
    date_calendar_start: (_env, row) => row["date_approve"] ?? row["date_order"] ?? null,
    company_currency_id: () => 1,
    product_id: (env, _row, id): Cell => {
      const line = env.ids(ORDER, id, "order_line")[0];
      return line === undefined ? null : env.id(LINE, line, "product_id");
    },
  },
  methods: {
    button_confirm: confirm,
    button_approve: confirm,
    button_cancel: cancel,
    button_draft: setState("draft", ["cancel"]),
    print_quotation: setState("sent", ["draft"]),
    button_done: lock(true),
    button_lock: lock(true),
    button_unlock: lock(false),
  },
};

const fromOrder =
  (field: string) =>
  (env: Env, row: Row): Cell =>
    typeof row["order_id"] === "number" ? env.get(ORDER, row["order_id"], field) : null;

/** Purchase order lines: their amounts, and through them the order's. */
export const PURCHASE_LINE: Behaviour = {
  prepare: lineDefaults,
  after: (env, ids) => recomputeLines(env, ids),
  beforeUnlink: (env, ids) => {
    for (const id of ids) {
      const order = env.id(LINE, id, "order_id");
      const state = order === null ? "" : env.text(ORDER, order, "state");
      if (["purchase", "done"].includes(state))
        throw userError(`Cannot delete a purchase order line which is in state '${state}'.`);
    }
  },
  afterUnlink: (env, rows) => {
    for (const order of new Set(rows.map((row) => row["order_id"])))
      if (typeof order === "number") recomputeOrder(env, order);
  },
  computed: {
    currency_id: fromOrder("currency_id"),
    company_id: fromOrder("company_id"),
    date_order: fromOrder("date_order"),
    state: fromOrder("state"),
    product_type: (env, row) =>
      typeof row["product_id"] === "number" ? env.get("product.product", row["product_id"], "type") : null,
  },
};
