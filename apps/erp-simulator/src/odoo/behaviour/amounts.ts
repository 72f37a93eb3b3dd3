import type Big from "big.js";
import { decimal, roundTo, total } from "../decimals";
import type { Env } from "../env";
import type { Cell } from "../values";

/** Net, tax and gross of a line, rounded to cents as Odoo rounds per line. */
export interface LineAmounts {
  net: string;
  tax: string;
  gross: string;
}

/** quantity × price − discount %, plus its percentage taxes. */
export function lineAmounts(env: Env, line: { quantity: Cell; price: Cell; discount: Cell; taxes: Cell }): LineAmounts {
  const factor = decimal("100").minus(decimal(line.discount)).div(100);
  const net = roundTo(decimal(line.quantity).times(decimal(line.price)).times(factor), 2);
  const rates = Array.isArray(line.taxes)
    ? (line.taxes as readonly number[]).map((id) => env.get("account.tax", id, "amount"))
    : [];
  const tax = roundTo(decimal(net).times(total(rates)).div(100), 2);
  return { net, tax, gross: roundTo(decimal(net).plus(tax), 2) };
}

/** Sum of one field over lines, in cents. */
export function sumOf(env: Env, model: string, ids: readonly number[], field: string): string {
  const sum: Big = total(ids.map((id) => env.get(model, id, field)));
  return roundTo(sum, 2);
}

/** Names of fields that moved between releases. */
export const unitField = (env: Env): string => (env.version === 19 ? "product_uom_id" : "product_uom");
export const purchaseTaxField = (env: Env): string => (env.version === 19 ? "tax_ids" : "taxes_id");
export const saleTaxField = (env: Env): string => (env.version === 19 ? "tax_ids" : "tax_id");
