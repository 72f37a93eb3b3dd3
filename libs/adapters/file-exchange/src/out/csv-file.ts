import type { Json, JsonObject } from "@dovetail/domain";
import type { Dialect } from "../format/split";
import { refusal } from "../refusal";

const RFC_4180: Dialect = { delimiter: ",", quoting: "double" };

/**
 * Rows as CSV with a header of all their members in order of appearance; objects within are JSON. Throws AdapterError
 * VALIDATION for a text that a dialect without quotes cannot hold.
 */
export function csvFile(rows: readonly JsonObject[], dialect: Dialect = RFC_4180): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = (values: readonly Json[]) => values.map((value, n) => cell(value, dialect, columns[n] ?? ""));
  const lines = [cells(columns), ...rows.map((row) => cells(columns.map((column) => row[column] ?? null)))];
  return lines.map((line) => `${line.join(dialect.delimiter)}\r\n`).join("");
}

function cell(value: Json, { delimiter, quoting }: Dialect, column: string): string {
  if (value === null) return quoting === "backslash" ? "\\N" : "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  const special = text.includes(delimiter) || /[\r\n]/.test(text);
  if (quoting === "none") {
    if (special) throw refusal(`${column} holds a delimiter or a line end: CSV without quotes cannot say that`);
    return text;
  }
  if (quoting === "backslash")
    return special || /["\\]|^\s|\s$/.test(text) ? `"${text.replace(/["\\]/g, "\\$&")}"` : text;
  return special || /"|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
