import type { SystemDescription } from "@dovetail/contracts";
import type { Json, JsonObject } from "@dovetail/domain";
import type { Fault } from "./faults";

/** What is checked here of an integration; credentials are sealed and checked where they are opened. */
export interface ConnectionPart {
  apiEndpoint: string | null;
  apiVersion: string | null;
  authMethod: string;
  settings: JsonObject;
}

/** A field of an adapter's connection as `SystemDescription.connection.fields` lists it. */
interface ConnectionField {
  name: string;
  type: string;
  in: string;
  required?: boolean;
  secret?: boolean;
  pattern?: string;
  choices?: string[];
  min?: number;
  max?: number;
  default?: Json;
  auth?: string[];
}

const MAX_TEXT = 20_000;

/** Faults of the connection by what the adapter declares: auth method, required fields, each field's own rules. */
export function checkConnection(system: SystemDescription, part: ConnectionPart): Fault[] {
  const faults: Fault[] = [];
  if (!system.auth.includes(part.authMethod)) {
    const message = `${system.code} offers ${system.auth.join(", ")}`;
    faults.push({ field: "authMethod", rule: "offered", value: part.authMethod, message });
  }
  const fields = fieldsOf(system);
  for (const field of fields) {
    if (field.in === "credentials" || field.secret) continue;
    const fault = fieldFault(field, part);
    if (fault) faults.push(fault);
  }
  const known = new Set(fields.filter((field) => field.in === "settings").map((field) => field.name));
  for (const name of Object.keys(part.settings)) {
    if (known.has(name)) continue;
    const message = `is not a setting of ${system.code}`;
    // The value stays unsaid: it may be a password in the wrong place.
    faults.push({ field: `settings.${name}`, rule: "unknownMember", value: null, message });
  }
  return faults;
}

/**
 * Faults of new credentials, by their names: those that the adapter does not have, and those of the auth method that it
 * requires. No credentials at all are no fault: they may follow.
 */
export function checkCredentials(system: SystemDescription, authMethod: string, set: readonly string[]): Fault[] {
  if (set.length === 0) return [];
  const fields = fieldsOf(system).filter((field) => field.in === "credentials");
  const foreign = set.filter((name) => !fields.some((field) => field.name === name));
  const missing = fields.filter(
    ({ name, required, auth }) => required && (!auth || auth.includes(authMethod)) && !set.includes(name),
  );
  return [
    ...foreign.map((name) => fault(name, "unknownMember", `is not a credential of ${system.code}`)),
    ...missing.map(({ name }) => fault(name, "required", `is required by ${system.code} with ${authMethod}`)),
  ];
}

function fault(field: string, rule: string, message: string): Fault {
  return { field, rule, value: null, message };
}

function fieldsOf(system: SystemDescription): ConnectionField[] {
  const { fields } = system.connection;
  return Array.isArray(fields) ? (fields as unknown as ConnectionField[]) : [];
}

function fieldFault(field: ConnectionField, part: ConnectionPart): Fault | undefined {
  const inSettings = field.in === "settings";
  const path = inSettings ? `settings.${field.name}` : field.name;
  const own: Record<string, Json> = {
    apiEndpoint: part.apiEndpoint,
    apiVersion: part.apiVersion,
    authMethod: part.authMethod,
  };
  const value = (inSettings ? part.settings : own)[field.name] ?? field.default ?? null;
  if (value === null || value === "") {
    const asked = field.required && (!field.auth || field.auth.includes(part.authMethod));
    return asked ? { field: path, rule: "required", value: null, message: "is required" } : undefined;
  }
  const broken = check(field, value);
  return broken && { field: path, value, ...broken };
}

type Broken = Pick<Fault, "rule" | "message"> | undefined;

function check(field: ConnectionField, value: Json): Broken {
  switch (field.type) {
    case "json":
      return undefined;
    case "boolean":
      return typeof value === "boolean" ? undefined : { rule: "type", message: "must be true or false" };
    case "integer": {
      const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = field;
      if (typeof value !== "number" || !Number.isSafeInteger(value))
        return { rule: "type", message: "must be a whole number" };
      return value < min || value > max ? { rule: "range", message: `must be between ${min} and ${max}` } : undefined;
    }
    default:
      return typeof value === "string" ? checkText(field, value) : { rule: "type", message: "must be a text" };
  }
}

function checkText(field: ConnectionField, value: string): Broken {
  const { type, pattern, choices, min = 0, max = MAX_TEXT } = field;
  if (value.length > max) return { rule: "maxLength", message: `must have at most ${max} characters` };
  if (value.length < min) return { rule: "minLength", message: `must have at least ${min} characters` };
  if (type !== "longText" && /[\r\n\0]/.test(value)) return { rule: "singleLine", message: "must be one line" };
  if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`, "u").test(value))
    return { rule: "pattern", message: `must match ${pattern}` };
  if (choices && !choices.includes(value)) return { rule: "choice", message: `must be one of ${choices.join(", ")}` };
  if (type === "url" && !isHttpUrl(value))
    return { rule: "url", message: "must be an absolute http or https URL without a password" };
  return undefined;
}

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}
