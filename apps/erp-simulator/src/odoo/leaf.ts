import type { Env } from "./env";
import { valueError } from "./errors";
import type { FieldDefinition, ModelDefinition } from "./schema/notation";
import { compareTimes } from "./time-comparison";
import type { Cell, Json, Row } from "./values";

/** Says whether a row matches. */
export type Predicate = (row: Row, id: number) => boolean;

const NEGATED: Record<string, string> = {
  "!=": "=",
  "<>": "=",
  "not in": "in",
  "not like": "like",
  "not ilike": "ilike",
};
const OPERATORS = new Set([
  "=",
  "<",
  "<=",
  ">",
  ">=",
  "in",
  "like",
  "ilike",
  "=like",
  "=ilike",
  "child_of",
  "parent_of",
  "=?",
]);

/** Compiles one condition; paths go through many2one, one2many and many2many fields. */
export function compileLeaf(env: Env, model: ModelDefinition, path: string, operator: string, value: Json): Predicate {
  const [name = "", ...rest] = path.split(".");
  const field = name === "id" ? model.fields.get("id") : env.world.schema.field(model, name);
  if (!field) {
    const leaf = `${path}', '${operator}', ${JSON.stringify(value)}`;
    throw valueError(
      env.version === 19
        ? `Invalid field ${model.name}.${name} in condition ('${leaf})`
        : `Invalid field ${model.name}.${name} in leaf ('${leaf})`,
    );
  }
  const base = operator === "==" ? "=" : (NEGATED[operator] ?? operator);
  if (!OPERATORS.has(base)) throw valueError(`Invalid operator '${operator}' in domain term`);
  const negated = operator in NEGATED;
  const test =
    rest.length > 0 && field.relation
      ? throughRelation(env, field.relation, rest.join("."), operator, value)
      : undefined;
  if (test) return (row, id) => relatedIds(env.cell(model, row, id, name)).some(test);
  const single = compileTest(env, field, base, value);
  if (!negated) return (row, id) => single(env.cell(model, row, id, name));
  return (row, id) => !single(env.cell(model, row, id, name));
}

function throughRelation(env: Env, relation: string, path: string, operator: string, value: Json) {
  const target = env.model(relation);
  const inner = compileLeaf(env, target, path, operator, value);
  return (id: number) => {
    const row = env.row(relation, id);
    return row !== undefined && inner(row, id);
  };
}

/** The ids behind a relational value. */
export function relatedIds(cell: Cell): readonly number[] {
  if (typeof cell === "number") return [cell];
  return Array.isArray(cell) ? (cell as readonly number[]) : [];
}

function compileTest(env: Env, field: FieldDefinition, operator: string, value: Json): (cell: Cell) => boolean {
  if (operator === "=?") return value === false || value === null ? () => true : compileTest(env, field, "=", value);
  if (field.relation) return relationTest(env, field.relation, operator, value);
  if (operator === "in") {
    const list = Array.isArray(value) ? value : [value];
    const plain = field.type === "integer" ? new Set(list) : undefined;
    if (plain) return (cell) => plain.has(cell as Json) || (cell === null && plain.has(false));
    const tests = list.map((item) => compileTest(env, field, "=", item));
    return (cell) => tests.some((test) => test(cell));
  }
  if (operator.endsWith("like")) return likeTest(operator, value);
  switch (field.type) {
    case "datetime":
      return compareTimes(env.version, operator, value);
    case "integer":
    case "float":
    case "monetary":
      return numberTest(operator, Number(value === false ? 0 : value));
    case "boolean":
      return (cell) => compare(operator, Number(Boolean(cell)), Number(Boolean(value)));
    default:
      return textTest(operator, field.type === "date" && typeof value === "string" ? value.slice(0, 10) : value);
  }
}

function numberTest(operator: string, wanted: number): (cell: Cell) => boolean {
  return (cell) => compare(operator, cell === null ? 0 : Number(cell), wanted);
}

function textTest(operator: string, value: Json): (cell: Cell) => boolean {
  if (value === false || value === null) return (cell) => operator === "=" && (cell === null || cell === "");
  const wanted = String(value);
  return (cell) => cell !== null && compareText(operator, String(cell), wanted);
}

function compareText(operator: string, a: string, b: string): boolean {
  if (operator === "=") return a === b;
  return compare(operator, a < b ? -1 : a > b ? 1 : 0, 0);
}

function compare(operator: string, a: number, b: number): boolean {
  switch (operator) {
    case "=":
      return a === b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    default:
      return operator === ">=" && a >= b;
  }
}

/** SQL LIKE: `%` and `_` in the value are wildcards, as in Odoo. */
function likeTest(operator: string, value: Json): (cell: Cell) => boolean {
  const bare = value === false || value === null ? "" : String(value);
  const pattern = operator.startsWith("=") ? bare : `%${bare}%`;
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replace(/%/g, ".*")
    .replace(/_/g, ".");
  const expression = new RegExp(`^${source}$`, operator.endsWith("ilike") ? "isu" : "su");
  return (cell) => cell !== null && expression.test(String(cell));
}

function relationTest(env: Env, relation: string, operator: string, value: Json) {
  if (operator === "child_of" || operator === "parent_of") {
    const wanted = new Set(Array.isArray(value) ? value : [value]);
    return (cell: Cell) => relatedIds(cell).some((id) => ancestors(env, relation, id).some((up) => wanted.has(up)));
  }
  if (operator.endsWith("like") || (operator === "=" && typeof value === "string")) {
    const test = operator === "=" ? (cell: Cell) => cell === value : likeTest(operator, value);
    return (cell: Cell) => relatedIds(cell).some((id) => test(env.displayName(relation, id)));
  }
  if (operator === "in" || operator === "=") {
    const list = Array.isArray(value) ? value : [value];
    const wanted = new Set(list);
    const empty = list.includes(false) || list.includes(null);
    return (cell: Cell) => {
      const ids = relatedIds(cell);
      return ids.length === 0 ? empty : ids.some((id) => wanted.has(id));
    };
  }
  const wanted = Number(value);
  return (cell: Cell) => relatedIds(cell).some((id) => compare(operator, id, wanted));
}

function ancestors(env: Env, model: string, start: number): number[] {
  const parent = ["parent_id", "location_id"].find((name) => env.model(model).fields.get(name)?.relation === model);
  const line: number[] = [];
  for (let id: number | null = start; id !== null && !line.includes(id);) {
    line.push(id);
    id = parent ? env.id(model, id, parent) : null;
  }
  return line;
}
