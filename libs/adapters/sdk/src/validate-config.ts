import type { FieldError, Json, JsonObject } from "@dovetail/domain";
import { MASKED } from "./mask";
import type { AuthMethod, Schema, SchemaField } from "./schema";

export type ConfigResult<C> = { ok: true; value: C } | { ok: false; errors: FieldError[] };

const MAX_TEXT = 20_000;

interface Violation {
  rule: string;
  message: string;
}

function checkText(field: SchemaField, value: string): Violation | undefined {
  const { type, pattern, choices, max = MAX_TEXT, min = 0 } = field;
  if (value.length > max) return { rule: "maxLength", message: `at most ${max} characters` };
  if (value.length < min) return { rule: "minLength", message: `at least ${min} characters` };
  if (type !== "longText" && /[\r\n\0]/.test(value)) return { rule: "singleLine", message: "one line" };
  if (pattern && !new RegExp(`^(?:${pattern})$`, "u").test(value))
    return { rule: "pattern", message: `must match ${pattern}` };
  if (choices && !choices.includes(value)) return { rule: "choice", message: `one of ${choices.join(", ")}` };
  if (type === "url" && !isHttpUrl(value))
    return { rule: "url", message: "an absolute http or https URL without a password" };
  return undefined;
}

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}

function check(field: SchemaField, value: Json): Violation | undefined {
  switch (field.type) {
    case "integer": {
      const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = field;
      if (typeof value !== "number" || !Number.isSafeInteger(value)) return { rule: "type", message: "a whole number" };
      return value < min || value > max ? { rule: "range", message: `between ${min} and ${max}` } : undefined;
    }
    case "boolean":
      return typeof value === "boolean" ? undefined : { rule: "type", message: "true or false" };
    case "json":
      return undefined;
    default:
      return typeof value === "string" ? checkText(field, value) : { rule: "type", message: "text" };
  }
}

function applies(field: SchemaField, auth: unknown): boolean {
  return !field.auth || auth === undefined || field.auth.includes(auth as AuthMethod);
}

/**
 * Checks a flat config against its schema: defaults first, then required, then each field's own rules; unknown
 * members are refused. Errors carry ERP008 and never the value of a secret.
 */
export function validateConfig<C>(schema: Schema<C>, value: JsonObject): ConfigResult<C> {
  const errors: FieldError[] = [];
  const config: JsonObject = {};
  const fail = (field: string, { rule, message }: Violation, shown: Json) =>
    errors.push({ field, rule, value: shown, code: "ERP008", message });
  const known = new Set(schema.fields.map((field) => field.name));
  for (const name of Object.keys(value)) {
    if (!known.has(name)) fail(name, { rule: "unknown", message: "not a field of this system" }, MASKED);
  }
  for (const field of schema.fields) {
    const given = value[field.name] ?? field.default;
    if (given === undefined || given === null || given === "") {
      if (field.required && applies(field, value.authMethod))
        fail(field.name, { rule: "required", message: "required" }, null);
      continue;
    }
    const violation = check(field, given);
    if (violation) fail(field.name, violation, field.secret ? MASKED : shorten(given));
    else config[field.name] = given;
  }
  return errors.length > 0 ? { ok: false, errors } : { ok: true, value: config as C };
}

function shorten(value: Json): Json {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 199)}…` : value;
}

/** Where an integration keeps what a config needs. Members that the schema does not know are left out. */
export interface ConnectionParts {
  /** The integration's own members: apiEndpoint, apiVersion, authMethod. */
  connection: JsonObject;
  settings: JsonObject;
  /** Opened credentials. */
  credentials: JsonObject;
}

/** The flat value that `validateConfig` checks, from where an integration stores its parts. */
export function gatherConfig<C>(schema: Schema<C>, parts: ConnectionParts): JsonObject {
  const config: JsonObject = {};
  for (const field of schema.fields) {
    const value = parts[field.in][field.name];
    if (value !== undefined && value !== null) config[field.name] = value;
  }
  return config;
}
