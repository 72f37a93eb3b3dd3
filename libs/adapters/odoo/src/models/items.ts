import { type OdooModel, madeUpKey, textOr } from "../model";
import { linkId } from "../values";

export const part: OdooModel = {
  entity: "Part",
  model: "product.product",
  keyField: "default_code",
  fields: [
    "name",
    "default_code",
    "barcode",
    "active",
    "type",
    "tracking",
    "categ_id",
    "uom_id",
    "uom_po_id",
    "standard_price",
    "lst_price",
    "list_price",
    "weight",
    "purchase_ok",
    "sale_ok",
    "description",
    "description_sale",
    "description_purchase",
    "currency_id",
    "cost_currency_id",
    "company_id",
    "product_tmpl_id",
  ],
  // The name and most of the rest stand on the template, whose change leaves the variant's stamp alone.
  touchedBy: ["product_tmpl_id"],
  made: {
    _number: "The internal reference (`default_code`), else ODOO-<id>",
    _unit: "Stock unit (UN/ECE Rec 20), empty for a unit that is not known here",
    _purchaseUnit: "Purchase unit (UN/ECE Rec 20)",
    _currency: "Currency of cost and price (ISO 4217)",
  },
  tables: ["units", "currencies"],
  finish(row, { units, currencies }) {
    row["_number"] = textOr(row["default_code"], madeUpKey(row));
    row["_unit"] = units.code(linkId(row["uom_id"]));
    row["_purchaseUnit"] = units.code(linkId(row["uom_po_id"]));
    row["_currency"] = currencies.code(linkId(row["cost_currency_id"]) ?? linkId(row["currency_id"]));
  },
};

export const inventoryBalance: OdooModel = {
  entity: "InventoryBalance",
  model: "stock.quant",
  domain: (_fields, session) =>
    session.config.stockLocations === "internal" ? [["location_id.usage", "=", "internal"]] : [],
  fields: [
    "product_id",
    "location_id",
    "lot_id",
    "package_id",
    "owner_id",
    "quantity",
    "reserved_quantity",
    "product_uom_id",
    "company_id",
    "in_date",
  ],
  made: {
    _location: "Full name of the location, with its id where two share a name",
    _lot: "Lot or serial number; packages and owners are added, for Odoo keeps a row for each",
    _unit: "Unit (UN/ECE Rec 20)",
  },
  tables: ["units", "locations"],
  finish(row, { units, locations, locationMissing }) {
    const name = locations.code(linkId(row["location_id"]));
    if (name === null) locationMissing();
    row["_location"] = name ?? label(row["location_id"]);
    row["_unit"] = units.code(linkId(row["product_uom_id"]));
    const owner = linkId(row["owner_id"]);
    const parts = [label(row["lot_id"])];
    if (linkId(row["package_id"]) !== undefined) parts.push(`package ${label(row["package_id"])}`);
    if (owner !== undefined) parts.push(`owner ${owner}`);
    row["_lot"] = parts.filter((text) => text !== null).join(" / ") || null;
  },
};

function label(value: unknown): string | null {
  return Array.isArray(value) && typeof value[1] === "string" ? value[1] : null;
}
