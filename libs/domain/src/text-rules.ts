import { MAX_TEXT_BYTES } from "./patterns";
import type { FieldDefinition, Json } from "./types";

const CUT = 200;
/** Characters that PostgreSQL's jsonb refuses: one test finds them in the common case, where there is none. */
const UNSTORABLE = /[\0\ud800-\udfff]/;
const UNSTORABLE_KEY = /[\0\n\r\ud800-\udfff]/;
const UNSTORABLE_KEY_PART = /[\0\n\r|\ud800-\udfff]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** How far a string may go: free text, a key, or one part of a key of several. */
export type TextKind = "text" | "key" | "keyPart";

const SUSPECT: Record<TextKind, RegExp> = {
  text: UNSTORABLE,
  key: UNSTORABLE_KEY,
  keyPart: UNSTORABLE_KEY_PART,
};

/** The rule that a string's characters break: nul, unicode (half of a surrogate pair), newline, separator. */
export function brokenTextRule(text: string, kind: TextKind): string | undefined {
  if (!SUSPECT[kind].test(text)) return undefined;
  if (text.includes("\0")) return "nul";
  if (LONE_SURROGATE.test(text)) return "unicode";
  if (kind === "text") return undefined;
  if (/[\n\r]/.test(text)) return "newline";
  return kind === "keyPart" && text.includes("|") ? "separator" : undefined;
}

/** Whether a string is longer than its field allows: in characters where declared, else in bytes of UTF-8. */
export function isTooLong(text: string, maxLength: number | undefined): boolean {
  // UTF-16 units bound both from one side, so that short strings cost one comparison.
  if (maxLength === undefined) return text.length > MAX_TEXT_BYTES / 3 && Buffer.byteLength(text) > MAX_TEXT_BYTES;
  return text.length > maxLength && (text.length > 2 * maxLength || [...text].length > maxLength);
}

/** Text that can be stored and shown whatever it held. */
export function printable(text: string): string {
  return text.slice(0, CUT).replace(/\0|\p{Surrogate}/gu, "\ufffd");
}

/** What an error may show of a value. */
export function shownValue(value: Json | undefined, field?: FieldDefinition): Json {
  if (value === undefined || value === null) return null;
  if (field?.personal) return "***";
  if (typeof value === "string") return printable(value);
  if (Array.isArray(value)) return `[${value.length} items]`;
  if (typeof value === "object") return `{${Object.keys(value).length} members}`;
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}
