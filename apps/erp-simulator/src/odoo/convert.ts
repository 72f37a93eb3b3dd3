import Big from "big.js";
import { plain, roundTo } from "./decimals";
import { valueError } from "./errors";
import type { FieldDefinition, ModelDefinition } from "./schema/notation";
import type { Cell, Json, OdooVersion } from "./values";

const PRICE_FIELDS = new Set(["price_unit", "standard_price", "list_price"]);
const QUANTITY_FIELDS = new Set([
  "product_qty",
  "product_uom_qty",
  "qty_received",
  "qty_delivered",
  "quantity",
  "quantity_done",
  "qty_done",
]);

/** Decimal places a float column keeps; undefined keeps them all. Unit prices are not rounded in 19. */
export function digitsOf(field: FieldDefinition, version: OdooVersion): number | undefined {
  if (field.type === "monetary") return 2;
  if (PRICE_FIELDS.has(field.name)) return version === 19 ? undefined : 2;
  return QUANTITY_FIELDS.has(field.name) ? (version === 19 ? undefined : 2) : undefined;
}

/** Turns a client's value into a stored one, or raises what Odoo raises. x2many commands are handled elsewhere. */
export function toCell(model: ModelDefinition, field: FieldDefinition, value: Json, version: OdooVersion): Cell {
  const empty = value === null || value === false || value === "";
  switch (field.type) {
    case "boolean":
      return Boolean(value);
    case "integer":
      return empty ? 0 : wholeNumber(value);
    case "float":
    case "monetary": {
      const digits = digitsOf(field, version);
      const number = empty ? new Big(0) : readNumber(value);
      return digits === undefined ? plain(number) : roundTo(number, digits);
    }
    case "many2one":
      if (empty) return null;
      if (typeof value === "number" && Number.isInteger(value)) return value;
      throw valueError(`Wrong value for ${model.name}.${field.name}: ${JSON.stringify(value)}`);
    case "datetime":
      return empty ? null : readTime(value);
    case "date":
      return empty ? null : readTime(value).slice(0, 10);
    case "selection":
      if (empty) return null;
      if (field.selection?.some(([known]) => known === value)) return String(value);
      throw valueError(`Wrong value for ${model.name}.${field.name}: '${String(value)}'`);
    default:
      return empty ? null : readText(value);
  }
}

function readText(value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (text.includes("\0")) throw valueError("A string literal cannot contain NUL (0x00) characters.");
  return text;
}

function wholeNumber(value: Json): number {
  const number = Number(value);
  if (!Number.isFinite(number)) throw valueError(`invalid literal for int() with base 10: '${String(value)}'`);
  return Math.trunc(number);
}

function readNumber(value: Json): Big {
  try {
    return new Big(String(value));
  } catch {
    throw valueError(`could not convert string to float: '${String(value)}'`);
  }
}

const TIME = /^\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2}(\.\d+)?)?$/;

function readTime(value: Json): string {
  const text = String(value);
  if (!TIME.test(text) || Number.isNaN(Date.parse(`${text.slice(0, 10)}T${text.slice(11, 19) || "00:00:00"}Z`))) {
    throw valueError(`time data '${text}' does not match format '%Y-%m-%d %H:%M:%S'`);
  }
  return text.length === 10 ? `${text} 00:00:00` : text.slice(0, 19);
}
