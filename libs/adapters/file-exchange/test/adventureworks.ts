import { copyFileSync, existsSync, utimesSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "@dovetail/domain";
import type { FieldMapping, MappingDocument } from "@dovetail/mapping";

/** A manufacturer's purchasing data, outside of the project. */
export const DATA = join(__dirname, "../../../../../shared/data/adventureworks");
export const hasData = existsSync(DATA);

/** Order heads and order lines are two files. */
export const SETS: JsonObject[] = [
  { entityType: "Supplier", pattern: "Vendor*.csv", key: ["BusinessEntityID"], watermark: "ModifiedDate" },
  { entityType: "Part", pattern: "Product.csv", key: ["ProductID"], watermark: "ModifiedDate" },
  {
    entityType: "PurchaseOrder",
    pattern: "PurchaseOrderHeader*.csv",
    key: ["PurchaseOrderID"],
    watermark: "ModifiedDate",
    children: [{ as: "lines", pattern: "PurchaseOrderDetail*.csv", parentKey: ["PurchaseOrderID"] }],
  },
  { entityType: "InventoryBalance", pattern: "ProductInventory*.csv", key: ["ProductID", "LocationID"] },
];

/** Puts files of the data into the in folder of an exchange. */
export function deliverData(root: string, ...names: string[]): void {
  for (const name of names) {
    const to = join(root, "in", `${name}.csv`);
    copyFileSync(join(DATA, `${name}.csv`), to);
    utimesSync(to, new Date(1_700_000_000_000), new Date(1_700_000_000_000));
  }
}

const text = (mesField: string, erpField: string, more: Partial<FieldMapping> = {}): FieldMapping => ({
  mesField,
  erpField,
  dataType: "string",
  ...more,
});
const decimal = (mesField: string, erpField: string): FieldMapping => ({ mesField, erpField, dataType: "decimal" });
const time = (mesField: string, erpField: string): FieldMapping => ({
  mesField,
  erpField,
  dataType: "datetime",
  transform: [{ name: "ISO_DATE", zone: "UTC" }],
});
const fixed = (mesField: string, defaultValue: string): FieldMapping => ({
  mesField,
  dataType: "string",
  defaultValue,
});
const reference = (mesField: string, erpField: string, references: string): FieldMapping => ({
  mesField,
  erpField,
  dataType: "reference",
  references,
  referenceBy: "externalId",
});

/** The source's unit codes by Rec 20; its CTN is a carton, that of Rec 20 a metric ton. */
export const UNITS: Record<string, string> = { CTN: "CT", "EA ": "EA", "CM ": "CMT", "LB ": "LBR", "G  ": "GRM" };

export const MAPPINGS: Record<string, MappingDocument> = {
  Supplier: {
    entityType: "Supplier",
    emptyValues: [""],
    mappings: [
      text("supplierNumber", "AccountNumber", { isRequired: true }),
      text("name", "Name"),
      fixed("currency", "USD"),
    ],
  },
  Part: {
    entityType: "Part",
    emptyValues: [""],
    mappings: [
      text("partNumber", "ProductNumber", { isRequired: true }),
      text("name", "Name"),
      decimal("standardCost", "StandardCost"),
      decimal("weight", "Weight"),
      text("weightUnit", "WeightUnitMeasureCode", { transform: [{ name: "LOOKUP", map: UNITS }] }),
      fixed("unit", "EA"),
    ],
  },
  PurchaseOrder: {
    entityType: "PurchaseOrder",
    emptyValues: [""],
    mappings: [
      text("poNumber", "PurchaseOrderID", { isRequired: true }),
      reference("supplier", "VendorID", "Supplier"),
      text("status", "Status", {
        transform: [{ name: "VALUE_MAP", map: { PENDING: "1", APPROVED: "2", REJECTED: "3", COMPLETE: "4" } }],
      }),
      text("revision", "RevisionNumber"),
      time("orderDate", "OrderDate"),
      decimal("subtotal", "SubTotal"),
      decimal("taxAmount", "TaxAmt"),
      decimal("freightAmount", "Freight"),
      decimal("totalAmount", "TotalDue"),
      fixed("currency", "USD"),
      {
        mesField: "lines",
        erpField: "$.lines[*]",
        dataType: "list",
        fields: [
          text("lineNumber", "PurchaseOrderDetailID", { isRequired: true }),
          reference("part", "ProductID", "Part"),
          decimal("quantity", "OrderQty"),
          decimal("receivedQuantity", "ReceivedQty"),
          decimal("rejectedQuantity", "RejectedQty"),
          decimal("unitPrice", "UnitPrice"),
          decimal("lineTotal", "LineTotal"),
          time("expectedDate", "DueDate"),
          fixed("unit", "EA"),
        ],
      },
    ],
  },
  InventoryBalance: {
    entityType: "InventoryBalance",
    emptyValues: [""],
    mappings: [
      reference("part", "ProductID", "Part"),
      text("location", "LocationID", { isRequired: true }),
      decimal("quantity", "Quantity"),
      fixed("unit", "EA"),
    ],
  },
};
