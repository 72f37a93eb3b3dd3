import type { Schema } from "./schema";

/** What stands where a secret stood. */
export const MASKED = "***";

/** Longest excerpt kept of a body, characters. */
export const EXCERPT_LENGTH = 4096;

/** Makes a text fit for operators: known secret values and members with secret names are replaced. */
export interface Mask {
  (text: string): string;
}

const SECRET_NAME =
  "[\\w.-]*(?:pass(?:word|wd|phrase)?|pwd|secret|token|authori[sz]ation|api[-_ ]?key|private[-_ ]?key|cookie|session[-_]?id|signature|credential)[\\w.-]*";

const BY_NAME: readonly [RegExp, string][] = [
  // "password": "…" and 'password': 123, with escaped quotes inside
  [
    new RegExp(`(["'])(${SECRET_NAME})\\1(\\s*:\\s*)(?:"(?:[^"\\\\]|\\\\.)*"?|'[^']*'?|[^\\s,}\\]]+)`, "gi"),
    `$1$2$1$3"${MASKED}"`,
  ],
  // <Password a="b">…</Password>, also cut off
  [new RegExp(`(<(?:\\w+:)?(${SECRET_NAME})(?:\\s[^>]*)?>)[^<]*`, "gi"), `$1${MASKED}`],
  // authorization: Bearer …
  [/\b((?:proxy-)?authorization\s*[:=]\s*)[^\r\n]+/gi, `$1${MASKED}`],
  [/\b(bearer|basic)\s+[\w~+/.=-]{6,}/gi, `$1 ${MASKED}`],
  // password=…&, in forms and query strings
  [new RegExp(`(^|[?&;\\s])(${SECRET_NAME})=[^&;\\s"']+`, "gi"), `$1$2=${MASKED}`],
  // https://user:password@host
  [/(\/\/[^/\s:@]+:)[^/\s@]+@/g, `$1${MASKED}@`],
];

/** The spellings in which a value may turn up on the wire. */
function spellings(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const xml = secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
  return [secret, json, encodeURIComponent(secret), Buffer.from(secret).toString("base64"), xml];
}

/** A mask for these secret values, whatever the name they travel under (values under 3 characters by name only). */
export function createMask(secrets: readonly string[]): Mask {
  const all = new Set(secrets.filter((s) => s.length >= 3).flatMap(spellings));
  // Longest first: a secret that contains another is replaced whole.
  const values = [...all].sort((a, b) => b.length - a.length);
  return (text) => {
    let masked = text;
    for (const value of values) masked = masked.replaceAll(value, MASKED);
    for (const [pattern, replacement] of BY_NAME) masked = masked.replace(pattern, replacement);
    return masked;
  };
}

/** The values of a config that its schema declares secret. */
export function secretsOf<C>(schema: Schema<C>, config: C): string[] {
  const values = config as Record<string, unknown>;
  return schema.fields
    .filter((field) => field.secret)
    .map((field) => values[field.name])
    .filter((value): value is string => typeof value === "string");
}

/** The start of a long text, masked; a secret that the cut would split is left out, not shown in half. */
export function excerpt(text: string, mask: Mask, length = EXCERPT_LENGTH): string {
  if (text.length <= length) return mask(text);
  const margin = 512;
  const masked = mask(text.slice(0, length + margin));
  return `${masked.slice(0, Math.max(0, Math.min(length, masked.length - margin)))}…`;
}
