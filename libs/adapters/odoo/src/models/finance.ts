import type { Json, JsonObject } from "@dovetail/domain";
import { isObject } from "../errors";
import { type OdooModel, madeUpKey, textOr } from "../model";
import type { Known } from "../tables";
import { type Fields, linkId } from "../values";

/** Numbers are unique within a company only: those of other companies than the main one carry its id. */
function companyNumber(row: JsonObject, number: Json | undefined, main: number | undefined): string {
  const company = linkId(row["company_id"]);
  const text = textOr(number === "/" ? null : number, madeUpKey(row));
  return company === undefined || main === undefined || company === main ? text : `${text}@${company}`;
}

/** A draft has no number yet, and one that was taken back to draft keeps it. */
function numbered(fields: Fields): Json[] {
  const posted: Json[] = [["state", "!=", "draft"]];
  return fields.has("posted_before") ? ["|", ...posted, ["posted_before", "=", true]] : posted;
}

export const glAccount: OdooModel = {
  entity: "GlAccount",
  model: "account.account",
  fields: [
    "name",
    "code",
    "currency_id",
    "deprecated",
    "active",
    "account_type",
    "user_type_id",
    "internal_group",
    "reconcile",
    "note",
    "company_id",
    "company_ids",
  ],
  made: {
    _number: "The code; without one ODOO-<id>; of another than the main company <code>@<company id>",
    _currency: "Currency, where the account has its own (ISO 4217)",
    _type: "Type of the account",
    _active: "False for deprecated accounts",
  },
  tables: ["currencies", "companies"],
  finish(row, { currencies, mainCompany: main }) {
    const companies = Array.isArray(row["company_ids"]) ? row["company_ids"] : [];
    const owner = row["company_id"] ?? (companies.includes(main ?? 0) ? null : (companies[0] ?? null));
    row["_number"] = companyNumber({ id: row["id"] ?? null, company_id: owner }, row["code"], main);
    row["_currency"] = currencies.code(linkId(row["currency_id"]));
    const type = row["user_type_id"];
    row["_type"] = row["account_type"] ?? (Array.isArray(type) ? (type[1] ?? null) : null);
    row["_active"] = row["deprecated"] === undefined ? row["active"] !== false : row["deprecated"] !== true;
  },
};

const MOVE_FIELDS = [
  "name",
  "ref",
  "state",
  "move_type",
  "date",
  "journal_id",
  "company_id",
  "currency_id",
  "partner_id",
  "amount_untaxed",
  "amount_tax",
  "amount_total",
  "amount_residual",
  "narration",
  "reversed_entry_id",
] as const;

const isHeading = (row: JsonObject) =>
  typeof row["display_type"] === "string" && row["display_type"].startsWith("line_");

function finishLines(row: JsonObject, { units, currencies }: Known): void {
  row["_currency"] = currencies.code(linkId(row["currency_id"]));
  for (const line of Array.isArray(row["_lines"]) ? row["_lines"].filter(isObject) : []) {
    line["_line"] = String(line["id"]);
    line["_unit"] = units.code(linkId(line["product_uom_id"]));
    line["_currency"] = currencies.code(linkId(line["currency_id"]));
  }
}

export const invoice: OdooModel = {
  entity: "Invoice",
  model: "account.move",
  domain: (fields) => [
    "&",
    ["move_type", "in", ["out_invoice", "out_refund", "in_invoice", "in_refund", "out_receipt", "in_receipt"]],
    ...numbered(fields),
  ],
  fields: [
    ...MOVE_FIELDS,
    "invoice_date",
    "invoice_date_due",
    "invoice_origin",
    "invoice_payment_term_id",
    "payment_state",
    "payment_reference",
    "invoice_line_ids",
  ],
  touchedBy: ["line_ids"],
  children: [
    {
      as: "_lines",
      model: "account.move.line",
      link: "move_id",
      listed: "invoice_line_ids",
      skip: isHeading,
      fields: [
        "name",
        "product_id",
        "quantity",
        "product_uom_id",
        "price_unit",
        "discount",
        "price_subtotal",
        "price_total",
        "account_id",
        "purchase_order_id",
        "purchase_line_id",
        "currency_id",
        "display_type",
      ],
    },
  ],
  made: {
    _number: "The number; of another than the main company <number>@<company id>",
    _type: "receivable or payable",
    _credit: "True for refunds",
    _customer: "Partner id of a receivable",
    _supplier: "Partner id of a payable",
    _credits: "Number of the invoice that a refund takes back",
    _currency: "Currency (ISO 4217)",
    _lines: "The lines, each with _line (its id) and _unit (UN/ECE Rec 20)",
  },
  tables: ["units", "currencies", "companies"],
  finish(row, known) {
    const kind = String(row["move_type"]);
    const partner = linkId(row["partner_id"]) ?? null;
    const reversed = row["reversed_entry_id"];
    row["_number"] = companyNumber(row, row["name"], known.mainCompany);
    row["_type"] = kind.startsWith("out_") ? "receivable" : "payable";
    row["_credit"] = kind.endsWith("_refund");
    row["_customer"] = kind.startsWith("out_") ? partner : null;
    row["_supplier"] = kind.startsWith("in_") ? partner : null;
    row["_credits"] = Array.isArray(reversed) ? String(reversed[1]).replace(/ \(.*$/, "") : null;
    finishLines(row, known);
  },
};

export const glTransaction: OdooModel = {
  entity: "GlTransaction",
  model: "account.move",
  domain: (fields) => numbered(fields),
  fields: [...MOVE_FIELDS, "line_ids"],
  touchedBy: ["line_ids"],
  children: [
    {
      as: "_lines",
      model: "account.move.line",
      link: "move_id",
      listed: "line_ids",
      skip: isHeading,
      fields: ["name", "account_id", "debit", "credit", "amount_currency", "currency_id", "partner_id", "display_type"],
    },
  ],
  made: {
    _number: "The number; of another than the main company <number>@<company id>",
    _currency: "Currency of the document (ISO 4217)",
    _lines: "The journal items, each with _line (its id) and _currency",
  },
  tables: ["units", "currencies", "companies"],
  finish(row, known) {
    row["_number"] = companyNumber(row, row["name"], known.mainCompany);
    finishLines(row, known);
  },
};

export const payment: OdooModel = {
  entity: "Payment",
  model: "account.payment",
  domain: () => [["state", "!=", "draft"]],
  fields: [
    "name",
    "state",
    "date",
    "amount",
    "currency_id",
    "payment_type",
    "partner_type",
    "partner_id",
    "journal_id",
    "payment_method_id",
    "payment_method_line_id",
    "payment_reference",
    "ref",
    "memo",
    "company_id",
  ],
  aliases: { ref: "memo", payment_method_id: "payment_method_line_id" },
  // Number, date and state stand on the journal entry.
  touchedBy: ["move_id"],
  made: {
    _number: "The number; of another than the main company <number>@<company id>",
    _customer: "Partner id, when the partner is a customer",
    _supplier: "Partner id, when the partner is a supplier",
    _currency: "Currency (ISO 4217)",
  },
  tables: ["currencies", "companies"],
  finish(row, known) {
    const partner = linkId(row["partner_id"]) ?? null;
    row["_number"] = companyNumber(row, row["name"], known.mainCompany);
    row["_customer"] = row["partner_type"] === "customer" ? partner : null;
    row["_supplier"] = row["partner_type"] === "supplier" ? partner : null;
    row["_currency"] = known.currencies.code(linkId(row["currency_id"]));
  },
};
