import type { Json, JsonObject } from "@dovetail/domain";
import { refusal } from "./errors";

/** What `fields_get` says of a field, as far as it matters here. */
export interface Field {
  type: string;
  label: string;
  required: boolean;
  relation?: string;
  /** Scale of a float with declared precision. */
  scale?: number;
  /** The field that holds a monetary field's currency. */
  currencyField?: string;
}

export type Fields = ReadonlyMap<string, Field>;

/** `2026-11-20 10:30:07` (always UTC) → `2026-11-20T10:30:07Z`; fractions, which only notices carry, are dropped. */
export function isoTime(text: string): string {
  return `${text.slice(0, 10)}T${text.slice(11, 19)}Z`;
}

/** Odoo 19 refuses a `Z`, so its own notation it is: UTC, whole seconds. */
export function odooTime(at: number | string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) throw refusal(`${at} is not a time`);
  return date.toISOString().slice(0, 19).replace("T", " ");
}

/** Binary floats with noise (0.30000000000000004) become the shortest number that they were meant to be. */
export function cleanNumber(value: number, scale?: number): number {
  if (Number.isInteger(value)) return value;
  const short = Number(value.toPrecision(15));
  return scale === undefined ? short : Number(short.toFixed(scale));
}

export function isLink(value: Json | undefined): value is [number, string] {
  return Array.isArray(value) && typeof value[0] === "number";
}

/** Database id of a many2one as read, or undefined when it is empty. */
export function linkId(value: Json | undefined): number | undefined {
  return isLink(value) ? value[0] : typeof value === "number" ? value : undefined;
}

/** Makes a row honest in place: `false` that means "empty" is null, times carry their zone, floats no noise. */
export type Tidy = (row: JsonObject) => JsonObject;

/** Tidies rows of these fields; chosen once per page, for it runs on every value of every row. */
export function tidier(
  names: readonly string[],
  fields: Fields,
  decimals: (currencyId: number) => number | undefined,
): Tidy {
  const texts: string[] = [];
  const times: string[] = [];
  const numbers: [string, Field][] = [];
  for (const name of names) {
    const field = fields.get(name);
    if (!field || field.type === "boolean" || name === "id") continue;
    if (field.type === "datetime") times.push(name);
    else if (field.type === "float" || field.type === "monetary") numbers.push([name, field]);
    else texts.push(name);
  }
  return (row) => {
    for (const name of texts) if (row[name] === false) row[name] = null;
    for (const name of times) {
      const value = row[name];
      row[name] = typeof value === "string" ? isoTime(value) : null;
    }
    for (const [name, field] of numbers) row[name] = tidyNumber(row, row[name] ?? null, field, decimals);
    return row;
  };
}

function tidyNumber(
  row: JsonObject,
  value: Json,
  { type, scale, currencyField }: Field,
  decimals: (currencyId: number) => number | undefined,
): Json {
  if (typeof value !== "number") return value === false ? null : value;
  const currency = type === "monetary" ? linkId(row[currencyField ?? "currency_id"]) : undefined;
  return cleanNumber(value, currency === undefined ? scale : decimals(currency));
}

/** A mapped value in the form that Odoo's field of that type takes. */
export function toOdoo(name: string, value: Json, field: Field): Json {
  if (value === null) return false;
  switch (field.type) {
    case "many2one":
      return idOf(name, Array.isArray(value) ? (value[0] ?? null) : value);
    case "datetime":
      return typeof value === "string" ? odooTime(value) : value;
    case "date":
      return typeof value === "string" ? value.slice(0, 10) : value;
    case "float":
    case "monetary":
    case "integer":
      return numberOf(name, value);
    default:
      return value;
  }
}

function idOf(name: string, value: Json): Json {
  if (value === null || value === false) return false;
  const id = Number(value);
  if (!Number.isInteger(id) || id <= 0) throw refusal(`${name}: ${JSON.stringify(value)} is not the id of a record`);
  return id;
}

function numberOf(name: string, value: Json): Json {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number))
    throw refusal(`${name}: ${JSON.stringify(value)} is not a number`);
  return number;
}
