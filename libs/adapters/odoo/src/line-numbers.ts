import type { Json, JsonObject } from "@dovetail/domain";
import { refusal } from "./errors";

/**
 * Odoo's lines have no number, only a rank that people change by dragging. A line that we write keeps its number in
 * that rank, below zero where Odoo itself never goes; every other line is numbered by its id.
 */
const OFFSET = 1_000_000;

/** The rank that carries a line number. */
export function rankOf(line: Json | undefined): number {
  const number = typeof line === "string" && /^[1-9]\d{0,5}$/.test(line) ? Number(line) : 0;
  if (number === 0) throw refusal(`Odoo keeps line numbers from 1 to 999999, not ${JSON.stringify(line ?? null)}`);
  return number - OFFSET;
}

/** Sets `_line` of each line, in the order of their ids; a number that is taken gets the line's id behind an `o`. */
export function numberLines(lines: readonly JsonObject[]): void {
  const taken = new Set<string>();
  const claim = (line: JsonObject, wanted: string) => {
    const number = taken.has(wanted) ? `o${line["id"]}` : wanted;
    taken.add(number);
    line["_line"] = number;
  };
  const ours = (line: JsonObject) => typeof line["sequence"] === "number" && line["sequence"] < 0;
  // Ours first: another line's id must not take the number that we gave.
  for (const line of lines) if (ours(line)) claim(line, String(Number(line["sequence"]) + OFFSET));
  for (const line of lines) if (!ours(line)) claim(line, String(line["id"]));
}
