import { ENTITIES, type EntityName, type FieldDefinition } from "@dovetail/domain";
import type { FieldMapping, MappingDataType, MappingDocument } from "@dovetail/mapping";

/** Entity types that mappings write under another name. */
const DATA_TYPES: Partial<Record<FieldDefinition["type"], MappingDataType>> = {
  currency: "string",
  unit: "string",
  enum: "string",
};

function rules(fields: readonly FieldDefinition[]): FieldMapping[] {
  return fields
    .filter(({ name }) => name !== "custom")
    .map((field) => ({
      mesField: field.name,
      erpField: field.type === "list" ? `$.${field.name}[*]` : field.name,
      dataType: DATA_TYPES[field.type] ?? (field.type as MappingDataType),
      ...(field.required ? { isRequired: true } : {}),
      ...(field.type === "decimal" ? { erpType: "string" as const } : {}),
      ...(field.type === "list" || field.type === "object" ? { fields: rules(field.fields ?? []) } : {}),
    }));
}

/** For messages made for us: each member has the name of its field. */
export function plainMapping(entity: EntityName): MappingDocument {
  return { entityType: entity, direction: "both", mappings: rules(ENTITIES[entity].fields) };
}
