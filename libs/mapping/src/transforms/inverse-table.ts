import type { Json } from "@dovetail/domain";
import { ValueFailure } from "../failures";

/** Tables are looked up by the text of a value; true and "true" are the same key. */
export type Table = ReadonlyMap<string, Json>;

export function tableOf(entries: Readonly<Record<string, Json>>): Table {
  return new Map(Object.entries(entries));
}

/** The table read backwards, or the first value that two keys share. */
export function invert(table: Table): { table: Table } | { ambiguous: string } {
  const inverse = new Map<string, Json>();
  for (const [key, value] of table) {
    const text = String(value);
    if (inverse.has(text)) return { ambiguous: text };
    inverse.set(text, key);
  }
  return { table: inverse };
}

/** What happens to a value that no table holds. */
export type Otherwise = "keep" | "null" | "error";

export function look(name: string, table: Table, otherwise: Otherwise): (value: Json) => Json {
  return (value) => {
    const found = typeof value === "object" ? undefined : table.get(String(value));
    if (found !== undefined) return found;
    if (otherwise === "keep") return value;
    if (otherwise === "null") return null;
    throw new ValueFailure(name, "the table does not hold this value");
  };
}
