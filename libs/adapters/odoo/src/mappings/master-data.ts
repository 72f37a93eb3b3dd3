import { both, document, label, link, list, number, read } from "./rules";

const party = [
  both("name", "name"),
  both("taxId", "vat"),
  both("email", "email"),
  both("phone", "phone"),
  both("website", "website"),
  both("active", "active"),
  both("notes", "comment"),
];

const address = (mesField: string) =>
  both(mesField, "_address", {
    dataType: "object",
    fields: [
      both("line1", "street"),
      both("line2", "street2"),
      both("city", "city"),
      both("region", "state"),
      both("postalCode", "zip"),
      both("country", "country"),
    ],
  });

const family = [label("custom.parent", "parent_id"), label("custom.company", "company_id")];

export const supplier = document("Supplier", [
  number("supplierNumber"),
  ...party,
  label("paymentTerms", "property_supplier_payment_term_id"),
  address("address"),
  ...family,
]);

export const customer = document("Customer", [
  number("customerNumber"),
  ...party,
  label("paymentTerms", "property_payment_term_id"),
  label("salesRepresentative", "user_id"),
  address("billTo"),
  ...family,
]);

export const contact = document("Contact", [
  number("contactNumber"),
  ...party.filter(({ mesField }) => mesField !== "taxId"),
  both("jobTitle", "function"),
  // Odoo 19 has one telephone only.
  read("mobile", "mobile"),
  address("address"),
  read("custom.isCompany", "is_company", { dataType: "boolean" }),
  ...family,
]);

export const part = document("Part", [
  number("partNumber"),
  both("name", "name"),
  both("description", "description"),
  both("barcode", "barcode"),
  both("active", "active"),
  both("purchased", "purchase_ok"),
  both("sold", "sale_ok"),
  both("tracking", "tracking"),
  both("weight", "weight"),
  both("unit", "_unit"),
  both("standardCost", "standard_price"),
  both("listPrice", "list_price"),
  label("category", "categ_id"),
  read("type", "type"),
  read("purchaseUnit", "_purchaseUnit"),
  read("currency", "_currency"),
  label("custom.unitName", "uom_id"),
]);

export const glAccount = document("GlAccount", [
  read("accountCode", "_number", { dataType: "string", isRequired: true }),
  read("name", "name"),
  read("type", "internal_group"),
  read("subtype", "_type"),
  read("currency", "_currency"),
  read("reconcilable", "reconcile"),
  read("active", "_active"),
  read("description", "note"),
]);

export const inventoryBalance = document("InventoryBalance", [
  link("part", "product_id", "Part", { isRequired: true, readOnly: true }),
  read("location", "_location", { dataType: "string", isRequired: true }),
  read("lot", "_lot"),
  read("quantity", "quantity"),
  read("reserved", "reserved_quantity"),
  read("unit", "_unit"),
  label("custom.unitName", "product_uom_id"),
  label("custom.owner", "owner_id"),
  label("custom.package", "package_id"),
]);

export const workOrder = document("WorkOrder", [
  read("workOrderNumber", "name", { isRequired: true }),
  { mesField: "kind", defaultValue: "production", readOnly: true },
  read("status", "state"),
  link("part", "product_id", "Part", { readOnly: true }),
  read("quantity", "product_qty"),
  read("completedQuantity", "qty_produced"),
  read("unit", "_unit"),
  label("lot", "lot_producing_id"),
  read("plannedStart", "_plannedStart"),
  read("plannedEnd", "_plannedEnd"),
  read("dueDate", "date_deadline"),
  label("location", "location_dest_id"),
  read("custom.origin", "origin"),
  list(
    "operations",
    "_operations",
    [
      read("operationNumber", "_number", { dataType: "string", isRequired: true }),
      read("name", "name"),
      label("workCentre", "workcenter_id"),
      read("status", "state"),
      read("plannedHours", "_plannedHours"),
      read("actualHours", "_actualHours"),
      read("completedQuantity", "qty_produced"),
      read("plannedStart", "_plannedStart"),
      read("plannedEnd", "_plannedEnd"),
    ],
    { readOnly: true },
  ),
  list(
    "materials",
    "_materials",
    [
      read("lineNumber", "_line", { dataType: "string", isRequired: true }),
      link("part", "product_id", "Part", { readOnly: true }),
      read("quantity", "product_uom_qty"),
      read("issuedQuantity", "_issued"),
      read("unit", "_unit"),
      label("location", "location_id"),
    ],
    { readOnly: true },
  ),
]);
