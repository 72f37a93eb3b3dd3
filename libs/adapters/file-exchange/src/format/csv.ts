import type { Quoting } from "../layout";
import { SetAside } from "../refusal";

const CANDIDATES = [",", ";", "\t", "|"];

/** The fields of one record. Only in the backslash dialect a field can be null: a bare `\\N`, as databases write it. */
export function csvFields(record: string, delimiter: string, quoting: Quoting = "double"): (string | null)[] {
  if (quoting === "none") return record.split(delimiter);
  if (quoting === "backslash" && record.includes("\\")) return escapedFields(record, delimiter);
  if (!record.includes('"')) return record.split(delimiter);
  const fields: string[] = [];
  for (let at = 0; ;) {
    if (record[at] !== '"') {
      const end = record.indexOf(delimiter, at);
      fields.push(end < 0 ? record.slice(at) : record.slice(at, end));
      if (end < 0) return fields;
      at = end + 1;
      continue;
    }
    const [field, next] = quoting === "double" ? quoted(record, at) : enclosed(record, at);
    // Text behind a closing quote is kept: the row is rejected for it, and is to be shown as it came.
    const end = record.indexOf(delimiter, next);
    fields.push(field + (end < 0 ? record.slice(next) : record.slice(next, end)));
    if (end < 0) return fields;
    at = end + 1;
  }
}

/** Without backslashes in it a quote ends at the next one. */
function enclosed(record: string, at: number): [string, number] {
  const end = record.indexOf('"', at + 1);
  return [record.slice(at + 1, end < 0 ? record.length : end), end < 0 ? record.length : end + 1];
}

function escapedFields(record: string, delimiter: string): (string | null)[] {
  const fields: (string | null)[] = [];
  for (let at = 0; ; at++) {
    const begin = at;
    let field = "";
    let inQuotes = record[at] === '"';
    if (inQuotes) at++;
    for (; at < record.length && (inQuotes || record[at] !== delimiter); at++) {
      if (record[at] === "\\") field += record[++at] ?? "";
      else if (inQuotes && record[at] === '"') inQuotes = false;
      else field += record[at];
    }
    fields.push(record.slice(begin, at) === "\\N" ? null : field);
    if (at >= record.length) return fields;
  }
}

function quoted(record: string, at: number): [string, number] {
  let end = record.indexOf('"', at + 1);
  while (end >= 0 && record[end + 1] === '"') end = record.indexOf('"', end + 2);
  const inner = record.slice(at + 1, end < 0 ? record.length : end);
  return [inner.replaceAll('""', '"'), end < 0 ? record.length : end + 1];
}

/** Finds the delimiter of a header line: the one that brings out the columns that are needed. */
export function detectDelimiter(header: string, needed: readonly string[], name: string, quoting?: Quoting): string {
  const has = (delimiter: string) => {
    const columns = csvFields(header, delimiter, quoting);
    return needed.every((column) => columns.includes(column));
  };
  const found = CANDIDATES.filter(has);
  // A single column has no delimiter; then any will do.
  if (found.length > 0) return widest(header, found, quoting);
  throw new SetAside(
    `${name}: the header line does not have the columns ${needed.join(", ")} with any usual delimiter`,
  );
}

/** Of a line without names: the delimiter that makes the most of it. */
export function widest(line: string, delimiters: readonly string[] = CANDIDATES, quoting?: Quoting): string {
  const width = (delimiter: string) => csvFields(line, delimiter, quoting).length;
  return delimiters.reduce((best, each) => (width(each) > width(best) ? each : best));
}

/** Throws SetAside when the header lacks a column that is needed or names one twice. */
export function checkColumns(
  columns: readonly string[],
  needed: readonly string[],
  name: string,
  delimiter?: string,
): void {
  const missing = needed.filter((column) => !columns.includes(column));
  const hint =
    delimiter !== undefined && columns.length === 1 ? ` Is ${JSON.stringify(delimiter)} really its delimiter?` : "";
  if (missing.length > 0)
    throw new SetAside(
      `${name} has no column ${missing.join(", ")}; it has ${columns.join(", ").slice(0, 500)}.${hint}`,
    );
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) throw new SetAside(`${name} has two columns named ${JSON.stringify(twice)}`);
}
