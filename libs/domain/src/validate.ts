import { ENTITIES } from "./entities";
import { isObject } from "./json";
import { textKindOf } from "./key";
import { lineKeyOf } from "./line-order";
import { CURRENCY_PATTERN, DECIMAL_PATTERN, MAX_DEPTH, UNIT_PATTERN } from "./patterns";
import { isDate, isDatetime } from "./temporal";
import { brokenTextRule, isTooLong, printable, shownValue, type TextKind } from "./text-rules";
import type { EntityName, FieldDefinition, FieldError, Json, JsonObject } from "./types";

/** Adds the errors of one value; `prefix` is the path before the field's name. */
type Check = (value: Json, prefix: string, errors: FieldError[]) => void;

type ObjectCheck = (record: JsonObject, prefix: string, errors: FieldError[]) => void;

/** More tell a reader nothing and would let one bad row fill a table. */
const MAX_ERRORS = 100;

const compiled = new Map<EntityName, ObjectCheck>();

/**
 * The rules that a record breaks, by field, at most 100; empty for a valid record. Null counts as absent. Undeclared members are
 * refused outside `custom`. Beyond the JSON Schema it checks that line keys are unique, that strings hold at most
 * 256 KiB of UTF-8 and no half surrogate, and that free JSON nests at most 32 deep. The record is not changed.
 */
export function validateRecord(entity: EntityName, record: JsonObject): FieldError[] {
  let check = compiled.get(entity);
  if (!check) compiled.set(entity, (check = compileEntity(entity)));
  const errors: FieldError[] = [];
  if (isObject(record)) check(record, "", errors);
  else report(errors, "", "type", record, "An object is expected");
  return errors;
}

function report(
  errors: FieldError[],
  path: string,
  rule: string,
  value: Json | undefined,
  message: string,
  field?: FieldDefinition,
): void {
  if (errors.length >= MAX_ERRORS) return;
  errors.push({ field: path, rule, value: shownValue(value, field), code: "ERP008", message });
}

function compileEntity(entity: EntityName): ObjectCheck {
  const definition = ENTITIES[entity];
  return compileObject(definition.fields, (field) => textKindOf(definition, field));
}

function compileObject(fields: readonly FieldDefinition[], kindOf: (field: FieldDefinition) => TextKind): ObjectCheck {
  const checks = new Map(fields.map((field) => [field.name, compile(field, kindOf(field))]));
  const required = fields.filter((field) => field.required).map((field) => field.name);
  // Goes through the members that are there: asking for each declared one costs thrice as much.
  return (record, prefix, errors) => {
    for (const name in record) {
      const value = record[name];
      const check = checks.get(name);
      if (check === undefined) reportUnknown(name, value, prefix, errors);
      else if (value !== undefined && value !== null) check(value, prefix, errors);
    }
    for (const name of required)
      if (record[name] === undefined || record[name] === null)
        report(errors, prefix + name, "required", null, "A value is required");
  };
}

function reportUnknown(name: string, value: Json | undefined, prefix: string, errors: FieldError[]): void {
  report(errors, prefix + printable(name), "unknown", value, "Not a field; use custom for own fields");
}

function compile(field: FieldDefinition, kind: TextKind): Check {
  switch (field.type) {
    case "string":
    case "reference":
      return compileText(field, kind);
    case "decimal":
      return compileFormat(field, matches(DECIMAL_PATTERN), 'A decimal is text such as "12.50"');
    case "currency":
      return compileFormat(field, matches(CURRENCY_PATTERN), "An ISO 4217 code is expected");
    case "unit":
      return compileFormat(field, matches(UNIT_PATTERN), "A UN/ECE Rec 20 code is expected");
    case "date":
      return compileFormat(field, isDate, "A day YYYY-MM-DD is expected");
    case "datetime":
      return compileFormat(field, isDatetime, "An RFC 3339 time with zone is expected");
    case "integer":
      return compileType(field, Number.isSafeInteger, "An integer is expected");
    case "boolean":
      return compileType(field, (value) => typeof value === "boolean", "true or false is expected");
    case "enum":
      return compileEnum(field);
    case "list":
      return compileList(field);
    case "object":
      return compileMemberObject(field);
  }
}

function matches(pattern: string): (text: string) => boolean {
  const expression = new RegExp(pattern, "u");
  return (text) => expression.test(text);
}

function compileText(field: FieldDefinition, kind: TextKind): Check {
  const { name, maxLength, required } = field;
  const fits = field.pattern === undefined ? undefined : matches(field.pattern);
  return (value, prefix, errors) => {
    if (typeof value !== "string") return report(errors, prefix + name, "type", value, "Text is expected", field);
    if (required && value === "") return report(errors, prefix + name, "minLength", value, "Must not be empty", field);
    if (isTooLong(value, maxLength)) return report(errors, prefix + name, "maxLength", value, "Too long", field);
    const rule = brokenTextRule(value, kind);
    if (rule !== undefined) report(errors, prefix + name, rule, value, "Forbidden character", field);
    else if (fits && !fits(value))
      report(errors, prefix + name, "pattern", value, `Must match ${field.pattern}`, field);
  };
}

function compileFormat(field: FieldDefinition, fits: (text: string) => boolean, message: string): Check {
  const { name, maxLength = 64 } = field;
  return (value, prefix, errors) => {
    if (typeof value !== "string") report(errors, prefix + name, "type", value, message, field);
    else if (value.length > maxLength) report(errors, prefix + name, "maxLength", value, "Too long", field);
    else if (!fits(value)) report(errors, prefix + name, "format", value, message, field);
  };
}

function compileType(field: FieldDefinition, fits: (value: Json) => boolean, message: string): Check {
  return (value, prefix, errors) => {
    if (!fits(value)) report(errors, prefix + field.name, "type", value, message, field);
  };
}

function compileEnum(field: FieldDefinition): Check {
  const values = new Set<Json>(field.values);
  const message = `One of ${[...values].join(", ")} is expected`;
  return (value, prefix, errors) => {
    if (!values.has(value)) report(errors, prefix + field.name, "enum", value, message, field);
  };
}

function compileList(field: FieldDefinition): Check {
  const { name, lineKey = "", fields = [] } = field;
  const checkLine = compileObject(fields, (member) => (member.name === lineKey ? "key" : plainKind(member)));
  return (value, prefix, errors) => {
    if (!Array.isArray(value)) return report(errors, prefix + name, "type", value, "A list is expected", field);
    const seen = new Set<string>();
    for (let i = 0; i < value.length; i++) {
      const line = value[i];
      const path = `${prefix}${name}[${i}]`;
      if (!isObject(line)) {
        report(errors, path, "type", line, "An object is expected", field);
        continue;
      }
      checkLine(line, `${path}.`, errors);
      const key = lineKeyOf(line, lineKey);
      if (key !== "" && seen.has(key)) report(errors, `${path}.${lineKey}`, "duplicateKey", key, "Line key used twice");
      seen.add(key);
    }
  };
}

function compileMemberObject(field: FieldDefinition): Check {
  const { name, fields } = field;
  const check = fields && compileObject(fields, plainKind);
  return (value, prefix, errors) => {
    const path = prefix + name;
    if (!isObject(value)) report(errors, path, "type", value, "An object is expected", field);
    else if (check) check(value, `${path}.`, errors);
    else checkFree(value, path, errors, 0);
  };
}

function plainKind(field: FieldDefinition): TextKind {
  return field.type === "reference" ? "key" : "text";
}

/** Free JSON: anything that can be stored and hashed. */
function checkFree(value: Json, path: string, errors: FieldError[], depth: number): void {
  if (typeof value === "string") {
    const rule = isTooLong(value, undefined) ? "maxLength" : brokenTextRule(value, "text");
    if (rule !== undefined) report(errors, path, rule, value, "Cannot be stored");
  } else if (typeof value === "number") {
    if (!Number.isFinite(value)) report(errors, path, "type", value, "A finite number is expected");
  } else if (typeof value === "object" && value !== null) {
    if (depth >= MAX_DEPTH) report(errors, path, "depth", value, `Nested deeper than ${MAX_DEPTH}`);
    else if (Array.isArray(value)) value.forEach((item, i) => checkFree(item, `${path}[${i}]`, errors, depth + 1));
    else checkFreeMembers(value, path, errors, depth);
  } else if (typeof value !== "boolean" && value !== null && value !== undefined) {
    report(errors, path, "type", String(value), "A JSON value is expected");
  }
}

function checkFreeMembers(value: JsonObject, path: string, errors: FieldError[], depth: number): void {
  for (const name of Object.keys(value)) {
    const member = `${path}.${printable(name)}`;
    const rule = name === "__proto__" || name.length > 200 ? "name" : brokenTextRule(name, "text");
    if (rule !== undefined) report(errors, member, rule, name, "Not a possible name");
    else checkFree(value[name] ?? null, member, errors, depth + 1);
  }
}
