import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SqlClient } from "@dovetail/adapter-sdk";
import type { JsonObject } from "@dovetail/domain";
import type { FieldMapping, MappingDocument } from "@dovetail/mapping";

const DATA = join(__dirname, "../../../../../shared/data/adventureworks");
/** The data of a manufacturer stands beside the project, where it is at all. */
export const hasData = existsSync(DATA);

/** Columns that are not text, by the database's type. */
const TYPES: Readonly<Record<string, "integer" | "numeric(19,4)" | "numeric(8,2)" | "timestamp(3)">> = {
  ...Object.fromEntries(
    ["BusinessEntityID", "ProductID", "PurchaseOrderID", "PurchaseOrderDetailID", "VendorID", "Status"].map((name) => [
      name,
      "integer" as const,
    ]),
  ),
  ...Object.fromEntries(["OrderQty", "Quantity", "LocationID"].map((name) => [name, "integer" as const])),
  ...Object.fromEntries(
    ["SubTotal", "TaxAmt", "Freight", "TotalDue", "UnitPrice", "LineTotal", "StandardCost", "ListPrice"].map((name) => [
      name,
      "numeric(19,4)" as const,
    ]),
  ),
  ...Object.fromEntries(["ReceivedQty", "RejectedQty"].map((name) => [name, "numeric(8,2)" as const])),
  ...Object.fromEntries(
    ["ModifiedDate", "OrderDate", "ShipDate", "DueDate"].map((name) => [name, "timestamp(3)" as const]),
  ),
};

/** RFC 4180, enough for this data. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line === "") continue;
    const cells = [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell = ""]) =>
      cell.startsWith('"') ? cell.slice(1, -1).replace(/""/g, '"') : cell,
    );
    // The last match is the empty one behind the line.
    rows.push(line.endsWith(",") ? cells : cells.slice(0, -1));
  }
  return rows;
}

const quote = (sql: SqlClient, name: string) => (sql.dialect === "mysql" ? `\`${name}\`` : `"${name}"`);

/** Loads one file into a table of its name, and makes a view of it. */
export async function load(sql: SqlClient, name: string): Promise<void> {
  const [header = [], ...rows] = parse(readFileSync(join(DATA, `${name}.csv`), "utf8"));
  const typeOf = (column: string) => {
    const type = TYPES[column];
    if (sql.dialect === "mysql") return type === "timestamp(3)" ? "datetime(3)" : (type ?? "varchar(400)");
    return type ?? "text";
  };
  const table = quote(sql, name);
  const charset = sql.dialect === "mysql" ? " default charset utf8mb4" : "";
  await sql.execute(
    `create table ${table} (${header.map((column) => `${quote(sql, column)} ${typeOf(column)}`).join(", ")})${charset}`,
  );
  for (let from = 0; from < rows.length; from += 500) {
    const tuples = rows
      .slice(from, from + 500)
      .map((row) => `(${row.map((cell) => (cell === "" ? "null" : `'${cell.replace(/'/g, "''")}'`)).join(", ")})`);
    await sql.execute(`insert into ${table} values ${tuples.join(", ")}`);
  }
  for (const column of header.filter((column) => /^(BusinessEntity|Product|PurchaseOrder)ID$/.test(column)))
    await sql.execute(`create index ${quote(sql, `${name}_${column}`)} on ${table} (${quote(sql, column)})`);
  await sql.execute(`create view ${quote(sql, `v_${name}`)} as select * from ${table}`);
}

export const VIEWS: JsonObject[] = [
  {
    entityType: "Supplier",
    view: "v_Vendor",
    key: ["BusinessEntityID"],
    watermark: "ModifiedDate",
    businessKey: { supplierNumber: "AccountNumber" },
  },
  { entityType: "Part", view: "v_Product", key: ["ProductID"], watermark: "ModifiedDate" },
  {
    entityType: "PurchaseOrder",
    view: "v_PurchaseOrderHeader",
    key: ["PurchaseOrderID"],
    watermark: "ModifiedDate",
    children: [
      { as: "lines", view: "v_PurchaseOrderDetail", parentKey: ["PurchaseOrderID"], watermark: "ModifiedDate" },
    ],
  },
  { entityType: "InventoryBalance", view: "v_ProductInventory", key: ["ProductID", "LocationID"] },
];

const text = (mesField: string, erpField: string, more: Partial<FieldMapping> = {}): FieldMapping => ({
  mesField,
  erpField,
  dataType: "string",
  ...more,
});
const decimal = (mesField: string, erpField: string): FieldMapping => ({ mesField, erpField, dataType: "decimal" });
const time = (mesField: string, erpField: string): FieldMapping => ({ mesField, erpField, dataType: "datetime" });
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
const UNITS: Record<string, string> = { CTN: "CT", "EA ": "EA", "CM ": "CMT", "LB ": "LBR", "G  ": "GRM" };

export const MAPPINGS: Record<string, MappingDocument> = {
  Supplier: {
    entityType: "Supplier",
    mappings: [
      text("supplierNumber", "AccountNumber", { isRequired: true }),
      text("name", "Name"),
      fixed("currency", "USD"),
    ],
  },
  Part: {
    entityType: "Part",
    mappings: [
      text("partNumber", "ProductNumber", { isRequired: true }),
      text("name", "Name"),
      decimal("standardCost", "StandardCost"),
      text("weightUnit", "WeightUnitMeasureCode", { transform: [{ name: "LOOKUP", map: UNITS }] }),
      fixed("unit", "EA"),
    ],
  },
  PurchaseOrder: {
    entityType: "PurchaseOrder",
    mappings: [
      text("poNumber", "PurchaseOrderID", { isRequired: true }),
      reference("supplier", "VendorID", "Supplier"),
      time("orderDate", "OrderDate"),
      decimal("subtotal", "SubTotal"),
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
          decimal("unitPrice", "UnitPrice"),
          decimal("lineTotal", "LineTotal"),
          fixed("unit", "EA"),
        ],
      },
    ],
  },
  InventoryBalance: {
    entityType: "InventoryBalance",
    mappings: [
      reference("part", "ProductID", "Part"),
      text("location", "LocationID", { isRequired: true }),
      decimal("quantity", "Quantity"),
      fixed("unit", "EA"),
    ],
  },
};
