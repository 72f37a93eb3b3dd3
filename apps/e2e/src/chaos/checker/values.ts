import { ENTITIES, type EntityName, type Json, type JsonObject } from "@dovetail/domain";
import type { ErpEntity, Normalisation } from "../history";

const DECIMAL = /^(-?)0*(\d+?)(?:\.(\d*?)0*)?$/;

/**
 * Whether two values say the same: members in any order, null as absent, 1.50 as 1.5. Not the product's comparison, so that
 * an error there is not repeated here.
 */
export function sameValue(a: Json | undefined, b: Json | undefined): boolean {
  return text(a) === text(b);
}

/** Whether what was written stands there. Lines may have members that their ERP added; none may be missing or more. */
export function stands(written: Json, final: Json | undefined): boolean {
  if (!Array.isArray(written) || !Array.isArray(final)) return sameValue(written, final);
  return written.length === final.length && written.every((line, n) => isPartOf(line, final[n]));
}

function isPartOf(line: Json, shown: Json | undefined): boolean {
  if (!isMembers(line) || !isMembers(shown)) return sameValue(line, shown);
  return Object.entries(line).every(([name, value]) => sameValue(value, shown[name]));
}

function isMembers(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: Json | undefined): string {
  return JSON.stringify(plain(value)) ?? "";
}

function plain(value: Json | undefined): unknown {
  if (typeof value === "string") return plainDecimal(value) ?? value;
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || value === undefined || typeof value !== "object") return value ?? undefined;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  const present = members.flatMap(([name, member]) => (plain(member) === undefined ? [] : [[name, plain(member)]]));
  return present.length > 0 ? Object.fromEntries(present) : undefined;
}

function plainDecimal(value: string): string | undefined {
  const [, sign, whole, fraction = ""] = DECIMAL.exec(value) ?? [];
  if (whole === undefined) return undefined;
  return `${sign === "-" && whole + fraction !== "0" ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Whether an ERP shows our value, given how it stores what it is told. */
export function showsValue(erp: ErpEntity, field: string, ours: Json | undefined, theirs: Json | undefined): boolean {
  if (sameValue(ours, theirs)) return true;
  const how = erp.normalises?.[field];
  return how !== undefined && sameValue(normalised(how, ours), normalised(how, theirs));
}

function normalised(how: Normalisation, value: Json | undefined): Json | undefined {
  if (typeof value !== "string") return value;
  return how === "upper" ? value.toUpperCase() : value.trim();
}

/** The fields in which an ERP's document differs from our record; what the ERP does not hold is left out. */
export function differences(erp: ErpEntity, ours: JsonObject, theirs: JsonObject): string[] {
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  const held = [...names].filter((name) => holds(erp, name));
  return held.filter((name) => !showsValue(erp, name, ours[name], theirs[name]));
}

export function isFact(entity: EntityName): boolean {
  return ENTITIES[entity].kind === "fact";
}

export function holds(erp: ErpEntity, field: string): boolean {
  return erp.holds?.includes(field) ?? true;
}
