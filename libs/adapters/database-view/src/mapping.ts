import { ENTITIES, type EntityName, type FieldDefinition } from "@dovetail/domain";
import type { FieldMapping, MappingDataType, MappingDocument } from "@dovetail/mapping";

/** Entity types that mappings write under another name. */
const DATA_TYPES: Partial<Record<FieldDefinition["type"], MappingDataType>> = {
  currency: "string",
  unit: "string",
  enum: "string",
};

function rule(field: FieldDefinition): FieldMapping {
  const dataType = DATA_TYPES[field.type] ?? (field.type as MappingDataType);
  return {
    mesField: field.name,
    erpField: field.type === "list" ? `$.${field.name}[*]` : field.name,
    dataType,
    ...(field.required ? { isRequired: true } : {}),
    ...(field.type === "decimal" ? { erpType: "string" as const } : {}),
    ...(field.type === "list" ? { fields: plain(field.fields ?? []) } : {}),
  };
}

/** A column holds no object, and lines have no lines of their own. */
function plain(fields: readonly FieldDefinition[]): FieldMapping[] {
  return fields.filter(({ type, name }) => name !== "custom" && type !== "object" && type !== "list").map(rule);
}

/** For views made for us: each column has the name of its field, lines stand below the name of their list. */
export function plainMapping(entity: EntityName): MappingDocument {
  const { fields } = ENTITIES[entity];
  const lists = fields.filter(({ type }) => type === "list").map(rule);
  return { entityType: entity, direction: "both", mappings: [...plain(fields), ...lists] };
}
