import type { FieldError, Json } from "@dovetail/domain";

/** Thrown inside a rule for one value; becomes a FieldError of the row and never leaves the library. */
export class ValueFailure extends Error {
  constructor(
    readonly rule: string,
    message: string,
    readonly code: "ERP004" | "ERP008" = "ERP004",
  ) {
    super(message);
  }
}

/** Thrown while a rule is compiled; becomes a problem of the MappingError. */
export class RuleProblem extends Error {
  constructor(
    readonly member: string,
    readonly rule: string,
    message: string,
    readonly value: Json = null,
    readonly suggestion?: string,
  ) {
    super(message);
  }
}

const MAX_SHOWN = 200;
/** Members whose values never appear in an error, whatever the entity declares. */
const SECRET = /passw|secret|token|iban|bank|tax_?id|vat|e-?mail|phone|mobile|ssn|card|birth/i;

/** The error of one value: cut, and masked when it is personal or secret. */
export function fieldError(field: string, error: unknown, value: unknown, personal: boolean): FieldError {
  const failure = error instanceof ValueFailure ? error : new ValueFailure("transform", String(error));
  const masked = personal || SECRET.test(field);
  const shown = masked ? (value === undefined || value === null ? null : "***") : shownValue(value);
  const message = masked && failure.rule === "expression" ? "the expression failed" : failure.message;
  return { field, rule: failure.rule, value: shown, code: failure.code, message };
}

function shownValue(value: unknown): Json {
  if (value === undefined || value === null) return null;
  if (typeof value === "number" || typeof value === "boolean") return value;
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return text.length > MAX_SHOWN ? text.slice(0, MAX_SHOWN) : text;
}
