import type { Running as RunningOdoo, RunningSqlErp } from "@dovetail/erp-simulator";
import { ODOO, SQL } from "./names";

/** The demo's ERPs. What the demo says of them it asks them, behind the platform's back. */
export interface Erps {
  odoo: RunningOdoo;
  sql: RunningSqlErp;
}

/** A purchase order as an ERP shows it. */
export interface ErpOrder {
  /** The ERP's own number. */
  number: string;
  lines: number;
  total: string;
  /** Date of delivery, `YYYY-MM-DD`. */
  expected: string;
  notes: string;
}

/** The orders of this name in Odoo: one, when all is well. */
async function ordersInOdoo({ odoo }: Erps, name: string): Promise<ErpOrder[]> {
  const fields = ["order_line", "amount_total", "date_planned", "note"];
  const found = (await odoo.odoo.call("purchase.order", "search_read", [[["name", "=", name]], fields])) as {
    id: number;
    order_line: number[];
    amount_total: number;
    date_planned: string;
    note: string | false;
  }[];
  return found.map((order) => ({
    number: `id ${order.id}`,
    lines: order.order_line.length,
    total: order.amount_total.toFixed(2),
    expected: order.date_planned.slice(0, 10),
    notes: order.note || "",
  }));
}

/** The orders of this name in the SQL ERP. */
async function ordersInSql({ sql }: Erps, name: string): Promise<ErpOrder[]> {
  const found = (await sql.erp.query(
    `select po_no, round(total, 2)::text as total, to_char(expected_date at time zone 'UTC', 'YYYY-MM-DD') as expected, remark,
       (select count(*) from purchase_order_line l where l.po_no = o.po_no) as lines
     from purchase_order o where po_ref = $1`,
    [name],
  )) as { po_no: string; total: string; expected: string; remark: string | null; lines: string }[];
  return found.map(({ po_no, lines, total, expected, remark }) => ({
    number: `order ${po_no}`,
    lines: Number(lines),
    total,
    expected,
    notes: remark ?? "",
  }));
}

/** Where the orders of one name are looked up, by integration. */
export const ORDERS_IN = { [ODOO]: ordersInOdoo, [SQL]: ordersInSql } as const;
