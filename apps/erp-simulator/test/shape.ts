import { isObject, type Json, type JsonObject } from "../src/odoo/values";

/** Maps whose keys are ids or names of the captured database: their members are compared one by one. */
const DICTIONARIES = new Set(["currencies", "allowed_companies", "fields", "methods", "parameters", "groups"]);
/** Members of a record may be empty (`false`, `[]`) on one side and filled on the other. */
const EMPTY = (value: Json): boolean => value === false || (Array.isArray(value) && value.length === 0);

/**
 * Differences of shape between a captured body and ours: missing and surplus members, other JSON types,
 * lists of which one is empty. Ids, texts and numbers may differ; names and codes of errors may not.
 */
export function shapeDifferences(expected: Json, actual: Json, path = "$", inRecord = false): string[] {
  if (inRecord && (EMPTY(expected) || EMPTY(actual)) && typeof actual !== "number") return [];
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return [`${path}: list expected, got ${typeOf(actual)}`];
    return listDifferences(expected, actual, path, inRecord);
  }
  if (isObject(expected)) {
    if (!isObject(actual)) return [`${path}: object expected, got ${typeOf(actual)}`];
    return memberDifferences(expected, actual, path, inRecord || "id" in expected);
  }
  if (typeOf(expected) !== typeOf(actual)) return [`${path}: ${typeOf(expected)} expected, got ${typeOf(actual)}`];
  if (/\.(name|code|http_status)$/.test(path) && path.includes("error") && expected !== actual) {
    return [`${path}: ${String(expected)} expected, got ${String(actual)}`];
  }
  if (path.endsWith(".message") && plainText(expected) !== plainText(actual)) {
    return [`${path}: ${String(expected)} expected, got ${String(actual)}`];
  }
  return [];
}

function listDifferences(expected: Json[], actual: Json[], path: string, inRecord: boolean): string[] {
  if ((expected.length === 0) !== (actual.length === 0) && !inRecord) {
    return [`${path}: ${expected.length} items captured, ${actual.length} answered`];
  }
  const tuple = expected.every((item) => !isObject(item)) && expected.length === actual.length;
  return actual.flatMap((item, i) => {
    const model = tuple ? expected[i] : (expected[Math.min(i, expected.length - 1)] ?? expected[0]);
    return model === undefined ? [] : shapeDifferences(model, item, `${path}[${i}]`, inRecord);
  });
}

function memberDifferences(expected: JsonObject, actual: JsonObject, path: string, inRecord: boolean): string[] {
  const key = path.split(".").pop() ?? "";
  if (DICTIONARIES.has(key)) return dictionaryDifferences(expected, actual, path);
  const differences: string[] = [];
  for (const name of Object.keys(expected)) if (!(name in actual)) differences.push(`${path}.${name}: missing`);
  for (const [name, member] of Object.entries(actual)) {
    const model = expected[name];
    if (model === undefined) differences.push(`${path}.${name}: surplus`);
    else differences.push(...shapeDifferences(model, member, `${path}.${name}`, inRecord));
  }
  return differences;
}

function dictionaryDifferences(expected: JsonObject, actual: JsonObject, path: string): string[] {
  const any = Object.values(expected)[0];
  return Object.entries(actual).flatMap(([name, member]) => {
    const model = expected[name] ?? any;
    if (model === undefined || !isObject(model) || !isObject(member)) return [];
    // Optional attributes depend on the entry; those present must have the captured type.
    const common = Object.keys(member).filter((key) => key in model);
    return common
      .filter((key) => key !== "context")
      .flatMap((key) => shapeDifferences(model[key] ?? null, member[key] ?? null, `${path}.${name}.${key}`, true));
  });
}

function typeOf(value: Json): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "list" : typeof value;
}

/** A message without ids and without the place of the socket. */
function plainText(value: Json): string {
  return String(value)
    .replace(/socket "[^"]*"/, "socket")
    .replace(/\d+/g, "0");
}
