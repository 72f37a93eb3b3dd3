import type { EntityName, Json, JsonObject } from "@dovetail/domain";
import { type OdooModel, madeUpKey, textOr } from "../model";
import type { Known } from "../tables";
import { type Fields, linkId } from "../values";

const FIELDS = [
  "name",
  "ref",
  "active",
  "is_company",
  "parent_id",
  "function",
  "vat",
  "email",
  "phone",
  "mobile",
  "website",
  "comment",
  "street",
  "street2",
  "zip",
  "city",
  "state_id",
  "country_id",
  "supplier_rank",
  "customer_rank",
  "company_id",
] as const;

const MADE = {
  _number: "The reference (`ref`), else ODOO-<id>",
  _address: "Address: street, street2, city, zip, state, country (ISO 3166-1)",
};

function finish(row: JsonObject, known: Known): void {
  const state = row["state_id"];
  row["_number"] = textOr(row["ref"], madeUpKey(row));
  row["_address"] = {
    street: row["street"] ?? null,
    street2: row["street2"] ?? null,
    city: row["city"] ?? null,
    zip: row["zip"] ?? null,
    state: Array.isArray(state) ? (state[1] ?? null) : null,
    country: known.countries.code(linkId(row["country_id"])),
  };
}

/** Any of the conditions, in Odoo's prefix notation. */
export function anyOf(conditions: Json[]): Json[] {
  return [...conditions.slice(1).map(() => "|"), ...conditions];
}

/**
 * A rank alone is not enough: it rises when a bill is posted, not when an order is placed, and a partner of an order
 * that is no supplier would leave the order without one.
 */
function roles(rank: string, documents: readonly string[]) {
  return (fields: Fields): Json[] => {
    const conditions: Json[] = [[rank, ">", 0]];
    for (const name of documents) if (fields.has(name)) conditions.push([name, "!=", false]);
    return anyOf(conditions);
  };
}

function partner(
  entity: EntityName,
  own: readonly string[] = [],
  domain?: OdooModel["domain"],
  touchedBy: readonly string[] = [],
): OdooModel {
  return {
    entity,
    model: "res.partner",
    keyField: "ref",
    fields: [...FIELDS, ...own],
    made: MADE,
    tables: ["countries"],
    finish,
    ...(domain ? { domain } : {}),
    touchedBy,
  };
}

/** Every partner is a Contact; those that we buy from or sell to are Supplier or Customer as well. */
export const supplier = partner(
  "Supplier",
  ["property_supplier_payment_term_id"],
  roles("supplier_rank", ["purchase_line_ids"]),
  ["purchase_line_ids", "invoice_ids"],
);
export const customer = partner(
  "Customer",
  ["property_payment_term_id", "user_id"],
  roles("customer_rank", ["sale_order_ids"]),
  ["sale_order_ids", "invoice_ids"],
);
export const contact = partner("Contact");
