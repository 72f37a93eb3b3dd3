import type { Json } from "@dovetail/domain";
import { isSecretName } from "../redaction";

const MAX_VALUE = 200;

/** A value as an error may show it: secrets masked, long text cut, composed values left out. */
export function maskValue(name: string, value: unknown): Json {
  if (value === undefined || value === null) return null;
  if (isSecretName(name.split(".").at(-1) ?? name)) return "***";
  if (typeof value === "string") return value.length > MAX_VALUE ? `${value.slice(0, MAX_VALUE)}…` : value;
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  return Array.isArray(value) ? "[…]" : "{…}";
}
