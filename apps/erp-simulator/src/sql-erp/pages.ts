import type { Pool } from "pg";
import type { Answer } from "../odoo/pages";
import { SHOWN_TABLES } from "./tables";

const ROWS = 50;
const WIDTH = 40;

/** `/` lists the tables, `/<table>` shows its newest rows: plain text, for people. Nothing can be changed here. */
export async function tablePage(pool: Pool, path: string): Promise<Answer> {
  const name = path.replace(/^\/|\/$/g, "");
  if (name === "") return text(await overview(pool));
  const table = SHOWN_TABLES.find((one) => one === name);
  if (!table) return text(`there is no table ${name}; there are ${SHOWN_TABLES.join(", ")}\n`, 404);
  const { fields, rows } = await pool.query<Record<string, unknown>>(
    `select * from (select * from ${table} order by 1 desc limit ${ROWS}) newest order by 1`,
  );
  return text(
    aligned(
      fields.map(({ name: column }) => column),
      rows,
    ),
  );
}

async function overview(pool: Pool): Promise<string> {
  const counts = SHOWN_TABLES.map((table) => `select '${table}' as table, count(*)::text as rows from ${table}`);
  const { rows } = await pool.query<Record<string, unknown>>(counts.join(" union all "));
  return aligned(["table", "rows"], rows);
}

function aligned(columns: readonly string[], rows: readonly Record<string, unknown>[]): string {
  const cells = rows.map((row) => columns.map((column) => cell(row[column])));
  const widths = columns.map((column, n) => Math.max(column.length, ...cells.map((row) => row[n]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((value, n) => value.padEnd(widths[n] ?? 0))
      .join("  ")
      .trimEnd();
  return `${[line(columns), line(widths.map((width) => "-".repeat(width))), ...cells.map(line)].join("\n")}\n`;
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString().slice(0, 19).replace("T", " ");
  const shown = typeof value === "object" ? JSON.stringify(value) : String(value as string | number | boolean);
  return shown.length > WIDTH ? `${shown.slice(0, WIDTH - 1)}…` : shown;
}

function text(body: string, status = 200): Answer {
  return { status, headers: { "Content-Type": "text/plain; charset=utf-8" }, body };
}
