import type { ClientBase } from "pg";
import {
  type DocumentType,
  type Effect,
  type InterfaceRow,
  mustBeCreate,
  mustBeNew,
  mustStand,
  Refusal,
  setColumns,
} from "./documents";

const TABLE = { name: "purchase_order", number: "po_no" } as const;
const COLUMNS = ["vendor_no", "currency", "order_date", "expected_date", "remark"] as const;

interface Line {
  line_no: string;
  item_no: string | null;
  qty: string | null;
  uom: string | null;
  unit_price: string | null;
}

/** Orders with their lines. I makes one under a number of the ERP's own; U sets what is given, all lines or none. */
export const purchaseOrders: DocumentType = {
  ...TABLE,
  async take(client, row): Promise<Effect> {
    const lines = await linesOf(client, row);
    if (row.action !== "U") mustBeCreate(row);
    await checkVendor(client, row);
    for (const line of lines) await checkLine(client, line);
    const given = COLUMNS.filter((column) => row[column] !== null);
    const number = row.action === "U" ? await change(client, row, given) : await make(client, row, given, lines);
    if (lines.length > 0) await replaceLines(client, number, lines);
    const detail = Object.fromEntries(given.map((column) => [column, row[column]]));
    return {
      action: row.action === "U" ? "changed" : "created",
      docNo: number,
      detail: { ...detail, ...(lines.length > 0 ? { lines: lines.length } : {}) },
    };
  },
};

async function linesOf(client: ClientBase, { ext_ref }: InterfaceRow): Promise<Line[]> {
  const { rows } = await client.query<Line>(
    "select line_no, item_no, qty, uom, unit_price from if_purchase_order_line where ext_ref = $1 order by line_no",
    [ext_ref],
  );
  return rows;
}

async function checkVendor(client: ClientBase, row: InterfaceRow): Promise<void> {
  const number = row["vendor_no"];
  if (number === null && row.action === "U") return;
  if (number === null || number === undefined) throw new Refusal("vendor_no is missing");
  const { rows } = await client.query<{ blocked: boolean }>("select blocked from vendor where vendor_no = $1", [
    number,
  ]);
  if (!rows[0]) throw new Refusal(`vendor ${String(number)} is not known`);
  if (rows[0].blocked) throw new Refusal(`vendor ${String(number)} is blocked`);
}

async function checkLine(client: ClientBase, { line_no, item_no, qty, unit_price }: Line): Promise<void> {
  if (item_no === null) throw new Refusal(`line ${line_no}: item_no is missing`);
  const { rowCount } = await client.query("select 1 from item where item_no = $1", [item_no]);
  if (!rowCount) throw new Refusal(`line ${line_no}: item ${item_no} is not known`);
  if (qty === null || Number(qty) <= 0) throw new Refusal(`line ${line_no}: qty must be more than 0`);
  if (unit_price !== null && Number(unit_price) < 0) throw new Refusal(`line ${line_no}: unit_price is below 0`);
}

async function make(
  client: ClientBase,
  row: InterfaceRow,
  given: readonly string[],
  lines: readonly Line[],
): Promise<string> {
  if (row["po_ref"] === null) throw new Refusal("po_ref is missing");
  if (row["currency"] === null) throw new Refusal("currency is missing");
  if (lines.length === 0) throw new Refusal("an order without lines is not taken");
  await mustBeNew(client, TABLE, "po_ref", row);
  const columns = ["po_ref", ...given];
  const { rows } = await client.query<{ po_no: string }>(
    `insert into purchase_order (${columns.join(", ")}) values (${columns.map((_, n) => `$${n + 1}`).join(", ")}) returning po_no`,
    columns.map((column) => row[column]),
  );
  return rows[0]?.po_no ?? "";
}

async function change(client: ClientBase, row: InterfaceRow, given: readonly string[]): Promise<string> {
  await mustStand(client, TABLE, row);
  await setColumns(client, TABLE, row, given);
  return String(row["po_no"]);
}

async function replaceLines(client: ClientBase, number: string, lines: readonly Line[]): Promise<void> {
  await client.query("delete from purchase_order_line where po_no = $1", [number]);
  for (const { line_no, item_no, qty, uom, unit_price } of lines)
    await client.query(
      "insert into purchase_order_line (po_no, line_no, item_no, qty, uom, unit_price) values ($1, $2, $3, $4, $5, coalesce($6::numeric, 0))",
      [number, line_no, item_no, qty, uom, unit_price],
    );
  await client.query(
    "update purchase_order set total = (select sum(qty * unit_price) from purchase_order_line where po_no = $1) where po_no = $1",
    [number],
  );
}
