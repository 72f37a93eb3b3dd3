import { ENTITIES, type EntityName, type FieldDefinition } from "@dovetail/domain";
import type { FieldMapping, MappingDataType, MappingDocument } from "@dovetail/mapping";

/** Entity types that mappings write under another name. */
const DATA_TYPES: Partial<Record<FieldDefinition["type"], MappingDataType>> = {
  currency: "string",
  unit: "string",
  enum: "string",
};

function rule(field: FieldDefinition): FieldMapping {
  const { name, type, required, fields } = field;
  return {
    mesField: name,
    erpField: type === "list" ? `$.${name}[*]` : name,
    dataType: DATA_TYPES[type] ?? (type as MappingDataType),
    ...(required ? { isRequired: true } : {}),
    ...(type === "decimal" ? { erpType: "string" as const } : {}),
    ...(fields && (type === "list" || type === "object") ? { fields: rules(fields) } : {}),
  };
}

function rules(fields: readonly FieldDefinition[]): FieldMapping[] {
  return fields.filter(({ name }) => name !== "custom").map(rule);
}

/** Columns that bear the names of the canonical form: a start for files that are made for this exchange. An empty text is nothing. */
export function canonicalMapping(entity: EntityName): MappingDocument {
  return { entityType: entity, direction: "both", emptyValues: [""], mappings: rules(ENTITIES[entity].fields) };
}
