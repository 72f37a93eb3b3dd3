import type { PullQuery } from "@dovetail/adapter-sdk";
import type { EntityName, JsonObject } from "@dovetail/domain";
import { databaseView } from "../src";
import { type Catalog, type DialectName, openRecorded, type Recorded, RecordedSql } from "./recorded-sql";

/** How each database calls the types of the same columns. */
const TYPES: Readonly<Record<DialectName, Readonly<Record<string, string>>>> = {
  postgresql: { id: "int4", text: "text", code: "bpchar", time: "timestamp", amount: "numeric", rise: "int8" },
  mysql: {
    id: "int(11)",
    text: "varchar(50)",
    code: "char(3)",
    time: "datetime(3)",
    amount: "decimal(19,4)",
    rise: "bigint(20)",
  },
  mssql: { id: "int", text: "nvarchar", code: "nchar", time: "datetime", amount: "money", rise: "timestamp" },
  oracle: { id: "NUMBER", text: "VARCHAR2", code: "CHAR", time: "DATE", amount: "NUMBER", rise: "NUMBER" },
};
export const DIALECTS = Object.keys(TYPES) as DialectName[];

const COLUMNS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  v_po: { ID: "id", SUPPLIER: "id", TOTAL: "amount", CHANGED: "time", RV: "rise", REF: "text" },
  v_po_line: { PO_ID: "id", LINE_NO: "id", QTY: "amount", CHANGED: "time", RV: "rise" },
  v_stock: { PART: "id", PLACE: "code", QTY: "amount", CHANGED: "time" },
  po_in: {
    SEQ: "id",
    REF: "text",
    PO_NO: "text",
    TOTAL: "amount",
    DUE: "time",
    ACTION: "code",
    STATE: "code",
    ERROR: "text",
    PO_ID: "id",
  },
  po_in_line: { HEAD: "id", REF: "text", LINE_NO: "id", QTY: "amount" },
  parts: { ID: "id", REF: "text", NAME: "text" },
};

function catalogOf(dialect: DialectName): Catalog {
  return Object.fromEntries(
    Object.entries(COLUMNS).map(([table, columns]) => [
      table,
      Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, TYPES[dialect][type] ?? ""])),
    ]),
  );
}

/** Orders with their lines, by this watermark. */
export const orders = (watermark: string): JsonObject => ({
  entityType: "PurchaseOrder",
  view: "v_po",
  key: ["ID"],
  watermark,
  reference: "REF",
  businessKey: { poNumber: "ID" },
  children: [{ as: "lines", view: "v_po_line", parentKey: ["PO_ID"], watermark }],
});
const STOCK: JsonObject = {
  entityType: "InventoryBalance",
  view: "v_stock",
  key: ["PART", "PLACE"],
  watermark: "CHANGED",
};
const WRITES: JsonObject[] = [
  {
    entityType: "PurchaseOrder",
    table: "po_in",
    mode: "interface",
    reference: "REF",
    unique: true,
    columns: { poNumber: "PO_NO", totalAmount: "TOTAL", promisedDate: "DUE" },
    operation: { column: "ACTION", create: "I", update: "U" },
    externalIdColumn: "PO_ID",
    children: [{ as: "lines", table: "po_in_line", parent: { HEAD: "SEQ", REF: "$reference" } }],
    status: {
      column: "STATE",
      pending: "N",
      done: ["P"],
      failed: ["E"],
      messageColumn: "ERROR",
      externalIdColumn: "PO_ID",
    },
  },
  {
    entityType: "Part",
    table: "parts",
    mode: "upsert",
    reference: "REF",
    unique: true,
    key: ["ID"],
    columns: { name: "NAME" },
  },
];

/** A session of that dialect, with orders and stock, unless `settings` say otherwise. */
export async function opened(dialect: DialectName, settings: JsonObject, nullable: readonly string[] = []) {
  const sql = new RecordedSql(dialect, catalogOf(dialect), nullable);
  const session = await openRecorded(sql, { views: [orders("CHANGED"), STOCK], writes: WRITES, ...settings });
  return { sql, session };
}

const AT = { lo: "2026-02-01T00:00:00Z", hi: "2026-02-02T00:00:00Z" };

/** The first page of a pull. */
export async function onePage(session: unknown, entity: EntityName, query: Partial<PullQuery>): Promise<void> {
  const whole: PullQuery = { mode: "incremental", cursor: null, pageSize: 7, lookbackSeconds: 0, ...query };
  for await (const page of databaseView.entities[entity]?.pull?.(session, whole) ?? []) return void page;
}

/** Each kind of statement with the call that makes it. */
export const KINDS: readonly [name: string, call: (dialect: DialectName) => Promise<Recorded[]>][] = [
  [
    "a page of a full read, and its lines",
    (dialect) => recorded(dialect, {}, (session) => onePage(session, "PurchaseOrder", { mode: "full" }), oneOrder),
  ],
  [
    "the next page of a full read by a key of two columns",
    (dialect) =>
      recorded(dialect, {}, (session) =>
        onePage(session, "InventoryBalance", { mode: "full", cursor: { lo: null, hi: AT.hi, last: ["4", "B-7"] } }),
      ),
  ],
  [
    "a page by watermark and key",
    (dialect) =>
      recorded(dialect, {}, (session) => onePage(session, "PurchaseOrder", { cursor: { ...AT, last: ["41"] } })),
  ],
  [
    "a page by a watermark that may be empty",
    (dialect) =>
      recorded(
        dialect,
        {},
        (session) => onePage(session, "InventoryBalance", { cursor: { ...AT, last: null } }),
        undefined,
        ["CHANGED"],
      ),
  ],
  [
    "a window by a watermark that counts",
    (dialect) =>
      recorded(
        dialect,
        { views: [orders("RV")] },
        (session) => onePage(session, "PurchaseOrder", { cursor: { lo: "100", hi: null, last: null } }),
        counted,
      ),
  ],
  [
    "stamps",
    (dialect) =>
      recorded(dialect, {}, (session) => drained(databaseView.entities.PurchaseOrder?.stamps?.(session, "41"))),
  ],
  [
    "stamps by a watermark that counts",
    (dialect) =>
      recorded(dialect, { views: [orders("RV")] }, (session) =>
        drained(databaseView.entities.PurchaseOrder?.stamps?.(session, null)),
      ),
  ],
  [
    "a look-up by business key",
    (dialect) =>
      recorded(dialect, {}, (session) =>
        databaseView.entities.PurchaseOrder?.lookup?.(session, { key: { poNumber: "41" } }),
      ),
  ],
  [
    "a look-up by external id of two parts",
    (dialect) =>
      recorded(dialect, {}, (session) =>
        databaseView.entities.InventoryBalance?.lookup?.(session, { externalId: "4|B-7" }),
      ),
  ],
  [
    "a look-up by reference",
    (dialect) =>
      recorded(dialect, {}, (session) =>
        databaseView.entities.PurchaseOrder?.lookup?.(session, { reference: "REF1" }).catch(() => undefined),
      ),
  ],
  [
    "an insert into an interface table and its lines",
    (dialect) =>
      recorded(
        dialect,
        {},
        (session) =>
          databaseView.entities.PurchaseOrder?.push?.send(session, {
            op: "create",
            reference: "REF1",
            body: {
              poNumber: "41",
              totalAmount: "0.1000",
              promisedDate: "2026-03-01T00:00:00Z",
              lines: [{ LINE_NO: 1, QTY: "2.5" }],
            },
          }),
        ({ text }) => (/SEQ/.test(text) && text.startsWith("SELECT") ? [{ c0: "77" }] : []),
      ),
  ],
  [
    "a poll of an interface row",
    (dialect) =>
      recorded(dialect, {}, (session) =>
        databaseView.entities.PurchaseOrder?.push?.poll?.(session, { reference: "REF1" }),
      ),
  ],
  [
    "an update by key",
    (dialect) =>
      recorded(
        dialect,
        {},
        (session) =>
          databaseView.entities.Part?.push?.send(session, {
            op: "update",
            reference: "REF2",
            externalId: "9",
            body: { name: "New" },
          }),
        ({ text }) => (text.startsWith("SELECT") ? [{ c0: "9", c1: "REF2" }] : []),
      ),
  ],
];

const oneOrder = ({ text }: Recorded) => (text.includes("v_po_line") ? [] : [{ c0: "41" }]);
const counted = ({ text }: Recorded) =>
  /MIN_ACTIVE/.test(text) ? [{ now: "200" }] : /MAX/.test(text) ? [{ c0: "200" }] : [];

async function drained(rows: AsyncIterable<unknown> | undefined): Promise<void> {
  for await (const row of rows ?? []) void row;
}

async function recorded(
  dialect: DialectName,
  settings: JsonObject,
  call: (session: unknown) => Promise<unknown> | undefined,
  answer?: (statement: Recorded) => JsonObject[],
  nullable: readonly string[] = [],
): Promise<Recorded[]> {
  const { sql, session } = await opened(dialect, settings, nullable);
  if (answer) sql.answer = answer;
  await call(session);
  return sql.statements;
}
