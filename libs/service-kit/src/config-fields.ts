import { Secret } from "@dovetail/crypto";

/** How one variable is read. `parse` throws an Error whose message never holds a secret. */
export interface ConfigField<T> {
  /** What is expected, in words for the person who sets the variable. */
  readonly expected: string;
  /** The value must not be shown. */
  readonly secret: boolean;
  /** Present when the variable may be left out. */
  readonly absent?: { readonly value: T };
  parse(text: string): T;
}

function field<T>(
  expected: string,
  parse: (text: string) => T,
  fallback: T | undefined,
  secretValue = false,
): ConfigField<T> {
  const note = fallback === undefined || secretValue ? "" : ` (default ${String(fallback)})`;
  return {
    expected: expected + note,
    secret: secretValue,
    parse,
    ...(fallback === undefined ? {} : { absent: { value: fallback } }),
  };
}

function wrong(what: string): never {
  throw new Error(what);
}

function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

/** A text; `pattern` is matched against the whole of it when it is anchored. */
export function string(options: { default?: string; pattern?: RegExp; maxLength?: number } = {}): ConfigField<string> {
  const { pattern, maxLength = 10_000 } = options;
  const parse = (text: string): string => {
    if (text.length > maxLength) wrong(`is longer than ${maxLength} characters`);
    if (pattern && !pattern.test(text)) wrong("does not match the pattern");
    return text;
  };
  return field(pattern ? `a text matching ${pattern.source}` : "a text", parse, options.default);
}

/** A text that is never shown; at least `minLength` characters (default 1). */
export function secret(options: { minLength?: number; default?: string } = {}): ConfigField<Secret<string>> {
  const minLength = options.minLength ?? 1;
  const parse = (text: string): Secret<string> =>
    text.length < minLength ? wrong(`is shorter than ${minLength} characters`) : new Secret(text);
  const fallback = options.default === undefined ? undefined : new Secret(options.default);
  return field(`a secret of at least ${minLength} characters`, parse, fallback, true);
}

/** A whole number in [min, max]. */
export function integer(options: { min?: number; max?: number; default?: number } = {}): ConfigField<number> {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = options;
  const range = options.min === undefined && options.max === undefined ? "" : ` from ${min} to ${max}`;
  const parse = (text: string): number => {
    const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(value)) wrong(`is ${shown(text)}, not a whole number`);
    if (value < min || value > max) wrong(`is ${value}, outside ${min} to ${max}`);
    return value;
  };
  return field(`a whole number${range}`, parse, options.default);
}

/** A TCP port; 0 takes a free one. */
export function port(fallback?: number): ConfigField<number> {
  return integer({ min: 0, max: 65_535, ...(fallback === undefined ? {} : { default: fallback }) });
}

const TRUE = new Set(["true", "1", "yes", "on"]);
const FALSE = new Set(["false", "0", "no", "off"]);

/** true, 1, yes, on or false, 0, no, off. */
export function boolean(fallback?: boolean): ConfigField<boolean> {
  const parse = (text: string): boolean => {
    const word = text.toLowerCase();
    if (TRUE.has(word)) return true;
    return FALSE.has(word) ? false : wrong(`is ${shown(text)}`);
  };
  return field("true or false", parse, fallback);
}

/** An absolute URL with one of `protocols` (without colon). Never shown: it may hold a password. */
export function url(options: { protocols?: readonly string[]; default?: string } = {}): ConfigField<string> {
  const { protocols } = options;
  const parse = (text: string): string => {
    if (!URL.canParse(text)) wrong("is not an absolute URL");
    const protocol = new URL(text).protocol.slice(0, -1);
    if (protocols && !protocols.includes(protocol)) wrong(`starts with ${protocol}:`);
    return text;
  };
  const start = protocols ? ` starting with ${protocols.map((p) => `${p}:`).join(" or ")}` : "";
  return field(`an absolute URL${start}`, parse, options.default, true);
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function durationMs(text: string): number {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  const unit = UNITS[match?.[2] ?? ""];
  return match && unit !== undefined ? Number(match[1]) * unit : wrong(`is ${shown(text)}`);
}

/** A time span such as `500ms`, `30s`, `5m`, `1h`, `7d`; the value is in milliseconds. */
export function duration(fallback?: string): ConfigField<number> {
  const expected = "a duration such as 500ms, 30s, 5m, 1h or 7d";
  const base = field(expected, durationMs, fallback === undefined ? undefined : durationMs(fallback));
  return fallback === undefined ? base : { ...base, expected: `${expected} (default ${fallback})` };
}

/** One of the given words. */
export function oneOf<const V extends string>(values: readonly V[], fallback?: V): ConfigField<V> {
  const parse = (text: string): V => values.find((value) => value === text) ?? wrong(`is ${shown(text)}`);
  return field<V>(`one of ${values.join(", ")}`, parse, fallback);
}

/** The same field, or `undefined` when the variable is not set. */
export function optional<T>(inner: ConfigField<T>): ConfigField<T | undefined> {
  return { ...inner, expected: `${inner.expected}, or not set`, absent: { value: undefined } };
}
