import { decimal, plain } from "../decimals";
import type { Behaviour, Env, Method } from "../env";
import { userError } from "../errors";
import type { Cell, JsonObject, Output, Row } from "../values";
import { create, write } from "../writer";
import { fullName } from "./product";
import { cancelPickings, createPicking } from "./transfers";
import { recomputeOrder } from "./purchase-totals";

const PICKING = "stock.picking";
const MOVE = "stock.move";

const doneField = (env: Env): string => (env.version === 14 ? "quantity_done" : "quantity");

/** Adds to the stock of a product at a place. */
export function moveQuantity(env: Env, product: number, location: number, lot: number | null, delta: string): void {
  const quant = env.store.childIds("stock.quant", "product_id", product).find((id) => {
    const row = env.row("stock.quant", id);
    return row?.["location_id"] === location && (row["lot_id"] ?? null) === lot;
  });
  if (quant === undefined) {
    create(env, "stock.quant", {
      product_id: product,
      location_id: location,
      lot_id: lot ?? false,
      quantity: delta,
      reserved_quantity: 0,
    });
    return;
  }
  env.assign("stock.quant", quant, { quantity: plain(decimal(env.get("stock.quant", quant, "quantity")).plus(delta)) });
}

/** Finishes one move: stock leaves one place, arrives at the other, and the order's line learns of it. */
function finishMove(env: Env, move: number, quantity: string): void {
  const number = (field: string) => env.id(MOVE, move, field) ?? 0;
  moveQuantity(env, number("product_id"), number("location_id"), null, plain(decimal(quantity).times(-1)));
  moveQuantity(env, number("product_id"), number("location_dest_id"), null, quantity);
  env.assign(MOVE, move, {
    state: "done",
    [doneField(env)]: quantity,
    product_uom_qty: quantity,
    date: env.tx.stamp.slice(0, 19),
    ...(env.version > 14 ? { picked: true } : {}),
  });
  finishMoveLines(env, move, quantity);
  const purchase = env.id(MOVE, move, "purchase_line_id");
  if (purchase !== null) {
    const received = decimal(env.get("purchase.order.line", purchase, "qty_received")).plus(quantity);
    env.assign("purchase.order.line", purchase, { qty_received: plain(received) });
    recomputeOrder(env, env.id("purchase.order.line", purchase, "order_id") ?? 0);
  }
  const sale = env.id(MOVE, move, "sale_line_id");
  if (sale !== null) {
    const delivered = decimal(env.get("sale.order.line", sale, "qty_delivered")).plus(quantity);
    env.assign("sale.order.line", sale, { qty_delivered: plain(delivered) });
  }
}

function finishMoveLines(env: Env, move: number, quantity: string): void {
  const field = env.version === 14 ? "qty_done" : "quantity";
  const existing = env.store.childIds("stock.move.line", "move_id", move)[0];
  const values: JsonObject = {
    [field]: quantity,
    date: env.tx.stamp.slice(0, 19),
    ...(env.version === 14 ? { product_uom_qty: 0 } : { picked: true }),
  };
  if (existing !== undefined) {
    env.assign("stock.move.line", existing, values as Record<string, Cell>);
    return;
  }
  create(env, "stock.move.line", {
    move_id: move,
    picking_id: env.id(MOVE, move, "picking_id") ?? false,
    product_id: env.id(MOVE, move, "product_id"),
    product_uom_id: env.id(MOVE, move, "product_uom"),
    location_id: env.id(MOVE, move, "location_id"),
    location_dest_id: env.id(MOVE, move, "location_dest_id"),
    company_id: 1,
    ...values,
  });
}

function doneQuantity(env: Env, move: number): string {
  const direct = decimal(env.get(MOVE, move, doneField(env)));
  if (!direct.eq(0)) return plain(direct);
  const field = env.version === 14 ? "qty_done" : "quantity";
  const lines = env.store.childIds("stock.move.line", "move_id", move);
  return plain(lines.reduce((sum, line) => sum.plus(decimal(env.get("stock.move.line", line, field))), decimal("0")));
}

const openMoves = (env: Env, picking: number): number[] =>
  env.store
    .childIds(MOVE, "picking_id", picking)
    .filter((move) => !["done", "cancel"].includes(env.text(MOVE, move, "state")));

/** What Odoo 14 opens when nothing was filled in: a wizard instead of an effect. */
function immediateTransfer(ids: number[]): Output {
  return {
    name: "Immediate Transfer?",
    type: "ir.actions.act_window",
    view_mode: "form",
    res_model: "stock.immediate.transfer",
    views: [[false, "form"]],
    view_id: false,
    target: "new",
    context: { default_pick_ids: ids.map((id) => [4, id]) },
  };
}

/** Validates transfers: in 14 an untouched one opens a wizard unless `skip_immediate`; what is short becomes a backorder. */
const validate: Method = (env, ids) => {
  for (const id of ids) {
    const state = env.text(PICKING, id, "state");
    if (state === "done" || state === "cancel")
      throw userError("You cannot validate a transfer if no quantities are reserved.");
    if (openMoves(env, id).length === 0) throw userError("Please add some items to move.");
  }
  const untouched = ids.filter((id) => openMoves(env, id).every((move) => decimal(doneQuantity(env, move)).eq(0)));
  if (env.version === 14 && untouched.length > 0 && env.context["skip_immediate"] !== true)
    return immediateTransfer(ids);
  for (const id of ids) finishPicking(env, id, untouched.includes(id));
  return true;
};

function finishPicking(env: Env, id: number, whole: boolean): void {
  const rest: { move: number; quantity: string }[] = [];
  for (const move of openMoves(env, id)) {
    const demand = decimal(env.get(MOVE, move, "product_uom_qty"));
    const done = whole ? demand : decimal(doneQuantity(env, move));
    if (done.lt(demand)) rest.push({ move, quantity: plain(demand.minus(done)) });
    if (done.gt(0)) finishMove(env, move, plain(done));
  }
  const now = env.tx.stamp.slice(0, 19);
  env.assign(PICKING, id, { state: "done", date_done: now });
  for (const order of [env.id(PICKING, id, "purchase_id")])
    if (order !== null) env.assign("purchase.order", order, { effective_date: now });
  if (rest.length > 0) backorder(env, id, rest);
}

function backorder(env: Env, picking: number, rest: { move: number; quantity: string }[]): void {
  const links: JsonObject = { backorder_id: picking };
  for (const field of ["purchase_id", "sale_id"]) {
    const order = env.id(PICKING, picking, field);
    if (order !== null) links[field] = order;
  }
  createPicking(env, {
    type: env.id(PICKING, picking, "picking_type_id") ?? 1,
    origin: env.text(PICKING, picking, "origin"),
    partner: env.id(PICKING, picking, "partner_id"),
    links,
    moves: rest.map(({ move, quantity }) => ({
      product: env.id(MOVE, move, "product_id") ?? 0,
      quantity,
      unit: env.id(MOVE, move, "product_uom") ?? 1,
      name: env.text(MOVE, move, "name"),
      price: env.get(MOVE, move, "price_unit"),
      links: Object.fromEntries(
        ["purchase_line_id", "sale_line_id"].flatMap((field) => {
          const line = env.id(MOVE, move, field);
          return line === null ? [] : [[field, line]];
        }),
      ),
    })),
  });
  for (const { move } of rest) if (env.get(MOVE, move, "state") !== "done") env.assign(MOVE, move, { state: "cancel" });
}

/** Transfers. */
export const STOCK_PICKING: Behaviour = {
  prepare: (env, values) => ({
    priority: "0",
    state: "draft",
    scheduled_date: env.tx.stamp.slice(0, 19),
    user_id: env.uid,
    name: typeof values["name"] === "string" ? values["name"] : `WH/X/${env.tx.nextNumber("stock.picking.X")}`,
    ...(env.version === 19 ? {} : { date: env.tx.stamp.slice(0, 19) }),
    ...values,
  }),
  computed: {
    company_id: () => 1,
    picking_type_code: (env, row) =>
      typeof row["picking_type_id"] === "number" ? env.get("stock.picking.type", row["picking_type_id"], "code") : null,
  },
  methods: {
    button_validate: validate,
    action_confirm: (env, ids) => setState(env, ids, "confirmed"),
    action_assign: (env, ids) => setState(env, ids, "assigned"),
    action_cancel: (env, ids) => {
      cancelPickings(env, ids);
      return true;
    },
  },
};

function setState(env: Env, ids: readonly number[], state: string): boolean {
  for (const id of ids) {
    for (const move of openMoves(env, id)) env.assign(MOVE, move, { state });
    write(env, PICKING, [id], { state });
  }
  return true;
}

/** Moves. */
export const STOCK_MOVE: Behaviour = {
  prepare: (env, values) => ({
    sequence: 10,
    priority: "0",
    state: "draft",
    company_id: 1,
    date: env.tx.stamp.slice(0, 19),
    product_uom: 1,
    [doneField(env)]: 0,
    ...values,
  }),
  displayName: (env, row) =>
    `${String(row["reference"] ?? "")} ${env.displayName("product.product", Number(row["product_id"]))}`.trim(),
  computed: {
    product_qty: (_env, row) => row["product_uom_qty"] ?? null,
    reserved_availability: (_env, row) => (row["state"] === "assigned" ? (row["product_uom_qty"] ?? null) : "0"),
  },
};

const fromMove =
  (field: string) =>
  (env: Env, row: Row): Cell =>
    typeof row["move_id"] === "number" ? env.get(MOVE, row["move_id"], field) : null;

/** Move lines. */
export const STOCK_MOVE_LINE: Behaviour = {
  computed: { state: fromMove("state"), reference: fromMove("reference"), origin: fromMove("origin") },
};

/** Quants. */
export const QUANT: Behaviour = {
  prepare: (env, values) => ({ quantity: 0, reserved_quantity: 0, in_date: env.tx.stamp.slice(0, 19), ...values }),
  displayName: (env, row) => env.displayName("stock.location", Number(row["location_id"])),
  computed: {
    company_id: () => 1,
    product_tmpl_id: (env, row) => env.id("product.product", Number(row["product_id"]), "product_tmpl_id"),
    product_uom_id: (env, row) => env.id("product.product", Number(row["product_id"]), "uom_id"),
    available_quantity: (_env, row) => plain(decimal(row["quantity"]).minus(decimal(row["reserved_quantity"]))),
  },
};

/** Lots of either name. */
export const LOT: Behaviour = {
  prepare: (_env, values) => ({ company_id: 1, ...values }),
  computed: {
    product_uom_id: (env, row) => env.id("product.product", Number(row["product_id"]), "uom_id"),
    product_qty: (env, _row, id) => {
      const table = env.store.table("stock.quant");
      const held = table.ids.filter((quant) => table.rows.get(quant)?.["lot_id"] === id);
      return plain(
        held.reduce((sum, quant) => sum.plus(decimal(env.get("stock.quant", quant, "quantity"))), decimal("0")),
      );
    },
  },
};

const placeName = fullName("stock.location", "location_id", "/");

/** Locations are labelled `WH/Stock/Shelf A`. */
export const LOCATION: Behaviour = {
  displayName: (env, row) => placeName(env, row),
  computed: { complete_name: (env, row) => placeName(env, row) },
};
