import { ENTITIES, type EntityName, type FieldDefinition } from "@dovetail/domain";
import { canonicalMapping } from "@dovetail/adapter-sdk";
import type { MappingDocument } from "@dovetail/mapping";

/** For views made for us: a column holds no object, and lines have no lines of their own. */
export function plainMapping(entity: EntityName): MappingDocument {
  const { fields } = ENTITIES[entity];
  const lists = fields
    .filter(({ type }) => type === "list")
    .map((list) => ({ ...list, fields: (list.fields ?? []).filter(isColumn) }));
  return canonicalMapping(entity, { fields: [...fields.filter(isColumn), ...lists] });
}

function isColumn({ type }: FieldDefinition): boolean {
  return type !== "object" && type !== "list";
}
