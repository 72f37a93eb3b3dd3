import type { Env } from "./env";
import { missingError, valueError } from "./errors";
import type { FieldDefinition, ModelDefinition } from "./schema/notation";
import { isObject, type Json, type JsonObject } from "./values";

/** What commands do to related records; the writer hands itself in. */
export interface RelatedWrites {
  create(env: Env, model: string, values: JsonObject): number;
  write(env: Env, model: string, ids: readonly number[], values: JsonObject): void;
  unlink(env: Env, model: string, ids: readonly number[]): void;
}

/** The x2many field of one record that is being written. */
export interface CollectionPlace {
  model: ModelDefinition;
  id: number;
  field: FieldDefinition;
}

/**
 * Applies x2many commands to one record: (0,_,values) create, (1,id,values) write, (2,id) delete, (3,id) unlink,
 * (4,id) link, (5) clear, (6,_,ids) replace. A list of bare ids replaces, too.
 */
export function applyCommands(env: Env, place: CollectionPlace, value: Json, writes: RelatedWrites): void {
  const { model, field } = place;
  if (value === false || value === null) return;
  if (!Array.isArray(value)) throw valueError(`Wrong value for ${model.name}.${field.name}: ${JSON.stringify(value)}`);
  const commands: Json[] = value.every((item) => typeof item === "number") ? [[6, 0, value]] : value;
  const target = collectionOf(env, place, writes);
  for (const command of commands) {
    if (!Array.isArray(command))
      throw valueError(`Wrong value for ${model.name}.${field.name}: ${JSON.stringify(value)}`);
    const [code, which, argument] = command;
    runCommand(env, { field, target, writes }, { code: Number(code), id: Number(which), argument: argument ?? null });
  }
}

interface Collection {
  list(): number[];
  add(id: number): void;
  remove(id: number): void;
  /** Values a new member needs, such as the way back to its owner. */
  seed: JsonObject;
}

function runCommand(
  env: Env,
  { field, target, writes }: { field: FieldDefinition; target: Collection; writes: RelatedWrites },
  command: { code: number; id: number; argument: Json },
): void {
  const relation = field.relation ?? "";
  const values = isObject(command.argument) ? command.argument : {};
  switch (command.code) {
    case 0:
      target.add(writes.create(env, relation, { ...values, ...target.seed }));
      return;
    case 1:
      writes.write(env, relation, [command.id], values);
      return;
    case 2:
      target.remove(command.id);
      if (env.row(relation, command.id)) writes.unlink(env, relation, [command.id]);
      return;
    case 3:
      target.remove(command.id);
      return;
    case 4:
      requireRow(env, relation, command.id);
      target.add(command.id);
      return;
    case 5:
      for (const member of target.list()) target.remove(member);
      return;
    case 6: {
      const wanted = Array.isArray(command.argument) ? command.argument.map(Number) : [];
      for (const member of target.list()) if (!wanted.includes(member)) target.remove(member);
      for (const member of wanted) requireRow(env, relation, member);
      for (const member of wanted) target.add(member);
      return;
    }
    default:
      throw valueError(`Wrong value for ${relation}: command ${command.code}`);
  }
}

function requireRow(env: Env, model: string, id: number): void {
  if (!env.row(model, id)) throw missingError(model, id, env.uid);
}

function collectionOf(env: Env, place: CollectionPlace, writes: RelatedWrites): Collection {
  const { model, id: owner, field } = place;
  const inverse = field.inverse;
  const relation = field.relation ?? "";
  env.model(relation);
  if (field.type === "many2many" || !inverse) {
    const list = () => env.ids(model.name, owner, field.name);
    const save = (ids: number[]) => env.assign(model.name, owner, { [field.name]: ids });
    return {
      list,
      add: (id) => save([...new Set([...list(), id])]),
      remove: (id) => save(list().filter((other) => other !== id)),
      seed: {},
    };
  }
  const back = env.model(relation).fields.get(inverse);
  return {
    list: () => env.ids(model.name, owner, field.name),
    add: (id) => {
      if (env.id(relation, id, inverse) !== owner) writes.write(env, relation, [id], { [inverse]: owner });
    },
    remove: (id) => {
      if (!env.row(relation, id)) return;
      if (back?.required || back?.onDelete === "cascade") writes.unlink(env, relation, [id]);
      else writes.write(env, relation, [id], { [inverse]: false });
    },
    seed: { [inverse]: owner, ...(relation === "mail.message" ? { model: model.name } : {}) },
  };
}
