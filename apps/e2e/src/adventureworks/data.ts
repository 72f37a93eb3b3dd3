import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(__dirname, "../../../../../shared/data/adventureworks");

/** Whether the manufacturer's purchasing data lies beside the project; it is never a part of it. */
export const hasAdventureWorks = existsSync(FOLDER);

/** What is said where it does not. */
export const NO_ADVENTUREWORKS = "AdventureWorks data is not at ../shared/data: its specs are skipped";

/** The tables that are read, each a file of the data. */
export const TABLES = [
  "Vendor",
  "Product",
  "ProductVendor",
  "PurchaseOrderHeader",
  "PurchaseOrderDetail",
  "ProductInventory",
] as const;
export type TableName = (typeof TABLES)[number];

/** A row of a table as text by column. */
export type ErpRow = Record<string, string>;

/** Rows by table. */
export type ErpTables = Partial<Record<TableName, ErpRow[]>>;

/** What the data says about itself, counted apart from the product. */
export const EXPECTED = {
  Supplier: 104,
  Part: 504,
  PurchaseOrder: 4012,
  InventoryBalance: 1069,
  lines: 8845,
  totalDue: "70479332.6383",
} as const;

/** Entities in the order in which they refer to each other. */
export const ADVENTUREWORKS_ENTITIES = ["Supplier", "Part", "PurchaseOrder", "InventoryBalance"] as const;
export type AdventureWorksEntity = (typeof ADVENTUREWORKS_ENTITIES)[number];

/** The table of an entity and that of its lines. */
export const TABLE_OF: Readonly<
  Record<AdventureWorksEntity, { table: TableName; key: string[]; lines?: { table: TableName; as: string } }>
> = {
  Supplier: { table: "Vendor", key: ["BusinessEntityID"] },
  Part: { table: "Product", key: ["ProductID"], lines: { table: "ProductVendor", as: "offers" } },
  PurchaseOrder: {
    table: "PurchaseOrderHeader",
    key: ["PurchaseOrderID"],
    lines: { table: "PurchaseOrderDetail", as: "lines" },
  },
  InventoryBalance: { table: "ProductInventory", key: ["ProductID", "LocationID"] },
};

/** The names of a table's columns, in the file's order. */
export function columnsOf(name: TableName): string[] {
  const [header = ""] = readFileSync(join(FOLDER, `${name}.csv`), "utf8").split(/\r?\n/, 1);
  return header.replace(/^\uFEFF/, "").split(",");
}

/** Every row of a table. */
export function rowsOf(name: TableName): ErpRow[] {
  const [header = [], ...rows] = parse(readFileSync(join(FOLDER, `${name}.csv`), "utf8"));
  return rows.map((cells) => Object.fromEntries(header.map((column, index) => [column, cells[index] ?? ""])));
}

/** Every table that is read; nothing where the data is absent. */
export function wholeData(): ErpTables {
  if (!hasAdventureWorks) return {};
  return Object.fromEntries(TABLES.map((name) => [name, rowsOf(name)]));
}

/** Every vendor and part, and so many orders with their lines; no balances. */
export function fewOrders(count: number): ErpTables {
  const { Vendor, Product, ProductVendor, PurchaseOrderHeader = [], PurchaseOrderDetail = [] } = wholeData();
  const heads = PurchaseOrderHeader.slice(0, count);
  const ids = new Set(heads.map(({ PurchaseOrderID }) => PurchaseOrderID));
  const lines = PurchaseOrderDetail.filter(({ PurchaseOrderID }) => ids.has(PurchaseOrderID));
  return {
    ...(Vendor && Product && ProductVendor ? { Vendor, Product, ProductVendor } : {}),
    PurchaseOrderHeader: heads,
    PurchaseOrderDetail: lines,
  };
}

/** A table as a CSV file with its header. */
export function csvOf(name: TableName, rows: readonly ErpRow[]): string {
  const columns = columnsOf(name);
  const line = (cells: readonly string[]) => `${cells.map(quoted).join(",")}\r\n`;
  return line(columns) + rows.map((row) => line(columns.map((column) => row[column] ?? ""))).join("");
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell;
}

/** RFC 4180, enough for this data: its cells have no line ends. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    if (line === "") continue;
    const cells = [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell = ""]) =>
      cell.startsWith('"') ? cell.slice(1, -1).replace(/""/g, '"') : cell,
    );
    // The last match is the empty one behind the line.
    rows.push(line.endsWith(",") ? cells : cells.slice(0, -1));
  }
  return rows;
}
