import type { Json, JsonObject } from "@dovetail/domain";
import { RuleProblem } from "./failures";

/** Reads from a row. */
export type Get = (row: JsonObject) => Json | undefined;

/** A compiled path of a JSON row. */
export interface Path {
  get: Get;
  /** All matches as a list; for a plain path the value itself. */
  all: Get;
  /** Top-level member that the path reads, when it names one. */
  member?: string;
  /** Set when the path is that member and nothing more. */
  single?: string;
  /** Members to walk for writing; undefined: the path cannot be written. */
  target?: readonly string[];
}

type Segment = string | number;

const SEGMENT = /\.([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)|\['([^'\\]*)'\]|\["([^"\\]*)"\]|\[(\d{1,6})\]/y;
const ROOT_MEMBER = /^\$(?:\.([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)|\['([^'\\]*)'\]|\["([^"\\]*)"\])/;

/** Compiles a bare member name or a JSONPath (RFC 9535). Throws RuleProblem with the parser's reason. */
export async function compilePath(text: string): Promise<Path> {
  if (!text.startsWith("$")) return plainPath([text], false);
  const plain = parsePlain(text);
  if (plain !== undefined) return plainPath(plain.segments, plain.each);
  const { compileQuery } = await import("./json-path");
  const values = compileQuery(text);
  const root = ROOT_MEMBER.exec(text);
  return {
    get: (row) => values(row)[0],
    all: (row) => values(row),
    member: root ? (root[1] ?? root[2] ?? root[3]) : undefined,
  };
}

/** A path that is one member, whatever characters its name has. */
export function memberPath(name: string): Path {
  return plainPath([name], false);
}

function parsePlain(text: string): { segments: Segment[]; each: boolean } | undefined {
  const each = text.endsWith("[*]");
  const body = each ? text.slice(0, -3) : text;
  const segments: Segment[] = [];
  SEGMENT.lastIndex = 1;
  while (SEGMENT.lastIndex < body.length) {
    const match = SEGMENT.exec(body);
    if (match === null) return undefined;
    segments.push(match[4] === undefined ? (match[1] ?? match[2] ?? match[3] ?? "") : Number(match[4]));
  }
  return { segments, each };
}

function plainPath(segments: readonly Segment[], each: boolean): Path {
  if (segments.includes("__proto__"))
    throw new RuleProblem("erpField", "path", "__proto__ cannot be mapped", "__proto__");
  const get = getter(segments);
  const first = segments[0];
  return {
    get: each ? (row) => asList(get(row))?.[0] : get,
    all: each ? (row) => asList(get(row)) : get,
    member: typeof first === "string" ? first : undefined,
    single: segments.length === 1 && !each && typeof first === "string" ? first : undefined,
    target: targetOf(segments),
  };
}

function asList(value: Json | undefined): Json[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** A pair such as Odoo's `[id, label]` is written by its first part; other list places cannot be written. */
function targetOf(segments: readonly Segment[]): string[] | undefined {
  const named = segments[segments.length - 1] === 0 ? segments.slice(0, -1) : segments;
  const names = named.filter((segment) => typeof segment === "string");
  return names.length > 0 && names.length === named.length ? names : undefined;
}

function getter(segments: readonly Segment[]): Get {
  const [a, b, ...rest] = segments;
  if (a === undefined) return (row) => row;
  if (typeof a === "string" && b === undefined) return member(a);
  const steps = [a, ...(b === undefined ? [] : [b]), ...rest];
  return (row) => {
    let value: Json | undefined = row;
    for (const step of steps) {
      if (typeof value !== "object" || value === null) return undefined;
      if (Array.isArray(value)) value = typeof step === "number" ? value[step] : undefined;
      else value = typeof step === "string" && Object.hasOwn(value, step) ? value[step] : undefined;
    }
    return value;
  };
}

function member(name: string): Get {
  // Names that every object inherits need the dearer look.
  if (name in Object.prototype) return (row) => (Object.hasOwn(row, name) ? row[name] : undefined);
  return (row) => row[name];
}

/** Writes into a body, making the objects on the way. */
export function writeTo(body: JsonObject, target: readonly string[], value: Json): void {
  let at = body;
  for (let i = 0; i < target.length - 1; i++) {
    const name = target[i] ?? "";
    const next = Object.hasOwn(at, name) ? at[name] : undefined;
    if (typeof next === "object" && next !== null && !Array.isArray(next)) at = next;
    else at = at[name] = {};
  }
  at[target[target.length - 1] ?? ""] = value;
}
