import { ENTITIES } from "./entities";
import { textKindOf } from "./key";
import {
  CURRENCY_PATTERN,
  DATE_PATTERN,
  DATETIME_PATTERN,
  DECIMAL_PATTERN,
  KEY_PART_PATTERN,
  KEY_PATTERN,
  MAX_TEXT_BYTES,
  TEXT_PATTERN,
  UNIT_PATTERN,
} from "./patterns";
import type { TextKind } from "./text-rules";
import type { EntityName, FieldDefinition, JsonObject } from "./types";

const PATTERNS: Record<TextKind, string> = { text: TEXT_PATTERN, key: KEY_PATTERN, keyPart: KEY_PART_PATTERN };

/**
 * The JSON Schema (2020-12) of an entity's record. `x-line-key`, `x-references`, `x-key` and `x-kind` are annotations.
 * What it cannot say is listed at `validateRecord`.
 */
export function jsonSchema(entity: EntityName): JsonObject {
  const definition = ENTITIES[entity];
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: `urn:dovetail:entity:${entity}`,
    title: entity,
    description: definition.description,
    "x-kind": definition.kind,
    "x-key": [...definition.key],
    ...objectSchema(definition.fields, (field) => textKindOf(definition, field)),
    type: "object",
    $defs: { value: freeValue() },
  };
}

function objectSchema(fields: readonly FieldDefinition[], kindOf: (field: FieldDefinition) => TextKind): JsonObject {
  const required = fields.filter((field) => field.required).map((field) => field.name);
  return {
    type: ["object", "null"],
    properties: Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field, kindOf(field))])),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
}

function fieldSchema(field: FieldDefinition, kind: TextKind): JsonObject {
  const schema: JsonObject = { description: field.description, ...typeSchema(field, kind) };
  // Null is a way to say "absent", so only required members refuse it.
  if (field.required && Array.isArray(schema["type"])) schema["type"] = schema["type"][0] ?? "string";
  return schema;
}

function typeSchema(field: FieldDefinition, kind: TextKind): JsonObject {
  switch (field.type) {
    case "string":
    case "reference":
      return textSchema(field, kind);
    case "decimal":
      return formatted(DECIMAL_PATTERN, { maxLength: field.maxLength ?? 64 });
    case "currency":
      return formatted(CURRENCY_PATTERN);
    case "unit":
      return formatted(UNIT_PATTERN);
    case "date":
      return formatted(DATE_PATTERN, { format: "date" });
    case "datetime":
      return formatted(DATETIME_PATTERN, { format: "date-time" });
    case "integer":
      return { type: ["integer", "null"], minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };
    case "boolean":
      return { type: ["boolean", "null"] };
    case "enum":
      return { enum: [...(field.values ?? []), ...(field.required ? [] : [null])] };
    case "list":
      return listSchema(field);
    case "object":
      return field.fields ? objectSchema(field.fields, plainKind) : { ...freeObject(), type: ["object", "null"] };
  }
}

function formatted(pattern: string, more: JsonObject = {}): JsonObject {
  return { type: ["string", "null"], pattern, ...more };
}

function textSchema(field: FieldDefinition, kind: TextKind): JsonObject {
  return {
    type: ["string", "null"],
    pattern: field.pattern ?? PATTERNS[kind],
    maxLength: field.maxLength ?? MAX_TEXT_BYTES,
    ...(field.required ? { minLength: 1 } : {}),
    ...(field.references ? { "x-references": field.references } : {}),
  };
}

function listSchema(field: FieldDefinition): JsonObject {
  const { lineKey = "", fields = [] } = field;
  const line = objectSchema(fields, (member) => (member.name === lineKey ? "key" : plainKind(member)));
  return { type: ["array", "null"], items: { ...line, type: "object" }, "x-line-key": lineKey };
}

function plainKind(field: FieldDefinition): TextKind {
  return field.type === "reference" ? "key" : "text";
}

const NAMES: JsonObject = { pattern: "^(?!__proto__$)[^\\u0000]*$", maxLength: 200 };

function freeObject(): JsonObject {
  return { propertyNames: NAMES, additionalProperties: { $ref: "#/$defs/value" } };
}

function freeValue(): JsonObject {
  return {
    type: ["object", "array", "string", "number", "boolean", "null"],
    pattern: TEXT_PATTERN,
    maxLength: MAX_TEXT_BYTES,
    items: { $ref: "#/$defs/value" },
    ...freeObject(),
  };
}
