import type { ConnectionTemplate } from "@dovetail/adapter-sdk";
import type { EntityName } from "@dovetail/domain";
import type { FieldMapping, MappingDocument } from "@dovetail/mapping";

const api: ConnectionTemplate = {
  name: "odoo-api",
  system: "ODOO",
  connectionMethod: "API",
  title: "Odoo by its API",
  description:
    "Partners, products, purchase and sales orders both ways; stock, receipts, production orders, invoices and payments are read.",
  authMethod: "BASIC",
  settings: { protocol: "auto", language: "en_US" },
  syncSchedule: {
    enabled: true,
    interval: "*/30 * * * *",
    masterData: "0 1 * * *",
    transactional: "*/15 * * * *",
    inventory: "0 */4 * * *",
  },
  entities: {
    Supplier: { direction: "both", master: true },
    Customer: { direction: "both", master: true },
    Part: { direction: "both", master: true },
    PurchaseOrder: { direction: "both", master: true },
    SalesOrder: { direction: "both", master: true },
    InventoryBalance: { direction: "inbound", master: true },
    WorkOrder: { direction: "inbound", master: true },
    Receipt: { direction: "inbound", master: true },
    Invoice: { direction: "inbound", master: true },
    Payment: { direction: "inbound", master: true },
  },
  mappings: {},
};

/** Odoo's own units by their ids, as its exports name them: MES → Odoo. */
const UNITS = {
  EA: "uom.product_uom_unit",
  DZN: "uom.product_uom_dozen",
  KGM: "uom.product_uom_kgm",
  GRM: "uom.product_uom_gram",
  TNE: "uom.product_uom_ton",
  LBR: "uom.product_uom_lb",
  MTR: "uom.product_uom_meter",
  CMT: "uom.product_uom_cm",
  LTR: "uom.product_uom_litre",
  HUR: "uom.product_uom_hour",
  DAY: "uom.product_uom_day",
} as const;

const text = (mesField: string, erpField: string, more: Partial<FieldMapping> = {}): FieldMapping => ({
  mesField,
  erpField,
  dataType: "string",
  ...more,
});
const decimal = (mesField: string, erpField: string): FieldMapping => ({ mesField, erpField, dataType: "decimal" });
// Exports write times of the user's zone without saying which; UTC is the one that an integration user has.
const time = (mesField: string, erpField: string): FieldMapping => ({
  mesField,
  erpField,
  dataType: "datetime",
  transform: [{ name: "ISO_DATE", zone: "UTC", format: "yyyy-MM-dd HH:mm:ss" }],
});
const byId = (mesField: string, erpField: string, references: EntityName): FieldMapping => ({
  mesField,
  erpField,
  dataType: "reference",
  references,
  referenceBy: "externalId",
});
const unit = (mesField: string, erpField: string) =>
  text(mesField, erpField, { transform: [{ name: "VALUE_MAP", map: UNITS, otherwise: "keep" }] });
const document = (entityType: EntityName, mappings: FieldMapping[]): MappingDocument => ({
  entityType,
  direction: "inbound",
  emptyValues: ["", "False"],
  mappings,
});

/**
 * Odoo's import-compatible exports as CSV: columns bear technical names, `id` is the external id (`base.main_partner`).
 * The lines of orders are an export of their own; they have no number, so their id is it.
 */
const exported: ConnectionTemplate = {
  name: "odoo-csv-export",
  system: "ODOO",
  connectionMethod: "FILE",
  title: "Odoo by its CSV exports",
  description:
    "Import-compatible exports of res.partner, product.product, purchase.order and purchase.order.line as CSV. Read only. " +
    "Partners need a reference (ref), products an internal reference (default_code).",
  authMethod: "NONE",
  settings: {
    transport: "folder",
    format: "csv",
    encoding: "utf-8",
    delimiter: ",",
    sets: [
      { entityType: "Supplier", pattern: "res.partner*.csv", key: ["id"] },
      { entityType: "Part", pattern: "product.product*.csv", key: ["id"] },
      {
        entityType: "PurchaseOrder",
        pattern: "purchase.order-*.csv",
        key: ["id"],
        children: [{ as: "lines", pattern: "purchase.order.line-*.csv", parentKey: ["order_id/id"] }],
      },
    ],
  },
  syncSchedule: { enabled: true, interval: "*/30 * * * *" },
  entities: {
    Supplier: { direction: "inbound", master: true },
    Part: { direction: "inbound", master: true },
    PurchaseOrder: { direction: "inbound", master: true },
  },
  mappings: {
    Supplier: document("Supplier", [
      text("supplierNumber", "ref", { isRequired: true }),
      text("name", "name"),
      text("taxId", "vat"),
      text("email", "email"),
      text("phone", "phone"),
      text("website", "website"),
      text("address.line1", "street"),
      text("address.line2", "street2"),
      text("address.city", "city"),
      text("address.postalCode", "zip"),
    ]),
    Part: document("Part", [
      text("partNumber", "default_code", { isRequired: true }),
      text("name", "name"),
      text("barcode", "barcode"),
      unit("unit", "uom_id/id"),
      decimal("standardCost", "standard_price"),
      decimal("listPrice", "list_price"),
      decimal("weight", "weight"),
    ]),
    PurchaseOrder: document("PurchaseOrder", [
      text("poNumber", "name", { isRequired: true }),
      byId("supplier", "partner_id/id", "Supplier"),
      text("supplierReference", "partner_ref"),
      text("status", "state"),
      time("orderDate", "date_order"),
      decimal("subtotal", "amount_untaxed"),
      decimal("taxAmount", "amount_tax"),
      decimal("totalAmount", "amount_total"),
      {
        mesField: "lines",
        erpField: "$.lines[*]",
        dataType: "list",
        fields: [
          text("lineNumber", "id", { isRequired: true }),
          byId("part", "product_id/id", "Part"),
          text("description", "name"),
          decimal("quantity", "product_qty"),
          decimal("unitPrice", "price_unit"),
          decimal("lineTotal", "price_subtotal"),
          time("expectedDate", "date_planned"),
        ],
      },
    ]),
  },
};

/** Connections with Odoo made ready. */
export const templates: readonly ConnectionTemplate[] = [api, exported];
