import type { Json, JsonObject } from "./types";

/** Whether a value is a JSON object: neither null nor a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Sets an own member whatever its name: assigning to `__proto__` would change the prototype instead. */
export function setMember(target: JsonObject, name: string, value: Json): void {
  if (name === "__proto__")
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  else target[name] = value;
}

/** JSON text with members in code-unit order; members that are null are left out, nulls of lists stay. */
export function sortedJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  let text = "";
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member === undefined || member === null) continue;
    text += `${text ? "," : ""}${JSON.stringify(name)}:${sortedJson(member)}`;
  }
  return `{${text}}`;
}
