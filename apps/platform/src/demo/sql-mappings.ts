import type { JsonObject } from "@dovetail/domain";

type Rule = JsonObject;

const same = (mesField: string, erpField: string, more: Rule = {}): Rule => ({ mesField, erpField, ...more });
const key = (mesField: string, erpField: string): Rule => same(mesField, erpField, { isRequired: true });
const decimal = (mesField: string, erpField: string): Rule => same(mesField, erpField, { erpType: "string" });
const reference = (mesField: string, erpField: string, references: string): Rule =>
  same(mesField, erpField, { dataType: "reference", references, referenceBy: "externalId", isRequired: true });

/** How the SQL ERP's columns and our fields correspond. */
export const SQL_MAPPINGS: Readonly<Record<string, JsonObject[]>> = {
  Supplier: [key("supplierNumber", "group_no"), same("name", "name"), same("phone", "phone"), same("email", "email")],
  Part: [
    key("partNumber", "mat_code"),
    same("name", "description"),
    same("unit", "uom"),
    decimal("standardCost", "std_cost"),
  ],
  InventoryBalance: [
    reference("part", "item_no", "Part"),
    key("location", "site"),
    decimal("quantity", "qty"),
    same("unit", "uom"),
  ],
  PurchaseOrder: [
    key("poNumber", "po_ref"),
    reference("supplier", "vendor_no", "Supplier"),
    same("currency", "currency"),
    same("orderDate", "order_date"),
    same("expectedDate", "expected_date"),
    same("notes", "remark"),
    // The ERP's own: read, never sent.
    same("status", "status", { readOnly: true }),
    { ...decimal("totalAmount", "total"), readOnly: true },
    {
      mesField: "lines",
      erpField: "$.lines[*]",
      dataType: "list",
      fields: [
        key("lineNumber", "line_no"),
        reference("part", "item_no", "Part"),
        decimal("quantity", "qty"),
        same("unit", "uom"),
        decimal("unitPrice", "unit_price"),
        { ...decimal("lineTotal", "line_total"), readOnly: true },
      ],
    },
  ],
};
