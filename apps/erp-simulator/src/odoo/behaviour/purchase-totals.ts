import { decimal } from "../decimals";
import type { Env } from "../env";
import type { Cell } from "../values";
import { sumOf } from "./amounts";

const ORDER = "purchase.order";
const LINE = "purchase.order.line";

/** Stored totals and states of an order; the order is stamped only when one of them changes. */
export function recomputeOrder(env: Env, id: number): void {
  if (!env.row(ORDER, id)) return;
  const lines = env.ids(ORDER, id, "order_line");
  const confirmed = ["purchase", "done"].includes(env.text(ORDER, id, "state"));
  const open = lines.filter((line) =>
    decimal(env.get(LINE, line, "product_qty")).gt(decimal(env.get(LINE, line, "qty_received"))),
  );
  const some = lines.some((line) => decimal(env.get(LINE, line, "qty_received")).gt(0));
  const billed = lines.length > 0 && lines.every((line) => !decimal(env.get(LINE, line, "qty_to_invoice")).gt(0));
  const receipt = open.length === 0 ? "full" : some ? "partial" : "pending";
  const values: Record<string, Cell> = {
    amount_untaxed: sumOf(env, LINE, lines, "price_subtotal"),
    amount_tax: sumOf(env, LINE, lines, "price_tax"),
    amount_total: sumOf(env, LINE, lines, "price_total"),
    invoice_status: !confirmed ? "no" : billed ? "invoiced" : "to invoice",
  };
  if (env.version > 14) values["receipt_status"] = confirmed && lines.length > 0 ? receipt : null;
  if (env.version === 19) values["amount_total_cc"] = values["amount_total"] ?? null;
  env.assign(ORDER, id, values);
}
