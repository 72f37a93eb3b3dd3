import type { JsonObject } from "@dovetail/domain";
import { isObject } from "../errors";
import { numberLines } from "../line-numbers";
import { type OdooModel, madeUpKey, textOr } from "../model";
import type { Known } from "../tables";
import { linkId } from "../values";

/** Headings and notes of the printed document. */
const isNote = (row: JsonObject) => typeof row["display_type"] === "string" && row["display_type"].startsWith("line_");

const MADE = {
  _number: "The order's number (`name`)",
  _currency: "Currency (ISO 4217)",
  _lines: "The lines, each with _line (its number) and _unit (UN/ECE Rec 20)",
};

export function finishOrder(row: JsonObject, { units, currencies }: Known): void {
  row["_number"] = textOr(row["name"], madeUpKey(row));
  row["_currency"] = currencies.code(linkId(row["currency_id"]));
  const lines = Array.isArray(row["_lines"]) ? row["_lines"].filter(isObject) : [];
  for (const line of lines) line["_unit"] = units.code(linkId(line["product_uom"] ?? line["product_uom_id"]));
  numberLines(lines);
}

export const purchaseOrder: OdooModel = {
  entity: "PurchaseOrder",
  model: "purchase.order",
  keyField: "name",
  referenceField: "origin",
  fields: [
    "name",
    "origin",
    "partner_ref",
    "partner_id",
    "state",
    "date_order",
    "date_approve",
    "date_planned",
    "currency_id",
    "amount_untaxed",
    "amount_tax",
    "amount_total",
    "user_id",
    "company_id",
    "payment_term_id",
    "incoterm_id",
    "picking_type_id",
    "notes",
    "invoice_status",
    "order_line",
  ],
  aliases: { notes: "note" },
  // A line's text can change without the order's stamp moving; so can the supplier's name, which the order shows.
  touchedBy: ["order_line", "partner_id"],
  children: [
    {
      as: "_lines",
      model: "purchase.order.line",
      link: "order_id",
      listed: "order_line",
      skip: isNote,
      fields: [
        "sequence",
        "name",
        "product_id",
        "product_qty",
        "product_uom",
        "product_uom_id",
        "price_unit",
        "discount",
        "price_subtotal",
        "price_tax",
        "price_total",
        "date_planned",
        "qty_received",
        "qty_invoiced",
        "display_type",
      ],
    },
  ],
  made: MADE,
  tables: ["units", "currencies"],
  finish: finishOrder,
};

export const salesOrder: OdooModel = {
  entity: "SalesOrder",
  model: "sale.order",
  keyField: "name",
  referenceField: "origin",
  fields: [
    "name",
    "origin",
    "client_order_ref",
    "partner_id",
    "state",
    "date_order",
    "commitment_date",
    "currency_id",
    "amount_untaxed",
    "amount_tax",
    "amount_total",
    "user_id",
    "company_id",
    "payment_term_id",
    "warehouse_id",
    "note",
    "invoice_status",
    "order_line",
  ],
  touchedBy: ["order_line"],
  children: [
    {
      as: "_lines",
      model: "sale.order.line",
      link: "order_id",
      listed: "order_line",
      skip: isNote,
      fields: [
        "sequence",
        "name",
        "product_id",
        "product_uom_qty",
        "product_uom",
        "product_uom_id",
        "price_unit",
        "discount",
        "price_subtotal",
        "price_tax",
        "price_total",
        "qty_delivered",
        "qty_invoiced",
        "display_type",
      ],
    },
  ],
  made: MADE,
  tables: ["units", "currencies"],
  finish: finishOrder,
};
