/** A JSON value as it travels. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };
/** A stored value: decimals are strings, times have microseconds, references are ids. */
export type Cell = null | boolean | number | string | readonly number[];
export type Row = Readonly<Record<string, Cell>>;
/** The releases whose behaviour is reproduced. */
export type OdooVersion = 14 | 17 | 19;

/** A JSON number written exactly as Odoo's floats are: `16.0`, `12.345`, never an exponent. */
export class FloatToken {
  readonly text: string;
  constructor(decimal: string) {
    this.text = decimal.includes(".") ? decimal : `${decimal}.0`;
  }
  toJSON(): number {
    return Number(this.text);
  }
}

/** What an answer may hold: JSON plus exact floats. */
export type Output = null | boolean | number | string | FloatToken | Output[] | { [key: string]: Output };

/** Serialises like JSON.stringify, keeping the exact text of floats. */
export function toJson(value: Output): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (value instanceof FloatToken) return value.text;
  if (Array.isArray(value)) return `[${value.map(toJson).join(", ")}]`;
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${toJson(member)}`);
  return `{${members.join(", ")}}`;
}

/** Narrowing for members of a request. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
