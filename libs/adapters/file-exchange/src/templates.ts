import { type ConnectionTemplate, purchasingMappings } from "@dovetail/adapter-sdk";
import type { JsonObject } from "@dovetail/domain";

/** `po_number` → `PoNumber`, as elements of XML are called. */
const pascal = (name: string) => name.replace(/(?:^|_)(.)/g, (_match, first: string) => first.toUpperCase());

const CSV = purchasingMappings({ column: (name) => name, lines: "$.lines[*]", document: { emptyValues: [""] } });
const XML = purchasingMappings({
  column: pascal,
  lines: "Lines/Line",
  document: { sourceFormat: "xml", emptyValues: [""] },
});

const base = {
  system: "FILE",
  connectionMethod: "FILE",
  authMethod: "NONE",
  syncSchedule: { enabled: true, interval: "*/15 * * * *", masterData: "0 1 * * *" },
} as const;

const READ = {
  Supplier: { direction: "inbound", master: true },
  Part: { direction: "inbound", master: true },
  PurchaseOrder: { direction: "inbound", master: true },
} as const;

const set = (entityType: string, pattern: string, key: string, more: JsonObject = {}): JsonObject => ({
  entityType,
  pattern,
  key: [key],
  ...more,
});

/** Columns of fixed width one after the other: name and length. */
function columns(...widths: readonly (readonly [string, number])[]): JsonObject[] {
  let from = 1;
  return widths.map(([name, length]) => {
    const column = { name, from, length };
    from += length;
    return column;
  });
}

const csv: ConnectionTemplate = {
  ...base,
  name: "file-purchasing-csv",
  title: "Purchasing by CSV",
  description:
    "suppliers*.csv, parts*.csv and purchase-orders-*.csv with purchase-order-lines-*.csv, with a header line (supplier_number, " +
    "part_number, po_number, line_number, …), are read. Orders that change here and receipts are handed over as files.",
  settings: {
    transport: "folder",
    format: "csv",
    encoding: "utf-8",
    delimiter: "auto",
    sets: [
      set("Supplier", "suppliers*.csv", "supplier_number"),
      set("Part", "parts*.csv", "part_number"),
      set("PurchaseOrder", "purchase-orders-*.csv", "po_number", {
        children: [{ as: "lines", pattern: "purchase-order-lines-*.csv", parentKey: ["po_number"] }],
      }),
      set("Receipt", "receipts-*.csv", "receipt_number", {
        children: [{ as: "lines", pattern: "receipt-lines-*.csv", parentKey: ["receipt_number"] }],
      }),
    ],
  },
  entities: { ...READ, PurchaseOrder: { direction: "both", master: true }, Receipt: { direction: "outbound" } },
  mappings: CSV,
};

const xml: ConnectionTemplate = {
  ...base,
  name: "file-purchasing-xml",
  title: "Purchasing by XML",
  description:
    "suppliers*.xml with Supplier elements, parts*.xml with Part, purchase-orders*.xml with PurchaseOrder, whose lines are " +
    "Lines/Line; members are elements (SupplierNumber, PoNumber, LineNumber, …). Read only.",
  settings: {
    transport: "folder",
    format: "xml",
    encoding: "utf-8",
    sets: [
      set("Supplier", "suppliers*.xml", "SupplierNumber", { record: "Supplier" }),
      set("Part", "parts*.xml", "PartNumber", { record: "Part" }),
      set("PurchaseOrder", "purchase-orders*.xml", "PoNumber", { record: "PurchaseOrder" }),
    ],
  },
  entities: READ,
  mappings: {
    Supplier: { ...XML.Supplier, direction: "inbound" },
    Part: { ...XML.Part, direction: "inbound" },
    PurchaseOrder: { ...XML.PurchaseOrder, direction: "inbound" },
  },
};

const fixed: ConnectionTemplate = {
  ...base,
  name: "file-purchasing-fixed",
  title: "Purchasing by fixed width",
  description:
    "suppliers*.txt, parts*.txt and purchase-orders-*.txt with purchase-order-lines-*.txt, a record a line, without header; " +
    "the settings say which column begins where. Read only.",
  settings: {
    transport: "folder",
    format: "fixed",
    encoding: "windows-1252",
    sets: [
      set("Supplier", "suppliers*.txt", "supplier_number", {
        columns: columns(
          ["supplier_number", 20],
          ["name", 60],
          ["tax_id", 20],
          ["email", 60],
          ["phone", 30],
          ["currency", 3],
          ["payment_terms", 20],
          ["street", 60],
          ["city", 40],
          ["postal_code", 12],
          ["country", 2],
        ),
      }),
      set("Part", "parts*.txt", "part_number", {
        columns: columns(
          ["part_number", 30],
          ["name", 60],
          ["description", 120],
          ["unit", 10],
          ["currency", 3],
          ["standard_cost", 18],
          ["supplier_number", 20],
        ),
      }),
      set("PurchaseOrder", "purchase-orders-*.txt", "po_number", {
        columns: columns(
          ["po_number", 20],
          ["supplier_number", 20],
          ["status", 20],
          ["order_date", 20],
          ["expected_date", 20],
          ["buyer", 40],
          ["currency", 3],
          ["total_amount", 18],
        ),
        children: [
          {
            as: "lines",
            pattern: "purchase-order-lines-*.txt",
            parentKey: ["po_number"],
            columns: columns(
              ["po_number", 20],
              ["line_number", 10],
              ["part_number", 30],
              ["description", 60],
              ["quantity", 18],
              ["unit", 10],
              ["unit_price", 18],
              ["line_total", 18],
            ),
          },
        ],
      }),
    ],
  },
  entities: READ,
  mappings: {
    Supplier: { ...CSV.Supplier, direction: "inbound" },
    Part: { ...CSV.Part, direction: "inbound" },
    PurchaseOrder: { ...CSV.PurchaseOrder, direction: "inbound" },
  },
};

/** Connections by files made ready. */
export const templates: readonly ConnectionTemplate[] = [csv, xml, fixed];
