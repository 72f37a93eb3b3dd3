import { ENTITIES, type EntityName, type FieldDefinition } from "@dovetail/domain";
import type { FieldMapping, MappingDataType, MappingDocument } from "@dovetail/mapping";

/** Entity types that mappings write under another name. */
const DATA_TYPES: Partial<Record<FieldDefinition["type"], MappingDataType>> = {
  currency: "string",
  unit: "string",
  enum: "string",
};

function fieldMapping(field: FieldDefinition): FieldMapping {
  const dataType = DATA_TYPES[field.type] ?? (field.type as MappingDataType);
  return {
    mesField: field.name,
    erpField: field.type === "list" ? `$.${field.name}[*]` : field.name,
    dataType,
    ...(field.required ? { isRequired: true } : {}),
    ...(field.type === "decimal" ? { erpType: "string" as const } : {}),
    ...(field.fields && (field.type === "list" || field.type === "object")
      ? { fields: fieldMappings(field.fields) }
      : {}),
  };
}

function fieldMappings(fields: readonly FieldDefinition[]): FieldMapping[] {
  return fields.filter((field) => field.name !== "custom").map(fieldMapping);
}

/** The memory ERP speaks the canonical form: every declared field under its own name. */
export function memoryMapping(entity: EntityName): MappingDocument {
  return { entityType: entity, direction: "both", mappings: fieldMappings(ENTITIES[entity].fields) };
}
