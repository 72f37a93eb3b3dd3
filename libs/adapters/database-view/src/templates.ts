import { type ConnectionTemplate, type PurchasingEntity, purchasingMappings } from "@dovetail/adapter-sdk";
import type { JsonObject } from "@dovetail/domain";

/** How one kind of database names its things, and what it needs. */
interface Dialect {
  dialect: "postgresql" | "mysql" | "mssql" | "oracle";
  title: string;
  port: number;
  /** The catalog's spelling of a name in small letters. */
  spelt: (name: string) => string;
  /** What keeps a reference from standing twice: a lock by name, or a unique index. */
  unique: boolean;
}

const same = (name: string) => name;

const DIALECTS: readonly Dialect[] = [
  { dialect: "postgresql", title: "PostgreSQL", port: 5432, spelt: same, unique: false },
  { dialect: "mysql", title: "MySQL or MariaDB", port: 3306, spelt: same, unique: false },
  { dialect: "mssql", title: "SQL Server", port: 1433, spelt: same, unique: false },
  { dialect: "oracle", title: "Oracle", port: 1521, spelt: (name) => name.toUpperCase(), unique: true },
];

const KEYS = { Supplier: "supplier_number", Part: "part_number", PurchaseOrder: "po_number" } as const;
const VIEWS = { Supplier: "dovetail_suppliers", Part: "dovetail_parts", PurchaseOrder: "dovetail_orders" } as const;

function views({ spelt }: Dialect): JsonObject[] {
  return (["Supplier", "Part", "PurchaseOrder"] as const).map((entityType) => {
    const key = spelt(KEYS[entityType]);
    const children = [
      { as: "lines", view: spelt("dovetail_order_lines"), parentKey: [key], count: spelt("line_count") },
    ];
    return {
      entityType,
      view: spelt(VIEWS[entityType]),
      key: [key],
      watermark: spelt("modified_at"),
      ...(entityType === "PurchaseOrder" ? { children } : {}),
    };
  });
}

/** Rows that the ERP takes up and answers in the same row. */
function writes({ spelt, unique }: Dialect): JsonObject[] {
  const table = (entityType: PurchasingEntity, name: string, more: JsonObject = {}): JsonObject => ({
    entityType,
    table: spelt(`dovetail_${name}_in`),
    mode: "interface",
    reference: spelt("reference"),
    unique,
    children: [
      { as: "lines", table: spelt(`dovetail_${name}_lines_in`), parent: { [spelt("reference")]: "$reference" } },
    ],
    status: {
      column: spelt("status_code"),
      pending: "N",
      done: ["P"],
      failed: ["E"],
      messageColumn: spelt("error_text"),
      externalIdColumn: spelt("erp_number"),
    },
    ...more,
  });
  return [
    table("PurchaseOrder", "order", {
      operation: { column: spelt("operation"), create: "I", update: "U" },
      externalIdColumn: spelt("erp_number"),
    }),
    table("Receipt", "receipt"),
  ];
}

function purchasing(dialect: Dialect): ConnectionTemplate {
  const { Supplier, Part, PurchaseOrder, Receipt } = purchasingMappings({
    column: dialect.spelt,
    lines: "$.lines[*]",
  });
  return {
    name: `database-purchasing-${dialect.dialect}`,
    system: "DATABASE",
    connectionMethod: "DATABASE",
    title: `Purchasing by views of ${dialect.title}`,
    description:
      "The views dovetail_suppliers, dovetail_parts, dovetail_orders and dovetail_order_lines are read by their modified_at; " +
      "orders and receipts are written to dovetail_order_in and dovetail_receipt_in with their lines, whose status_code the ERP sets.",
    authMethod: "BASIC",
    settings: {
      dialect: dialect.dialect,
      port: dialect.port,
      tls: "verify",
      zone: "UTC",
      views: views(dialect),
      writes: writes(dialect),
    },
    syncSchedule: { enabled: true, interval: "*/15 * * * *", masterData: "0 1 * * *" },
    entities: {
      Supplier: { direction: "inbound", master: true },
      Part: { direction: "inbound", master: true },
      PurchaseOrder: { direction: "both", master: true },
      Receipt: { direction: "outbound" },
    },
    mappings: { Supplier, Part, PurchaseOrder, Receipt },
  };
}

/** Connections with databases made ready, one per kind. */
export const templates: readonly ConnectionTemplate[] = DIALECTS.map(purchasing);
