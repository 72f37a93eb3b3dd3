import { DomainError } from "./domain-error";
import { ENTITIES } from "./entities";
import { brokenTextRule, isTooLong, shownValue, type TextKind } from "./text-rules";
import type { EntityDefinition, EntityName, FieldDefinition, JsonObject } from "./types";

/**
 * The business key of a record: its key fields joined by `|`, an absent optional one as an empty part.
 * Throws DomainError ERP008 with rule required, type, nul, newline, unicode, separator or maxLength.
 */
export function keyOf(entity: EntityName, record: JsonObject): string {
  const definition = ENTITIES[entity];
  const [first = "", ...others] = definition.key;
  let key = keyPart(definition, first, record);
  for (const name of others) key += `|${keyPart(definition, name, record)}`;
  return key;
}

/** Which characters a field may hold: keys travel newline-joined, and their parts joined by `|`. */
export function textKindOf(definition: EntityDefinition, field: FieldDefinition): TextKind {
  if (definition.key.includes(field.name)) return definition.key.length > 1 ? "keyPart" : "key";
  return field.type === "reference" ? "key" : "text";
}

function keyPart(definition: EntityDefinition, name: string, record: JsonObject): string {
  const value = record[name];
  if (value === undefined || value === null || value === "") {
    if (definition.optionalKey?.includes(name)) return "";
    throw new DomainError(`${definition.name} needs ${name}`, name, "required");
  }
  if (typeof value !== "string") throw new DomainError(`${name} is not text`, name, "type", shownValue(value));
  const maxLength = definition.fields.find((field) => field.name === name)?.maxLength;
  const rule = isTooLong(value, maxLength)
    ? "maxLength"
    : brokenTextRule(value, definition.key.length > 1 ? "keyPart" : "key");
  if (rule !== undefined) throw new DomainError(`${name} cannot be a key`, name, rule, shownValue(value));
  return value;
}
