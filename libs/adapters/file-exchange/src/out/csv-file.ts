import type { Json, JsonObject } from "@dovetail/domain";

/** Rows as CSV (RFC 4180) with a header of all their members in order of appearance; objects within are JSON. */
export function csvFile(rows: readonly JsonObject[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = [columns.map(cell), ...rows.map((row) => columns.map((column) => cell(row[column] ?? null)))];
  return lines.map((cells) => `${cells.join(",")}\r\n`).join("");
}

function cell(value: Json): string {
  const text = value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
