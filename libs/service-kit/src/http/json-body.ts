import { isUtf8 } from "node:buffer";
import { ProblemError } from "@dovetail/contracts";
import type { Json } from "@dovetail/domain";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Levels of arrays and objects that a body may have. */
export const MAX_JSON_DEPTH = 64;

/**
 * Parses a JSON body. Throws ProblemError ERP008 with status 400 for what is not UTF-8, not JSON, deeper than
 * `maxDepth` or has a `__proto__` member. The text of the error never quotes the body. Empty means undefined.
 */
export function parseJsonBody(body: Buffer, maxDepth = MAX_JSON_DEPTH): Json | undefined {
  if (body.length === 0) return undefined;
  if (!isUtf8(body)) throw unreadable("The body is not UTF-8.");
  if (isDeeper(body, maxDepth)) throw unreadable(`The body is nested more than ${maxDepth} levels deep.`);
  const text = body.toString("utf8");
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    const position = error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
    throw unreadable(`The body is not valid JSON${position === undefined ? "" : ` (at character ${position})`}.`);
  }
  // The cheap look finds almost every body innocent; an escaped name (`\u005f…`) needs the walk as well.
  if ((text.includes("__proto__") || text.includes("\\u")) && hasProto(value)) {
    throw unreadable("The body has a member named __proto__.");
  }
  return value;
}

function unreadable(detail: string): ProblemError {
  return new ProblemError("ERP008", detail, { status: 400, resolution: "Send a valid JSON document (RFC 8259)." });
}

/** Counts brackets outside strings, before JSON.parse builds anything. */
function isDeeper(body: Buffer, limit: number): boolean {
  let depth = 0;
  for (let index = 0; index < body.length; index++) {
    const byte = body[index];
    if (byte === QUOTE) {
      index = endOfString(body, index);
    } else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > limit) return true;
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--;
    }
  }
  return false;
}

/** The place of the quote that ends the string begun at `start`; the end of the body when there is none. */
function endOfString(body: Buffer, start: number): number {
  let end = body.indexOf(QUOTE, start + 1);
  while (end !== -1) {
    let backslashes = 0;
    while (body[end - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
    end = body.indexOf(QUOTE, end + 1);
  }
  return body.length;
}

function hasProto(value: Json): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(hasProto);
  return Object.entries(value).some(([name, member]) => name === "__proto__" || hasProto(member));
}
