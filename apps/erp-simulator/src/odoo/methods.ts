import type { Env } from "./env";
import { checkFields, fieldsGet, read, readSpecified } from "./reader";
import { search, type SearchOptions } from "./search";
import { isObject, type Cell, type Json, type JsonObject, type Output, type OdooVersion } from "./values";
import { create, unlink, write } from "./writer";

/** A method every model has. */
export interface OrmMethod {
  /** Names of the arguments, in order. */
  readonly parameters: readonly string[];
  /** Whether the first positional argument is the ids. */
  readonly onRecords: boolean;
  /** The first release that has it, and the last. */
  readonly since?: number;
  readonly until?: number;
  run(env: Env, model: string, ids: number[], args: JsonObject): Output;
}

const names = (value: Json | undefined): string[] => (Array.isArray(value) ? value.map(String) : []);
const domainOf = (args: JsonObject): Json => args["domain"] ?? args["args"] ?? [];

function optionsOf(args: JsonObject): SearchOptions {
  const limit = args["limit"];
  return {
    offset: Number(args["offset"] ?? 0),
    ...(typeof limit === "number" ? { limit } : {}),
    ...(typeof args["order"] === "string" ? { order: args["order"] } : {}),
  };
}

function searchRead(env: Env, model: string, _ids: number[], args: JsonObject): Output {
  const fields = names(args["fields"]);
  checkFields(env, env.model(model), fields);
  const found = search(env, model, domainOf(args), optionsOf(args));
  return read(env, model, found, fields, args["load"] === undefined || args["load"] === "_classic_read");
}

function webSearchRead(env: Env, model: string, _ids: number[], args: JsonObject): Output {
  const domain = domainOf(args);
  const found = search(env, model, domain, optionsOf(args));
  const length = search(env, model, domain).length;
  const specification = args["specification"];
  const records = isObject(specification ?? null)
    ? readSpecified(env, model, found, specification as JsonObject)
    : read(env, model, found, names(args["fields"]));
  return { length, records };
}

function createMany(env: Env, model: string, _ids: number[], args: JsonObject): Output {
  const values = args["vals_list"] ?? args["values"] ?? {};
  if (!Array.isArray(values)) return create(env, model, values as JsonObject);
  return values.map((one) => create(env, model, one as JsonObject));
}

function writeMany(env: Env, model: string, ids: number[], args: JsonObject): Output {
  write(env, model, ids, (args["vals"] ?? {}) as JsonObject);
  return true;
}

function nameSearch(env: Env, model: string, _ids: number[], args: JsonObject): Output {
  const text = String(args["name"] ?? "").toLowerCase();
  const limit = Number(args["limit"] ?? 100) || Infinity;
  const exact = args["operator"] === "=";
  const pairs = search(env, model, domainOf(args)).map((id): [number, string] => [id, env.displayName(model, id)]);
  const matches = pairs.filter(([, label]) =>
    exact ? label.toLowerCase() === text : label.toLowerCase().includes(text),
  );
  return matches.slice(0, limit);
}

function defaultGet(env: Env, model: string, _ids: number[], args: JsonObject): Output {
  const wanted = names(args["fields_list"] ?? args["fields"]);
  const prepare = env.behaviour(model).prepare;
  let values: JsonObject = {};
  try {
    values = prepare ? prepare(env, { sim_defaults: true }) : {};
  } catch {
    values = {};
  }
  return Object.fromEntries(Object.entries(values).filter(([name]) => wanted.includes(name)));
}

function readGroup(env: Env, model: string, _ids: number[], args: JsonObject): Output {
  const groupBy = names(typeof args["groupby"] === "string" ? [args["groupby"]] : args["groupby"])[0] ?? "";
  const definition = env.model(model);
  const groups = new Map<Cell, number>();
  for (const id of search(env, model, domainOf(args))) {
    const row = env.row(model, id);
    const cell = row && groupBy ? env.cell(definition, row, id, groupBy.split(":")[0] ?? "") : null;
    groups.set(cell, (groups.get(cell) ?? 0) + 1);
  }
  return [...groups].map(([cell, count]) => ({
    [groupBy]: (cell as Output) ?? false,
    [`${groupBy || "_"}_count`]: count,
  }));
}

function archive(active: boolean) {
  return (env: Env, model: string, ids: number[]): Output => {
    write(env, model, ids, { active });
    return true;
  };
}

const SEARCH = ["domain", "offset", "limit", "order"];

/** The public methods of every model. */
export const ORM_METHODS: Readonly<Record<string, OrmMethod>> = {
  search: {
    parameters: [...SEARCH, "count"],
    onRecords: false,
    run: (env, model, _ids, args) => search(env, model, domainOf(args), optionsOf(args)),
  },
  search_count: {
    parameters: ["domain", "limit"],
    onRecords: false,
    run: (env, model, _ids, args) => search(env, model, domainOf(args), optionsOf(args)).length,
  },
  search_read: { parameters: ["domain", "fields", "offset", "limit", "order"], onRecords: false, run: searchRead },
  read: {
    parameters: ["fields", "load"],
    onRecords: true,
    run: (env, model, ids, args) =>
      read(env, model, ids, names(args["fields"]), args["load"] === undefined || args["load"] === "_classic_read"),
  },
  create: { parameters: ["vals_list"], onRecords: false, run: createMany },
  write: { parameters: ["vals"], onRecords: true, run: writeMany },
  unlink: {
    parameters: [],
    onRecords: true,
    run: (env, model, ids) => {
      unlink(env, model, ids);
      return true;
    },
  },
  name_search: { parameters: ["name", "domain", "operator", "limit"], onRecords: false, run: nameSearch },
  name_get: {
    parameters: [],
    onRecords: true,
    until: 17,
    run: (env, model, ids) => ids.map((id) => [id, env.displayName(model, id)]),
  },
  fields_get: {
    parameters: ["allfields", "attributes"],
    onRecords: false,
    run: (env, model, _ids, args) => fieldsGet(env, model, names(args["allfields"]), names(args["attributes"])),
  },
  default_get: { parameters: ["fields_list"], onRecords: false, run: defaultGet },
  web_search_read: {
    parameters: ["domain", "specification", "offset", "limit", "order", "count_limit"],
    onRecords: false,
    since: 17,
    run: webSearchRead,
  },
  web_read: {
    parameters: ["specification"],
    onRecords: true,
    since: 17,
    run: (env, model, ids, args) => readSpecified(env, model, ids, (args["specification"] ?? {}) as JsonObject),
  },
  read_group: {
    parameters: ["domain", "fields", "groupby", "offset", "limit", "orderby", "lazy"],
    onRecords: false,
    until: 18,
    run: readGroup,
  },
  check_access_rights: { parameters: ["operation", "raise_exception"], onRecords: false, until: 17, run: () => true },
  has_access: { parameters: ["operation"], onRecords: true, since: 18, run: () => true },
  action_archive: { parameters: [], onRecords: true, run: archive(false) },
  action_unarchive: { parameters: [], onRecords: true, run: archive(true) },
};

const WEB_SEARCH_READ_14: OrmMethod = {
  parameters: ["domain", "fields", "offset", "limit", "order"],
  onRecords: false,
  run: webSearchRead,
};

/** The method as the release has it. */
export function ormMethod(name: string, version: OdooVersion): OrmMethod | undefined {
  if (name === "web_search_read" && version === 14) return WEB_SEARCH_READ_14;
  const method = Object.hasOwn(ORM_METHODS, name) ? ORM_METHODS[name] : undefined;
  if (!method || version < (method.since ?? 0) || version > (method.until ?? Infinity)) return undefined;
  return method;
}
