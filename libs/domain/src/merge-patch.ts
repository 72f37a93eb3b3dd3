import { DomainError } from "./domain-error";
import { isObject, setMember } from "./json";
import { MAX_DEPTH } from "./patterns";
import type { Json, JsonObject } from "./types";

/**
 * Applies a JSON merge patch (RFC 7386): null removes, objects merge, lists and scalars replace. Changes no argument.
 * Throws DomainError ERP008 (rule `depth`) for a patch that no record could hold.
 */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject;
export function mergePatch(target: Json | undefined, patch: Json): Json;
export function mergePatch(target: Json | undefined, patch: Json): Json {
  return merge(target, patch, 0);
}

function merge(target: Json | undefined, patch: Json, depth: number): Json {
  if (!isObject(patch)) return patch;
  // A patch comes from outside and is merged before it is validated: without a limit it could exhaust the stack.
  if (depth > 2 * MAX_DEPTH) throw new DomainError("Nested too deep", "", "depth");
  const merged: JsonObject = {};
  if (isObject(target)) for (const name of Object.keys(target)) setMember(merged, name, target[name] ?? null);
  for (const name of Object.keys(patch)) {
    const value = patch[name];
    if (value === undefined) continue;
    if (value === null) delete merged[name];
    else setMember(merged, name, merge(Object.hasOwn(merged, name) ? merged[name] : undefined, value, depth + 1));
  }
  return merged;
}
