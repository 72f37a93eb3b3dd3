const MASK = "***";
const MAX_DEPTH = 8;
const MAX_TEXT = 4000;

/** Names (any case, `_` and `-` ignored) whose values are never shown. */
const SECRET_NAME =
  /(?:password|passwd|passphrase|secret|credential|privatekey|apikey|apitoken|accesstoken|refreshtoken|idtoken|authorization|cookie|signature|jwt|dataKey|masterkey|keyring)/i;
const EXACT_SECRET_NAMES = new Set(["token", "pass", "pwd", "hmac", "bearer"]);
/** Names that contain one of the words above and are harmless. */
const HARMLESS = new Set(["tokenendpoint", "credentialsset", "apikeyid", "apikeyheader", "secretname"]);

/** Whether the value under this name must not be shown (logs, error values, audit). */
export function isSecretName(name: string): boolean {
  const plain = name.replace(/[_\-\s]/g, "").toLowerCase();
  return !HARMLESS.has(plain) && (EXACT_SECRET_NAMES.has(plain) || SECRET_NAME.test(plain));
}

// `scheme://user:password@`, `Bearer …` and our API keys, wherever they stand in a text.
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/"\\]*:)[^\s@/"\\]+@/gi;
const BEARER = /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/g;
const API_KEY = /\b(dvk_[A-Za-z0-9]+_)[A-Za-z0-9_-]+/g;

/** The text without passwords in URLs, bearer tokens and API keys. */
export function maskText(text: string): string {
  return text.replace(URL_PASSWORD, `$1${MASK}@`).replace(BEARER, `$1 ${MASK}`).replace(API_KEY, `$1${MASK}`);
}

/** A copy fit for a log: values under secret names masked, deep or circular parts cut, errors as plain objects. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value;
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) return "[deep]";
  if (value instanceof Error) return describeError(value, depth);
  if (value instanceof Uint8Array) return `[${value.length} bytes]`;
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redact(item, depth + 1));
  if (hasToJson(value)) return redact(value.toJSON(), depth + 1);
  return redactMembers(value, depth);
}

/** The value of a field as `redact` shows it under its name; `path` such as `name`, `custom.apiToken` or `lines[10].pin`. */
export function redactField(path: string, value: unknown): unknown {
  const name = path.split(/[.[\]]+/).find(isSecretName) ?? path;
  return redactMembers({ [name]: value }, 0)[name];
}

/** An error as plain members, with its cause; own enumerable members are redacted like any object. */
export function describeError(error: Error, depth = 0): Record<string, unknown> {
  return {
    ...redactMembers({ ...error, cause: undefined }, depth),
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1) }),
  };
}

function redactMembers(value: object, depth: number): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    result[name] = isSecretName(name) && member !== undefined && member !== null ? MASK : redact(member, depth + 1);
  }
  return result;
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return "toJSON" in value && typeof value.toJSON === "function";
}
