import { compileDomain } from "./domain";
import type { Env } from "./env";
import { valueError } from "./errors";
import type { ModelDefinition } from "./schema/notation";
import type { Cell, Json, Row } from "./values";

/** Paging and order of a search, as a client gives them. */
export interface SearchOptions {
  offset?: number;
  limit?: number;
  order?: string;
}

interface SortKey {
  field: string;
  descending: boolean;
}

const collator = new Intl.Collator("en", { sensitivity: "base", numeric: false });

/** Ids of matching records; archived rows are left out unless the domain or the context asks for them. */
export function search(env: Env, modelName: string, domain: Json, options: SearchOptions = {}): number[] {
  const model = env.model(modelName);
  const compiled = compileDomain(env, model, domain);
  const table = env.store.table(modelName);
  const hidesArchived = model.fields.has("active") && env.context["active_test"] !== false && !compiled.namesActive;
  const keys = parseOrder(env, model, options.order || model.order);
  const offset = options.offset ?? 0;
  const byId = keys[0]?.field === "id" && !keys[0].descending;
  const enough = byId && options.limit ? offset + options.limit : Infinity;
  const found: number[] = [];
  for (let at = table.after(compiled.idAfter); at < table.ids.length && found.length < enough; at++) {
    const id = table.ids[at] ?? 0;
    const row = table.rows.get(id);
    if (!row || (hidesArchived && row["active"] === false)) continue;
    if (compiled.matches(row, id)) found.push(id);
  }
  if (!byId) sort(env, model, found, keys);
  return found.slice(offset, options.limit ? offset + options.limit : undefined);
}

function parseOrder(env: Env, model: ModelDefinition, order: string): SortKey[] {
  const keys = order.split(",").map((part) => {
    const [field = "", direction = "asc"] = part.trim().split(/\s+/);
    return { field, descending: direction.toLowerCase() === "desc" };
  });
  for (const { field } of keys) {
    if (!env.world.schema.field(model, field)) {
      throw valueError(`Invalid field '${field}' on ${env.version === 19 ? "" : "model "}'${model.name}'`);
    }
  }
  return keys;
}

function sort(env: Env, model: ModelDefinition, ids: number[], keys: SortKey[]): void {
  const valueOf = (id: number, { field }: SortKey): Cell => {
    const row = env.row(model.name, id) as Row;
    const cell = env.cell(model, row, id, field);
    const relation = env.world.schema.field(model, field)?.relation;
    if (!relation || typeof cell !== "number") return cell;
    return relation.startsWith("res.") ? env.displayName(relation, cell) : cell;
  };
  const types = keys.map(({ field }) => env.world.schema.field(model, field)?.type);
  const decorated = ids.map((id) => ({ id, values: keys.map((key) => valueOf(id, key)) }));
  decorated.sort((a, b) => {
    for (const [i, key] of keys.entries()) {
      const order = compareCells(a.values[i] ?? null, b.values[i] ?? null, types[i] ?? "char");
      if (order !== 0) return key.descending ? -order : order;
    }
    return a.id - b.id;
  });
  for (const [i, { id }] of decorated.entries()) ids[i] = id;
}

/** Empty values sort last ascending and first descending, as in PostgreSQL. */
function compareCells(a: Cell, b: Cell, type: string): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  if (type === "float" || type === "monetary") return Number(a) - Number(b);
  if (typeof a === "string" && typeof b === "string") {
    return type === "datetime" || type === "date" ? (a < b ? -1 : 1) : collator.compare(a, b);
  }
  return Number(a) - Number(b);
}
