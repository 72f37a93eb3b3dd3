import type { JsonObject } from "@dovetail/domain";
import type { AdventureWorksEntity } from "./data";

const text = (mesField: string, erpField: string, more: JsonObject = {}): JsonObject => ({
  mesField,
  erpField,
  dataType: "string",
  ...more,
});
const decimal = (mesField: string, erpField: string): JsonObject => ({
  mesField,
  erpField,
  dataType: "decimal",
  erpType: "string",
});
const time = (mesField: string, erpField: string): JsonObject => ({
  mesField,
  erpField,
  dataType: "datetime",
  transform: [{ name: "ISO_DATE", zone: "UTC" }],
});
const fixed = (mesField: string, defaultValue: string): JsonObject => ({ mesField, dataType: "string", defaultValue });
const byId = (mesField: string, erpField: string, references: string): JsonObject => ({
  mesField,
  erpField,
  dataType: "reference",
  references,
  referenceBy: "externalId",
});

/** The manufacturer's unit codes: its CTN is a carton (that of Rec 20 is a content ton), its CS a case. */
const UNIT = [
  { name: "UNIT", map: { CT: "CTN", CS: "CS", CA: "CAN", DZN: "DZ", GLL: "GAL", PK: "PAK", EA: "EA", LBR: "LB" } },
];

const LINE: JsonObject[] = [
  text("lineNumber", "PurchaseOrderDetailID", { isRequired: true }),
  byId("part", "ProductID", "Part"),
  decimal("quantity", "OrderQty"),
  decimal("receivedQuantity", "ReceivedQty"),
  decimal("rejectedQuantity", "RejectedQty"),
  decimal("unitPrice", "UnitPrice"),
  decimal("lineTotal", "LineTotal"),
  time("expectedDate", "DueDate"),
  fixed("unit", "EA"),
];

const OFFER: JsonObject[] = [
  byId("supplier", "BusinessEntityID", "Supplier"),
  fixed("currency", "USD"),
  decimal("price", "StandardPrice"),
  decimal("minimumOrderQuantity", "MinOrderQty"),
  { mesField: "leadTimeDays", erpField: "AverageLeadTime", dataType: "integer" },
];

/**
 * How the manufacturer's rows become records, whether files or views show them. What its data lacks is added: US dollars,
 * UTC, each. A vendor's number is its account; orders refer to it by its id.
 */
export const MAPPINGS: Readonly<Record<AdventureWorksEntity, JsonObject>> = {
  Supplier: {
    entityType: "Supplier",
    emptyValues: [""],
    mappings: [
      text("supplierNumber", "AccountNumber", { isRequired: true }),
      text("name", "Name"),
      text("website", "PurchasingWebServiceURL"),
      fixed("currency", "USD"),
      text("custom.creditRating", "CreditRating"),
    ],
  },
  Part: {
    entityType: "Part",
    emptyValues: [""],
    mappings: [
      text("partNumber", "ProductNumber", { isRequired: true }),
      text("name", "Name"),
      fixed("unit", "EA"),
      text("purchaseUnit", "$.offers[0].UnitMeasureCode", { transform: UNIT }),
      fixed("currency", "USD"),
      decimal("standardCost", "StandardCost"),
      decimal("listPrice", "ListPrice"),
      decimal("weight", "Weight"),
      text("weightUnit", "WeightUnitMeasureCode", { transform: UNIT }),
      { mesField: "suppliers", erpField: "$.offers[*]", dataType: "list", fields: OFFER },
    ],
  },
  PurchaseOrder: {
    entityType: "PurchaseOrder",
    emptyValues: [""],
    mappings: [
      text("poNumber", "PurchaseOrderID", { isRequired: true }),
      byId("supplier", "VendorID", "Supplier"),
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
      { mesField: "lines", erpField: "$.lines[*]", dataType: "list", fields: LINE },
    ],
  },
  InventoryBalance: {
    entityType: "InventoryBalance",
    emptyValues: [""],
    mappings: [
      byId("part", "ProductID", "Part"),
      text("location", "LocationID", { isRequired: true }),
      text("bin", "Bin"),
      decimal("quantity", "Quantity"),
      fixed("unit", "EA"),
    ],
  },
};
