import type { Fields } from "./wire";

/** JSON merge patch (RFC 7386): null removes a member, objects merge, everything else (lists too) is replaced. */
export function mergePatch(target: unknown, patch: Fields): Fields {
  const merged: Fields = isObject(target) ? { ...target } : {};
  for (const [member, value] of Object.entries(patch)) {
    if (value === null) delete merged[member];
    else merged[member] = isObject(value) ? mergePatch(merged[member], value) : value;
  }
  return merged;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
