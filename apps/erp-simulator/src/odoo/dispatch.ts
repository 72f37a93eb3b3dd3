import { Env } from "./env";
import { accessError, OdooError, typeError, userError } from "./errors";
import { ormMethod } from "./methods";
import { isObject, type Json, type JsonObject, type OdooVersion, type Output } from "./values";

/** A call of a model's method, arguments bound by position or by name. */
export interface ModelCall {
  model: string;
  method: string;
  args: Json[];
  kwargs: JsonObject;
  /** JSON-2 passes ids and everything else by name and answers 404 for what is absent. */
  named?: boolean;
}

/** Finds the method, binds its arguments and runs it; errors are Odoo's. */
export function runCall(env: Env, call: ModelCall): Output {
  const { model, method } = call;
  if (!env.world.schema.models.has(model)) throw unknownModel(call);
  if (method.startsWith("_") || method === "init") throw privateMethod(env.version, call);
  const orm = ormMethod(method, env.version);
  const own = env.behaviour(model).methods?.[method];
  if (!own && !orm) throw unknownMethod(env.version, call);
  const onRecords = own ? true : (orm?.onRecords ?? false);
  const { ids, args, context } = bind(call, onRecords, own ? undefined : orm?.parameters, env.version);
  const inner = env.withContext(context);
  if (own) return own(inner, ids, args);
  return orm ? orm.run(inner, model, ids, args) : null;
}

/** Runs a model's own method inside a transaction that is already open. */
export function dispatchMethod(env: Env, model: string, method: string, ids: number[]): Output {
  return runCall(env, { model, method, args: [ids], kwargs: { context: env.context } });
}

function bind(call: ModelCall, onRecords: boolean, parameters: readonly string[] | undefined, version: OdooVersion) {
  const positional = [...call.args];
  const kwargs = { ...call.kwargs };
  const context = isObject(kwargs["context"] ?? null) ? (kwargs["context"] as JsonObject) : {};
  delete kwargs["context"];
  let ids: number[] = [];
  if (call.named) {
    ids = toIds(kwargs["ids"] ?? []);
    delete kwargs["ids"];
  } else if (onRecords) ids = toIds(positional.shift() ?? []);
  const args: JsonObject = {};
  for (const [i, value] of positional.entries()) {
    const name = parameters?.[i];
    if (parameters && name === undefined)
      throw typeError(tooMany(call.method, parameters.length + 1, positional.length + 1));
    args[name ?? `arg${i}`] = value;
  }
  for (const [name, value] of Object.entries(kwargs)) {
    if (parameters && !accepts(call.method, parameters, name, version))
      throw typeError(unexpected(call.method, name, version));
    args[name] = value;
  }
  return { ids, args, context };
}

function accepts(method: string, parameters: readonly string[], name: string, version: OdooVersion): boolean {
  if (parameters.includes(name) || (method === "search_read" && name === "load")) return true;
  return version < 19 && name === "args" && parameters.includes("domain") && parameters.includes("operator");
}

function toIds(value: Json): number[] {
  const list = Array.isArray(value) ? value : value === false || value === null ? [] : [value];
  return list.map(Number).filter((id) => Number.isInteger(id));
}

function tooMany(method: string, takes: number, given: number): string {
  return `${method}() takes ${takes} positional arguments but ${given} were given`;
}

/** search_read hands unknown names on to the reader, which is why 19 blames `_read_format`. */
function unexpected(method: string, name: string, version: OdooVersion): string {
  const blamed = version !== 19 ? method : `BaseModel.${method === "search_read" ? "_read_format" : method}`;
  return `${blamed}() got an unexpected keyword argument '${name}'`;
}

function unknownModel({ model, named }: ModelCall): OdooError {
  if (!named) return userError(`Object ${model} doesn't exist`);
  return new OdooError("werkzeug.exceptions.NotFound", `the model '${model}' does not exist`, 404, [404]);
}

function unknownMethod(version: OdooVersion, { model, method, named }: ModelCall): OdooError {
  const text = `The method '${model}.${method}' does not exist`;
  if (named) return new OdooError("werkzeug.exceptions.NotFound", text, 404, [404]);
  const old = `type object '${model}' has no attribute '${method}'`;
  return new OdooError("builtins.AttributeError", version === 19 ? text : old, 500);
}

function privateMethod(version: OdooVersion, { model, method }: ModelCall): OdooError {
  const shown = version === 19 ? `'${model}.${method}'` : method;
  return accessError(`Private methods (such as ${shown}) cannot be called remotely.`);
}
