import { isDate, normaliseDatetime, normaliseDecimal, type Json } from "@dovetail/domain";
import type { MappingDataType } from "./document";
import { ValueFailure } from "./failures";
import { decimalOfNumber, numberOfDecimal } from "./numbers";

/** Checks a value and brings it into the one form of its type; throws ValueFailure. */
export type Convert = (value: Json) => Json;

const MIDNIGHT = /^(\d{4}-\d\d-\d\d)[T ]00:00(?::00(?:\.0+)?)?Z?$/;
const TRUE = new Set(["true", "1", "y", "yes"]);
const FALSE = new Set(["false", "0", "n", "no"]);

function wrong(wanted: string): ValueFailure {
  return new ValueFailure("type", `${wanted} is wanted`, "ERP008");
}

function text(value: Json): Json {
  if (typeof value === "string") return value;
  if (typeof value === "number") return decimalOfNumber(value);
  throw wrong(value === false ? 'text (does the source mean "empty"? declare emptyValues)' : "text");
}

function decimal(value: Json): Json {
  if (typeof value === "number") return decimalOfNumber(value);
  const normal = typeof value === "string" ? normaliseDecimal(value.trim()) : undefined;
  if (normal === undefined) throw wrong("a decimal");
  return normal;
}

function integer(value: Json): Json {
  const n = typeof value === "number" ? value : Number(decimal(value));
  if (!Number.isSafeInteger(n)) throw wrong("an integer");
  return n;
}

function boolean(value: Json): Json {
  if (typeof value === "boolean") return value;
  const word = String(value).trim().toLowerCase();
  if (TRUE.has(word)) return true;
  if (FALSE.has(word)) return false;
  throw wrong("true or false");
}

function date(value: Json): Json {
  if (typeof value === "string") {
    if (isDate(value)) return value;
    const day = MIDNIGHT.exec(value)?.[1];
    if (day !== undefined && isDate(day)) return day;
  }
  throw wrong("a date YYYY-MM-DD (see ISO_DATE)");
}

function datetime(value: Json): Json {
  const normal = typeof value === "string" ? normaliseDatetime(value) : undefined;
  if (normal === undefined) throw wrong("an ISO 8601 time with zone (see ISO_DATE)");
  return normal;
}

function list(value: Json): Json {
  if (Array.isArray(value)) return value;
  throw wrong("a list");
}

function object(value: Json): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw wrong("an object");
}

const CONVERT: Record<MappingDataType, Convert> = {
  string: text,
  reference: text,
  decimal,
  number: decimal,
  integer,
  boolean,
  date,
  datetime,
  list,
  object,
};

/** The check of a type on the MES side. */
export function converter(type: MappingDataType): Convert {
  return CONVERT[type];
}

/** How a checked MES value is written for the ERP. */
export function writer(type: MappingDataType, erpType: "number" | "string" | undefined): Convert {
  const numeric = type === "decimal" || type === "number" || type === "integer";
  if (erpType === "number" || (numeric && erpType === undefined)) return toNumber;
  if (erpType === "string") return (value) => (typeof value === "number" ? String(value) : value);
  return (value) => value;
}

function toNumber(value: Json): Json {
  if (typeof value !== "string") return value;
  const normal = normaliseDecimal(value);
  if (normal === undefined) throw wrong("a number");
  return numberOfDecimal(normal);
}

/** What an expression sees as `value`: a number where the type is one. */
export function expressionInput(type: MappingDataType): Convert {
  const numeric = type === "decimal" || type === "number" || type === "integer";
  return (value) => {
    if (typeof value === "number") return decimalOfNumber(value) && value;
    if (!numeric || typeof value !== "string") return value;
    const normal = normaliseDecimal(value.trim());
    return normal === undefined ? value : numberOfDecimal(normal);
  };
}
