import { CREDENTIAL_FIELDS, ProblemError, type CredentialField } from "@dovetail/contracts";
import type { FieldError } from "@dovetail/domain";
import type { CredentialMembers } from "./integration-body";

/** A body taken apart: what may be stored in clear, and what must be sealed. */
export interface SplitBody<T> {
  settings: T;
  /** Undefined when the body has no credential at all. */
  credentials: Partial<Record<CredentialField, string>> | undefined;
}

const FIELDS: readonly string[] = CREDENTIAL_FIELDS;
const LONGEST = 20_000;

/**
 * Takes the credentials out of a checked body and resolves the aliases baseUrl, authType and credentials{…}.
 * Throws ERP008 for unknown or wrong members of credentials, and for a member that is given twice with two values.
 */
export function splitCredentials<T extends object>(body: T & CredentialMembers): SplitBody<T> {
  const errors: FieldError[] = [];
  const settings: Record<string, unknown> = {};
  const credentials: Partial<Record<string, string>> = {};
  const { baseUrl, authType, credentials: grouped, ...members } = body as CredentialMembers & Record<string, unknown>;
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined || value === null) continue;
    if (FIELDS.includes(name)) credentials[name] = value as string;
    else settings[name] = value;
  }
  takeAlias(settings, { alias: "baseUrl", name: "apiEndpoint", value: baseUrl }, errors);
  takeAlias(settings, { alias: "authType", name: "authMethod", value: authType }, errors);
  for (const [name, value] of Object.entries(grouped ?? {})) {
    const field = `credentials.${name}`;
    if (!FIELDS.includes(name)) errors.push(fault(field, "unknownMember", `${field} is not a credential`));
    else if (typeof value !== "string" || value.length > LONGEST)
      errors.push(fault(field, "isString", `${field} must be a text of at most ${LONGEST} characters`));
    else if (credentials[name] !== undefined && credentials[name] !== value)
      errors.push(fault(field, "twice", `${field} and ${name} differ`));
    else credentials[name] = value;
  }
  if (errors.length > 0)
    throw new ProblemError(
      "ERP008",
      `The request has fields that are not valid: ${errors.map((e) => e.field).join(", ")}`,
      {
        errors,
      },
    );
  const given = Object.keys(credentials).length > 0;
  return {
    settings: settings as T,
    credentials: given ? (credentials as Partial<Record<CredentialField, string>>) : undefined,
  };
}

function takeAlias(
  settings: Record<string, unknown>,
  given: { alias: string; name: string; value: string | undefined },
  errors: FieldError[],
): void {
  const { alias, name, value } = given;
  if (value === undefined || value === null) return;
  if (settings[name] !== undefined && settings[name] !== value)
    errors.push(fault(alias, "twice", `${alias} and ${name} differ`));
  else settings[name] = value;
}

// The value is left out: it may be a secret.
function fault(field: string, rule: string, message: string): FieldError {
  return { field, rule, value: null, code: "ERP008", message };
}
