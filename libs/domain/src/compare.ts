import { compileWriter, type ValueWriter } from "./canonical";
import { ENTITIES } from "./entities";
import type { EntityName, FieldDefinition, Json, JsonObject } from "./types";

/** A field with the test that tells whether two of its values say the same. */
export interface ComparedField {
  field: FieldDefinition;
  same(a: Json | undefined, b: Json | undefined): boolean;
  /** Members of the lines of a list. */
  members: readonly ComparedField[];
}

const compiled = new Map<EntityName, readonly ComparedField[]>();

/** The fields of an entity, ready to compare. */
export function comparedFields(entity: EntityName): readonly ComparedField[] {
  let fields = compiled.get(entity);
  if (!fields) compiled.set(entity, (fields = ENTITIES[entity].fields.map(compareField)));
  return fields;
}

function compareField(field: FieldDefinition): ComparedField {
  const write = compileWriter(field);
  return {
    field,
    same: (a, b) => a === b || text(write, a) === text(write, b),
    members: field.type === "list" ? (field.fields ?? []).map(compareField) : [],
  };
}

function text(write: ValueWriter, value: Json | undefined): string | undefined {
  return value === undefined || value === null ? undefined : write(value);
}

/**
 * The declared fields whose values differ, in declared order. `4` and `4.0`, null and absent, lines in another order
 * and instants in another zone are equal.
 */
export function diffRecords(entity: EntityName, before: JsonObject, after: JsonObject): string[] {
  const changed: string[] = [];
  for (const { field, same } of comparedFields(entity))
    if (!same(before[field.name], after[field.name])) changed.push(field.name);
  return changed;
}
