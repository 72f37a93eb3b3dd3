import { applyCommands } from "./commands";
import { toCell } from "./convert";
import type { Env } from "./env";
import { missingError, userError, validationError, valueError } from "./errors";
import type { FieldDefinition, ModelDefinition } from "./schema/notation";
import type { Cell, Json, JsonObject, Row } from "./values";

/** Creates one record; defaults, rules and computed totals included. Returns its id. */
export function create(env: Env, modelName: string, given: JsonObject): number {
  const model = env.model(modelName);
  refuseUnknown(env, model, given);
  const prepare = env.behaviour(modelName).prepare;
  const values = prepare ? prepare(env, { ...given }) : given;
  const [own, delegated] = split(model, values);
  if (model.inherits && typeof own[model.inherits.via] !== "number") {
    own[model.inherits.via] = create(env.withContext({ sim_no_variant: true }), model.inherits.model, delegated);
  }
  const row: Record<string, Cell> = {};
  for (const field of model.fields.values()) {
    if (field.type === "boolean" && field.name === "active") row["active"] = true;
    const value = own[field.name];
    if (value === undefined || isCollection(field)) continue;
    row[field.name] = toCell(model, field, value, env.version);
  }
  checkReferences(env, model, row);
  checkRequired(env, model, row, [...model.fields.values()]);
  const id = env.tx.nextId(modelName);
  const stamp = env.tx.stamp;
  env.tx.put(modelName, id, {
    ...row,
    create_date: stamp,
    create_uid: env.uid,
    write_date: stamp,
    write_uid: env.uid,
  });
  writeCollections(env, model, [id], own);
  env.behaviour(modelName).after?.(env, [id], Object.keys(values));
  return id;
}

/** Changes records; every one gets the transaction's stamp, as Odoo does even for equal values. */
export function write(env: Env, modelName: string, ids: readonly number[], given: JsonObject): void {
  const model = env.model(modelName);
  refuseUnknown(env, model, given);
  for (const id of ids) if (!env.row(modelName, id)) throw missingError(modelName, id, env.uid);
  const before = env.behaviour(modelName).beforeWrite;
  const values = before ? before(env, [...ids], { ...given }) : given;
  const [own, delegated] = split(model, values);
  const cells: Record<string, Cell> = {};
  const touched: FieldDefinition[] = [];
  for (const [name, value] of Object.entries(own)) {
    const field = model.fields.get(name);
    if (!field || isCollection(field)) continue;
    cells[name] = toCell(model, field, value, env.version);
    touched.push(field);
  }
  checkRequired(env, model, cells, touched);
  checkReferences(env, model, cells);
  for (const id of ids) {
    const row = env.row(modelName, id);
    if (row) env.tx.put(modelName, id, { ...row, ...cells, write_date: env.tx.stamp, write_uid: env.uid });
  }
  writeCollections(env, model, ids, own);
  if (model.inherits && Object.keys(delegated).length > 0) {
    for (const id of ids) {
      const base = env.id(modelName, id, model.inherits.via);
      if (base !== null) write(env, model.inherits.model, [base], delegated);
    }
  }
  env.behaviour(modelName).after?.(env, [...ids], Object.keys(values));
}

/** Deletes records; what refers to them is deleted, emptied or refuses, as its rule says. */
export function unlink(env: Env, modelName: string, ids: readonly number[]): void {
  env.model(modelName);
  for (const id of ids) if (!env.row(modelName, id)) throw missingError(modelName, id, env.uid);
  env.behaviour(modelName).beforeUnlink?.(env, [...ids]);
  const rows: Row[] = [];
  for (const id of ids) {
    releaseReferences(env, modelName, id);
    const row = env.row(modelName, id);
    if (row) rows.push(row);
    env.tx.put(modelName, id, undefined);
  }
  env.behaviour(modelName).afterUnlink?.(env, rows);
}

function releaseReferences(env: Env, modelName: string, id: number): void {
  for (const { model, field } of env.world.schema.referencesTo(modelName)) {
    const table = env.store.table(model);
    const holders = table.ids.filter((holder) => table.rows.get(holder)?.[field.name] === id);
    if (holders.length === 0) continue;
    if (field.onDelete === "restrict") throw foreignKey(env, env.model(model), field, "delete");
    if (field.onDelete === "cascade") {
      for (const holder of holders) if (table.rows.has(holder)) unlinkQuietly(env, model, holder);
    } else for (const holder of holders) env.assign(model, holder, { [field.name]: null });
  }
}

function unlinkQuietly(env: Env, model: string, id: number): void {
  releaseReferences(env, model, id);
  env.tx.put(model, id, undefined);
}

function isCollection(field: FieldDefinition): boolean {
  return field.type === "one2many" || field.type === "many2many";
}

function split(model: ModelDefinition, values: JsonObject): [JsonObject, JsonObject] {
  if (!model.inherits) return [values, {}];
  const own: JsonObject = {};
  const delegated: JsonObject = {};
  for (const [name, value] of Object.entries(values)) (model.fields.has(name) ? own : delegated)[name] = value;
  return [own, delegated];
}

function refuseUnknown(env: Env, model: ModelDefinition, values: JsonObject): void {
  for (const name of Object.keys(values)) {
    if (env.world.schema.field(model, name)) continue;
    throw valueError(`Invalid field '${name}' ${env.version === 19 ? "in" : "on model"} '${model.name}'`);
  }
}

function writeCollections(env: Env, model: ModelDefinition, ids: readonly number[], values: JsonObject): void {
  for (const [name, value] of Object.entries(values)) {
    const field = model.fields.get(name);
    if (!field || !isCollection(field)) continue;
    for (const id of ids) applyCommands(env, { model, id, field }, value as Json, { create, write, unlink });
  }
}

function checkRequired(env: Env, model: ModelDefinition, cells: Record<string, Cell>, fields: FieldDefinition[]): void {
  for (const field of fields) {
    if (!field.required || !field.stored || (cells[field.name] ?? null) !== null) continue;
    if (["boolean", "integer", "float", "monetary"].includes(field.type)) continue;
    const where = `${model.label} (${model.name})`;
    throw validationError(
      env.version === 19
        ? `The operation cannot be completed: Missing required value for the field '${field.label}' (${field.name}).\nModel: '${model.label}' (${model.name})\n- create/update: a mandatory field is not set\n- delete: another model requires the record being deleted, you can archive it instead\n`
        : `The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n- Delete: another model requires the record being deleted. If possible, archive it instead.\n\nModel: ${where}, Field: ${field.label} (${field.name})`,
    );
  }
}

function checkReferences(env: Env, model: ModelDefinition, cells: Record<string, Cell>): void {
  for (const [name, cell] of Object.entries(cells)) {
    const relation = model.fields.get(name)?.relation;
    if (!relation || typeof cell !== "number") continue;
    if (!env.world.schema.models.has(relation)) throw userError(`Object ${relation} doesn't exist`);
    if (env.row(relation, cell)) continue;
    if (env.version === 19) throw missingError(relation, cell, env.uid);
    const field = model.fields.get(name);
    if (field) throw foreignKey(env, model, field, "write");
  }
}

function foreignKey(env: Env, holder: ModelDefinition, field: FieldDefinition, on: "delete" | "write") {
  const constraint = `${holder.name.replaceAll(".", "_")}_${field.name}_fkey`;
  if (env.version === 19 && on === "delete") {
    return validationError(
      `The operation cannot be completed: Another model is using the record you are trying to delete.\n\nThe troublemaker is: '${holder.label}' (${holder.name})\nThanks to the following constraint: '${field.label}' (${field.name})\nHow about archiving the record instead?`,
    );
  }
  return validationError(
    `The operation cannot be completed: another model requires the record being deleted. If possible, archive it instead.\n\nModel: ${holder.label} (${holder.name}), Constraint: ${constraint}`,
  );
}
