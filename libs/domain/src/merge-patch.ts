import { isObject, setMember } from "./json";
import type { Json, JsonObject } from "./types";

/** Applies a JSON merge patch (RFC 7386): null removes, objects merge, lists and scalars replace. Changes no argument. */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject;
export function mergePatch(target: Json | undefined, patch: Json): Json;
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged: JsonObject = {};
  if (isObject(target)) for (const name of Object.keys(target)) setMember(merged, name, target[name] ?? null);
  for (const name of Object.keys(patch)) {
    const value = patch[name];
    if (value === undefined) continue;
    if (value === null) delete merged[name];
    else setMember(merged, name, mergePatch(Object.hasOwn(merged, name) ? merged[name] : undefined, value));
  }
  return merged;
}
