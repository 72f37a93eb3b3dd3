import type { Env } from "./env";
import { digitsOf } from "./convert";
import { valueError } from "./errors";
import type { FieldDefinition, ModelDefinition } from "./schema/notation";
import { FloatToken, isObject, type Cell, type Json, type JsonObject, type Output } from "./values";

/** The fields of a read; an unknown name is Odoo's ValueError. */
export function checkFields(env: Env, model: ModelDefinition, names: readonly string[]): FieldDefinition[] {
  return names.map((name) => {
    const field = env.world.schema.field(model, name);
    if (field) return field;
    const on = env.version === 19 ? "" : "model ";
    throw valueError(`Invalid field '${name}' on ${on}'${model.name}'`);
  });
}

/** Rows as clients see them; absent ids are left out. `labels`: many2one as [id, label], else as id. */
export function read(env: Env, modelName: string, ids: readonly number[], names: string[], labels = true): Output[] {
  const model = env.model(modelName);
  const fields = names.length > 0 ? checkFields(env, model, names) : env.world.schema.allFields(model);
  const rows: Output[] = [];
  for (const id of ids) {
    const row = env.row(modelName, id);
    if (!row) continue;
    const shown: { [key: string]: Output } = { id };
    for (const field of fields) {
      if (field.name !== "id") shown[field.name] = show(env, field, env.cell(model, row, id, field.name), labels);
    }
    rows.push(shown);
  }
  return rows;
}

/** One value as clients see it: `false` for empty, whole seconds for times, exact floats. */
export function show(env: Env, field: FieldDefinition, cell: Cell, labels: boolean): Output {
  switch (field.type) {
    case "many2one": {
      if (typeof cell !== "number" || !field.relation) return false;
      return labels ? [cell, env.displayName(field.relation, cell)] : cell;
    }
    case "one2many":
    case "many2many":
      return Array.isArray(cell) ? activeOnly(env, field, cell as readonly number[]) : [];
    case "integer":
      return typeof cell === "number" ? cell : 0;
    case "float":
    case "monetary":
      return new FloatToken(typeof cell === "string" ? cell : "0");
    case "boolean":
      return cell === true;
    case "datetime":
      return typeof cell === "string" ? cell.slice(0, 19) : false;
    default:
      return cell === null || cell === "" ? false : (cell as Output);
  }
}

function activeOnly(env: Env, field: FieldDefinition, ids: readonly number[]): number[] {
  if (env.context["active_test"] === false || !field.relation) return [...ids];
  return ids.filter((id) => env.row(field.relation ?? "", id)?.["active"] !== false);
}

/** `web_read` of 17 and 19: nested records as far as the specification goes. */
export function readSpecified(env: Env, modelName: string, ids: readonly number[], wanted: JsonObject): Output[] {
  const model = env.model(modelName);
  const fields = checkFields(env, model, Object.keys(wanted));
  return ids.flatMap((id) => {
    const row = env.row(modelName, id);
    if (!row) return [];
    const shown: { [key: string]: Output } = { id };
    for (const field of fields) {
      if (field.name === "id") continue;
      const cell = env.cell(model, row, id, field.name);
      shown[field.name] = nested(env, field, cell, wanted[field.name] ?? {});
    }
    return [shown];
  });
}

function nested(env: Env, field: FieldDefinition, cell: Cell, specification: Json): Output {
  const inner =
    isObject(specification) && isObject(specification["fields"] ?? null) ? specification["fields"] : undefined;
  if (!field.relation || !inner) return show(env, field, cell, false);
  if (typeof cell === "number") return readSpecified(env, field.relation, [cell], inner as JsonObject)[0] ?? false;
  if (Array.isArray(cell)) return readSpecified(env, field.relation, cell as number[], inner as JsonObject);
  return false;
}

/** `fields_get`, cut to the attributes asked for. */
export function fieldsGet(env: Env, modelName: string, names: string[], attributes: string[]): Output {
  const model = env.model(modelName);
  const result: { [key: string]: Output } = {};
  for (const field of env.world.schema.allFields(model)) {
    if (names.length > 0 && !names.includes(field.name)) continue;
    const all = describeField(env, model, field);
    const kept = Object.entries(all).filter(([key]) => attributes.length === 0 || attributes.includes(key));
    result[field.name] = Object.fromEntries(kept);
  }
  return result;
}

/** Every attribute of one field. */
export function describeField(env: Env, model: ModelDefinition, field: FieldDefinition): { [key: string]: Output } {
  const stored = field.stored && !env.behaviour(model.name).computed?.[field.name];
  const described: { [key: string]: Output } = {
    type: field.type,
    string: field.label,
    readonly: field.readonlyAsNumber ? 1 : field.readonly,
    required: field.required,
    store: stored,
    searchable: true,
    sortable: stored && !field.type.endsWith("2many"),
    change_default: false,
    company_dependent: false,
    depends: [],
    manual: false,
  };
  if (env.version !== 14) Object.assign(described, { name: field.name, exportable: true, groupable: stored });
  if (field.type === "monetary") described["currency_field"] = "currency_id";
  const digits = field.type === "float" ? digitsOf(field, env.version) : undefined;
  if (digits !== undefined) described["digits"] = [16, digits];
  if (field.relation) Object.assign(described, { relation: field.relation, context: {}, domain: [] });
  if (field.inverse) described["relation_field"] = field.inverse;
  if (field.selection) described["selection"] = field.selection.map(([value, label]) => [value, label]);
  if (field.type === "char") Object.assign(described, { translate: false, trim: true });
  return described;
}
