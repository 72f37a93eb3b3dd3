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

/** A row as Odoo shows it, made honest: `false` that means "empty" is null, times carry their zone, floats no noise. */
export function tidy(
  row: JsonObject,
  fields: Fields,
  decimals: (currencyId: number) => number | undefined,
): JsonObject {
  const out: JsonObject = {};
  for (const [name, value] of Object.entries(row)) {
    const field = fields.get(name);
    if (value === false && field?.type !== "boolean") out[name] = null;
    else if (typeof value === "string" && field?.type === "datetime") out[name] = isoTime(value);
    else if (typeof value === "number" && (field?.type === "float" || field?.type === "monetary")) {
      const currency = linkId(row[field.currencyField ?? "currency_id"]);
      const scale = field.type === "monetary" && currency !== undefined ? decimals(currency) : field.scale;
      out[name] = cleanNumber(value, scale);
    } else out[name] = value;
  }
  return out;
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
