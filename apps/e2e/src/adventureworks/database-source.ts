import { dialectOf, SqlClient } from "@dovetail/adapter-sdk";
import type { JsonObject } from "@dovetail/domain";
import {
  ADVENTUREWORKS_ENTITIES,
  columnsOf,
  TABLE_OF,
  TABLES,
  type ErpRow,
  type ErpTables,
  type TableName,
} from "./data";
import type { ErpAnswer, ErpSource, HandedOver } from "./source";

/** A database of the ERP: empty at first, and its user may make tables there. */
export interface DatabaseConnection {
  transport: "database";
  /** `mysql` is MariaDB as well. */
  dialect: "postgresql" | "mysql";
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  /** Where the product reaches it, when that is another port: a proxy that breaks. */
  productPort?: number;
}

type ColumnType = "integer" | "amount" | "quantity" | "time" | "text";

const COLUMN_TYPES: readonly [ColumnType, RegExp][] = [
  ["integer", /^(BusinessEntity|Product|PurchaseOrder|PurchaseOrderDetail|Vendor|Location)ID$|^Status$/],
  ["integer", /^(OrderQty|Quantity|AverageLeadTime|MinOrderQty|RevisionNumber)$/],
  ["amount", /^(SubTotal|TaxAmt|Freight|TotalDue|UnitPrice|LineTotal|StandardCost|ListPrice|StandardPrice)$/],
  ["quantity", /^(ReceivedQty|RejectedQty|Weight)$/],
  ["time", /^(Modified|Order|Ship|Due)Date$/],
];
const SQL_TYPES: Readonly<Record<DatabaseConnection["dialect"], Readonly<Record<ColumnType, string>>>> = {
  postgresql: {
    integer: "integer",
    amount: "numeric(19,4)",
    quantity: "numeric(8,2)",
    time: "timestamp(3)",
    text: "text",
  },
  mysql: {
    integer: "integer",
    amount: "decimal(19,4)",
    quantity: "decimal(8,2)",
    time: "datetime(3)",
    text: "varchar(400)",
  },
};

/** What the interface table takes of an order and of its lines. */
const ORDER_COLUMNS = [
  "PurchaseOrderID",
  "RevisionNumber",
  "Status",
  "VendorID",
  "OrderDate",
  "SubTotal",
  "TaxAmt",
  "Freight",
  "TotalDue",
];
const LINE_COLUMNS = [
  "PurchaseOrderDetailID",
  "ProductID",
  "OrderQty",
  "ReceivedQty",
  "RejectedQty",
  "UnitPrice",
  "LineTotal",
  "DueDate",
];

/** An ERP whose tables are read through views and which takes orders from interface tables. */
export class DatabaseSource implements ErpSource {
  readonly sql: SqlClient;

  constructor(private readonly connection: DatabaseConnection) {
    const { dialect, host, port, database, user, password } = connection;
    this.sql = new SqlClient({ dialect, host, port, database, user, password });
  }

  get integration(): JsonObject {
    const { dialect, host, port, productPort = port, database, user, password } = this.connection;
    return {
      erpSystem: "DATABASE",
      connectionMethod: "DATABASE",
      authMethod: "BASIC",
      apiUsername: user,
      apiPassword: password,
      settings: { dialect, host, port: productPort, database, tls: "off", zone: "UTC", views: VIEWS, writes: WRITES },
    };
  }

  async load(tables: ErpTables): Promise<void> {
    for (const name of TABLES) {
      await this.make(name, columnsOf(name), "");
      await this.insert(name, columnsOf(name), tables[name] ?? []);
      for (const column of columnsOf(name).filter((column) =>
        /^(BusinessEntity|Product|PurchaseOrder)ID$/.test(column),
      ))
        await this.sql.execute(
          `create index ${this.quote(`${name}_${column}`)} on ${this.quote(name)} (${this.quote(column)})`,
        );
      await this.sql.execute(`create view ${this.quote(`v_${name}`)} as select * from ${this.quote(name)}`);
    }
    const [id, text] = [this.serial(), SQL_TYPES[this.connection.dialect].text];
    const names = ["EXT_REF", "ACTION", "IF_STATUS", "ERROR_TEXT", "ERP_ID"];
    const own = names.map((name) => `${this.quote(name)} ${text}`).join(", ");
    await this.make("po_interface", ORDER_COLUMNS, `${this.quote("SEQ")} ${id}, ${own}, `);
    await this.make(
      "po_line_interface",
      LINE_COLUMNS,
      `${this.quote("SEQ")} ${id}, ${this.quote("EXT_REF")} ${text}, `,
    );
  }

  /** Changed rows get a time of change that is just over: the database shows a second once it is over. */
  async change(tables: ErpTables): Promise<void> {
    const ModifiedDate = new Date(Date.now() - 5_000).toISOString().replace("T", " ").replace("Z", "");
    for (const entity of ADVENTUREWORKS_ENTITIES) {
      const { table, key, lines } = TABLE_OF[entity];
      const heads = tables[table];
      if (!heads) continue;
      for (const name of lines ? [table, lines.table] : [table]) await this.remove(name, key, heads);
      await this.insert(
        table,
        columnsOf(table),
        heads.map((row) => ({ ...row, ModifiedDate })),
      );
      if (lines) await this.insert(lines.table, columnsOf(lines.table), tables[lines.table] ?? []);
    }
  }

  async waiting(): Promise<HandedOver[]> {
    return this.orders(`where ${this.quote("IF_STATUS")} = 'N'`);
  }

  async handedOver(): Promise<HandedOver[]> {
    return this.orders("");
  }

  async answer({ reference }: HandedOver, answer: ErpAnswer): Promise<void> {
    const set = (values: Record<string, string>) =>
      Object.entries(values)
        .map(([name, value]) => `${this.quote(name)} = ${literal(value)}`)
        .join(", ");
    const values: Record<string, string> =
      "confirmed" in answer
        ? { IF_STATUS: "P", ERP_ID: answer.confirmed }
        : { IF_STATUS: "E", ERROR_TEXT: answer.rejected };
    const where = `where ${this.quote("EXT_REF")} = ${literal(reference)}`;
    await this.sql.execute(`update ${this.quote("po_interface")} set ${set(values)} ${where}`);
  }

  close(): Promise<void> {
    return this.sql.close();
  }

  private async orders(where: string): Promise<HandedOver[]> {
    const heads = await this.sql.query(
      `select * from ${this.quote("po_interface")} ${where} order by ${this.quote("SEQ")}`,
    );
    const lines = await this.sql.query(
      `select * from ${this.quote("po_line_interface")} order by ${this.quote("SEQ")}`,
    );
    const given = (row: JsonObject, names: readonly string[]): JsonObject =>
      Object.fromEntries(names.flatMap((name) => (row[name] == null ? [] : [[name, row[name]]])));
    return heads.map((row) => ({
      reference: String(row["EXT_REF"]),
      op: row["ACTION"] === "I" ? "create" : "update",
      externalId: row["ERP_ID"] == null ? null : String(row["ERP_ID"]),
      head: given(row, ORDER_COLUMNS),
      lines: lines.filter((line) => line["EXT_REF"] === row["EXT_REF"]).map((line) => given(line, LINE_COLUMNS)),
    }));
  }

  private async make(name: string, columns: readonly string[], before: string): Promise<void> {
    const types = SQL_TYPES[this.connection.dialect];
    const typed = columns.map((column) => {
      const [type] = COLUMN_TYPES.find(([, pattern]) => pattern.test(column)) ?? (["text"] as const);
      return `${this.quote(column)} ${types[type]}`;
    });
    const charset = this.connection.dialect === "mysql" ? " default charset utf8mb4" : "";
    await this.sql.execute(`create table ${this.quote(name)} (${before}${typed.join(", ")})${charset}`);
  }

  private async insert(name: TableName, columns: readonly string[], rows: readonly ErpRow[]): Promise<void> {
    const names = columns.map((column) => this.quote(column)).join(", ");
    for (let from = 0; from < rows.length; from += 500) {
      const tuples = rows
        .slice(from, from + 500)
        .map((row) => `(${columns.map((column) => literal(row[column] ?? "")).join(", ")})`);
      await this.sql.execute(`insert into ${this.quote(name)} (${names}) values ${tuples.join(", ")}`);
    }
  }

  private async remove(name: TableName, key: readonly string[], rows: readonly ErpRow[]): Promise<void> {
    const match = (row: ErpRow) =>
      `(${key.map((column) => `${this.quote(column)} = ${literal(row[column] ?? "")}`).join(" and ")})`;
    if (rows.length > 0)
      await this.sql.execute(`delete from ${this.quote(name)} where ${rows.map(match).join(" or ")}`);
  }

  private serial(): string {
    return this.connection.dialect === "mysql" ? "bigint auto_increment primary key" : "bigserial primary key";
  }

  private quote(name: string): string {
    return dialectOf(this.connection.dialect).quotePart(name);
  }
}

/** The data has no texts with backslashes, which MariaDB would read in its own way. */
function literal(value: string): string {
  return value === "" ? "null" : `'${value.replace(/'/g, "''")}'`;
}

const VIEWS = ADVENTUREWORKS_ENTITIES.map((entityType): JsonObject => {
  const { table, key, lines } = TABLE_OF[entityType];
  const marked = { watermark: "ModifiedDate" };
  return {
    entityType,
    view: `v_${table}`,
    key,
    // Balances are read whole each time: their times of change are older than they are.
    ...(entityType === "InventoryBalance" ? {} : marked),
    ...(entityType === "Supplier" ? { businessKey: { supplierNumber: "AccountNumber" } } : {}),
    ...(entityType === "PurchaseOrder" ? { businessKey: { poNumber: "PurchaseOrderID" } } : {}),
    ...(lines ? { children: [{ as: lines.as, view: `v_${lines.table}`, parentKey: key, ...marked }] } : {}),
  };
});

const WRITES: JsonObject[] = [
  {
    entityType: "PurchaseOrder",
    table: "po_interface",
    mode: "interface",
    reference: "EXT_REF",
    columns: Object.fromEntries(ORDER_COLUMNS.map((name) => [name, name])),
    operation: { column: "ACTION", create: "I", update: "U" },
    externalIdColumn: "ERP_ID",
    children: [
      {
        as: "lines",
        table: "po_line_interface",
        parent: { EXT_REF: "$reference" },
        columns: Object.fromEntries(LINE_COLUMNS.map((name) => [name, name])),
      },
    ],
    status: {
      column: "IF_STATUS",
      pending: "N",
      done: ["P"],
      failed: ["E"],
      messageColumn: "ERROR_TEXT",
      externalIdColumn: "ERP_ID",
    },
  },
];
