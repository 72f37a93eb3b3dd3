import type { Json, JsonObject } from "./types";
import { isObject } from "./json";

const WHOLE = /^[0-9]{1,15}$/;

/** Natural order of line keys: `2` before `10`, numbers before words; total, so that every list has one order. */
export function compareLineKeys(a: string, b: string): number {
  const aWhole = WHOLE.test(a);
  const bWhole = WHOLE.test(b);
  if (aWhole && bWhole && Number(a) !== Number(b)) return Number(a) - Number(b);
  if (aWhole !== bWhole) return aWhole ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The key of a line as text; empty when there is none. */
export function lineKeyOf(line: Json | undefined, lineKey: string): string {
  const key = isObject(line) ? line[lineKey] : undefined;
  return typeof key === "string" ? key : "";
}

/** The lines in natural order of their keys: an ERP that lists them in another order has changed nothing. */
export function inLineOrder<T extends Json>(lines: readonly T[], lineKey: string): readonly T[] {
  for (let i = 1; i < lines.length; i++)
    if (compareLineKeys(lineKeyOf(lines[i - 1], lineKey), lineKeyOf(lines[i], lineKey)) > 0)
      return [...lines].sort((a, b) => compareLineKeys(lineKeyOf(a, lineKey), lineKeyOf(b, lineKey)));
  return lines;
}

/** The lines by key. */
export function byLineKey(lines: Json | undefined, lineKey: string): Map<string, JsonObject> {
  const map = new Map<string, JsonObject>();
  if (Array.isArray(lines)) for (const line of lines) if (isObject(line)) map.set(lineKeyOf(line, lineKey), line);
  return map;
}
