import { ENTITIES, type EntityName, type FieldDefinition } from "@dovetail/domain";
import type { FieldMapping, MappingDataType, MappingDocument } from "@dovetail/mapping";

/** Entity types that mappings write under another name. */
const DATA_TYPES: Partial<Record<FieldDefinition["type"], MappingDataType>> = {
  currency: "string",
  unit: "string",
  enum: "string",
};

/**
 * For sources made for us: every declared field stands under its own name, lines below the name of their list. `fields`
 * are those of the entity (SPEC 3) unless a source can hold only some of them.
 */
export function canonicalMapping(
  entity: EntityName,
  {
    fields = ENTITIES[entity].fields,
    ...more
  }: Pick<MappingDocument, "emptyValues"> & { fields?: readonly FieldDefinition[] } = {},
): MappingDocument {
  return { entityType: entity, direction: "both", ...more, mappings: rules(fields) };
}

function rules(fields: readonly FieldDefinition[]): FieldMapping[] {
  return fields.filter(({ name }) => name !== "custom").map(rule);
}

function rule({ name, type, required, fields }: FieldDefinition): FieldMapping {
  return {
    mesField: name,
    erpField: type === "list" ? `$.${name}[*]` : name,
    dataType: DATA_TYPES[type] ?? (type as MappingDataType),
    ...(required ? { isRequired: true } : {}),
    ...(type === "decimal" ? { erpType: "string" as const } : {}),
    ...(fields && (type === "list" || type === "object") ? { fields: rules(fields) } : {}),
  };
}
