import {
  BATCH_SIZES,
  DIRECTIONS,
  type Direction,
  type EntitySettings,
  type SystemDescription,
} from "@dovetail/contracts";
import { ENTITIES, isEntityName, type EntityName, type Json, type JsonObject } from "@dovetail/domain";
import type { Fault } from "./faults";
import type { Entities } from "./integration";
import { cronFault } from "./schedule-rules";

/** What another integration of the tenant claims. */
export interface Claims {
  integration: string;
  entities: Entities;
}

/** What the adapter can do with an entity. */
export type Offer = SystemDescription["entities"][number];

const MEMBERS = new Set([
  "direction",
  "master",
  "keyPrefix",
  "schedule",
  "lookbackSeconds",
  "pageSize",
  "fieldPolicy",
  "tolerance",
  "scanSchedule",
]);
const POLICIES: readonly Json[] = ["erp", "mes", "newest", "manual"];
const LOOKBACK_SECONDS = { min: 0, max: 7 * 86_400, usual: 300 };
const PAGE_SIZE = { min: 1, max: 10_000, usual: 1000 };
const MAX_PREFIX = 100;

/**
 * The entities of an integration that names none: each one that the adapter reads, as its master; where another
 * integration is the master already, as a target of pushes, or not at all when the adapter cannot write it.
 */
export function deriveEntities(offers: readonly Offer[], others: readonly Claims[]): Entities {
  const entities: Entities = {};
  for (const offer of offers) {
    if (!offer.pull) continue;
    const writes = offer.operations.length > 0;
    const taken = masterOf(offer.entityType, others) !== undefined;
    if (taken && !writes) continue;
    entities[offer.entityType] = settings(offer.entityType, taken ? "outbound" : writes ? "both" : "inbound", !taken);
  }
  return entities;
}

/** The name of the integration that is the entity's master, or undefined. */
export function masterOf(entity: EntityName, others: readonly Claims[]): string | undefined {
  return others.find((other) => other.entities[entity]?.master)?.integration;
}

/** The settings of the entities given, completed; `faults` name what cannot be taken. */
export function readEntities(
  given: JsonObject,
  offers: readonly Offer[],
  others: readonly Claims[],
): { entities: Entities; faults: Fault[] } {
  const entities: Entities = {};
  const faults: Fault[] = [];
  for (const [name, value] of Object.entries(given)) {
    const field = `entities.${name}`;
    const offer = offers.find((one) => one.entityType === name);
    if (!isEntityName(name)) faults.push({ field, rule: "unknown", value: name, message: `${name} is not an entity` });
    else if (!offer) faults.push({ field, rule: "offered", value: name, message: `the system does not offer ${name}` });
    else if (!isObject(value)) faults.push({ field, rule: "type", value, message: "must be an object" });
    else {
      const read = readSettings(name, value, offer, others);
      entities[name] = read.settings;
      faults.push(...read.faults.map((fault) => ({ ...fault, field: `${field}${fault.field && `.${fault.field}`}` })));
    }
  }
  return { entities, faults };
}

/**
 * A patch of `entities` that turns an entity from reading to pushes only, or back, says something of the ownership too:
 * a target of pushes owns nothing, and what becomes readable is asked about anew.
 */
export function withOwnership(patch: JsonObject, current: Entities): JsonObject {
  const changed: JsonObject = {};
  for (const [name, value] of Object.entries(patch)) {
    const before = isEntityName(name) ? current[name] : undefined;
    const turns = isObject(value) && before && turnsOver(before.direction, value["direction"]);
    changed[name] = turns ? { master: null, keyPrefix: null, ...value } : value;
  }
  return changed;
}

function turnsOver(before: Direction, after: Json | undefined): boolean {
  return after !== undefined && (before === "outbound") !== (after === "outbound");
}

function readSettings(
  entity: EntityName,
  given: JsonObject,
  offer: Offer,
  others: readonly Claims[],
): { settings: EntitySettings; faults: Fault[] } {
  const faults = checkMembers(entity, given);
  if (faults.length > 0) return { settings: settings(entity, "inbound", false), faults };
  const master = masterOf(entity, others);
  const prefix = (given["keyPrefix"] as string | null | undefined) ?? null;
  const direction = (given["direction"] as Direction | undefined) ?? usualDirection(offer, master, given);
  const reads = direction !== "outbound";
  const complete: EntitySettings = {
    ...settings(entity, direction, (given["master"] as boolean | undefined) ?? (reads && prefix === null && !master)),
    ...(given as Partial<EntitySettings>),
    direction,
    keyPrefix: prefix,
  };
  faults.push(...checkDirection(direction, offer), ...checkOwnership(entity, complete, others));
  return { settings: complete, faults };
}

function usualDirection(offer: Offer, master: string | undefined, given: JsonObject): Direction {
  const owns = given["master"] === true || typeof given["keyPrefix"] === "string";
  if (!offer.pull || (master !== undefined && !owns && offer.operations.length > 0)) return "outbound";
  return offer.operations.length > 0 ? "both" : "inbound";
}

function settings(entity: EntityName, direction: Direction, master: boolean): EntitySettings {
  return {
    direction,
    master,
    keyPrefix: null,
    lookbackSeconds: LOOKBACK_SECONDS.usual,
    pageSize: Object.values(BATCH_SIZES).find((batch) => batch.entity === entity)?.usual ?? PAGE_SIZE.usual,
    fieldPolicy: { "*": "erp" },
  };
}

function checkMembers(entity: EntityName, given: JsonObject): Fault[] {
  const { direction, master, keyPrefix = null, schedule, lookbackSeconds, pageSize, fieldPolicy } = given;
  const faults: Fault[] = Object.keys(given)
    .filter((name) => !MEMBERS.has(name))
    .map((name) => ({ field: name, rule: "unknownMember", value: null, message: `${name} is not a setting` }));
  const fail = (field: string, rule: string, message: string): number =>
    faults.push({ field, rule, value: given[field], message });
  if (direction !== undefined && !DIRECTIONS.some((one) => one === direction))
    fail("direction", "choice", `must be one of ${DIRECTIONS.join(", ")}`);
  if (master !== undefined && typeof master !== "boolean") fail("master", "type", "must be true or false");
  if (keyPrefix !== null && !isPrefix(keyPrefix))
    fail("keyPrefix", "format", `must be a text of 1 to ${MAX_PREFIX} characters in one line, or null`);
  const badCron = schedule === undefined ? undefined : cronFault(schedule);
  if (badCron) fail("schedule", "cron", badCron);
  const { scanSchedule, tolerance } = given;
  const badScan = scanSchedule === undefined || scanSchedule === "off" ? undefined : cronFault(scanSchedule);
  if (badScan) fail("scanSchedule", "cron", `${badScan} (or off)`);
  if (tolerance !== undefined && !isTolerance(tolerance))
    fail("tolerance", "range", "must be {count, rate}: a whole number from 0, a share from 0 to 1");
  const ranges = { lookbackSeconds: [lookbackSeconds, LOOKBACK_SECONDS], pageSize: [pageSize, PAGE_SIZE] } as const;
  for (const [name, [value, { min, max }]] of Object.entries(ranges))
    if (value !== undefined && !isWhole(value, min, max))
      fail(name, "range", `must be a whole number from ${min} to ${max}`);
  return fieldPolicy === undefined ? faults : [...faults, ...checkPolicy(entity, fieldPolicy)];
}

/** Policies stand under `*`, a field, or a member of one (`lines.quantity`, `custom.buyer`). */
function checkPolicy(entity: EntityName, policy: Json): Fault[] {
  if (!isObject(policy)) return [{ field: "fieldPolicy", rule: "type", value: policy, message: "must be an object" }];
  const faults: Fault[] = [];
  for (const [name, value] of Object.entries(policy)) {
    const field = `fieldPolicy.${name}`;
    const [top] = name.split(".");
    const known = name === "*" || top === "custom" || ENTITIES[entity].fields.some((one) => one.name === top);
    if (!known) faults.push({ field, rule: "unknown", value: name, message: `${name} is not a field of ${entity}` });
    if (!POLICIES.includes(value)) {
      const message = `must be one of ${POLICIES.join(", ")}`;
      faults.push({ field, rule: "choice", value, message });
    }
  }
  return faults;
}

function checkDirection(direction: Direction, offer: Offer): Fault[] {
  const reads = direction === "outbound" || offer.pull;
  const writes = direction === "inbound" || offer.operations.length > 0;
  if (reads && writes) return [];
  const message = `the system does not ${reads ? "write" : "read"} ${offer.entityType}`;
  return [{ field: "direction", rule: "offered", value: direction, message }];
}

/** Per tenant and entity one integration is the master; the others get pushes only, or own a prefix of the keys. */
function checkOwnership(entity: EntityName, given: EntitySettings, others: readonly Claims[]): Fault[] {
  const { direction, master, keyPrefix } = given;
  const fault = (field: string, rule: string, message: string): Fault[] => [
    { field, rule, value: field === "keyPrefix" ? keyPrefix : field === "master" ? master : direction, message },
  ];
  if (direction === "outbound") {
    if (master) return fault("master", "ownership", "an integration that only gets pushes cannot be the master");
    return keyPrefix === null
      ? []
      : fault("keyPrefix", "ownership", "an integration that only gets pushes owns no keys");
  }
  if (master && keyPrefix !== null)
    return fault("keyPrefix", "ownership", "the master owns all keys: no prefix beside it");
  if (master) {
    const other = masterOf(entity, others);
    return other === undefined ? [] : fault("master", "twoMasters", `two masters: ${other} is the master of ${entity}`);
  }
  if (keyPrefix === null)
    return fault(
      "direction",
      "ownership",
      `${direction} needs master or a keyPrefix; without them it must be outbound`,
    );
  const rival = others.find((other) => overlaps(other.entities[entity]?.keyPrefix ?? null, keyPrefix));
  if (!rival) return [];
  const theirs = rival.entities[entity]?.keyPrefix ?? "";
  return fault("keyPrefix", "overlap", `${keyPrefix} overlaps with ${theirs} of ${rival.integration}`);
}

function overlaps(theirs: string | null, ours: string): boolean {
  return theirs !== null && (theirs.startsWith(ours) || ours.startsWith(theirs));
}

/** {count?, rate?}: rejected rows that a run may have, and their share of the rows read. */
function isTolerance(value: Json): boolean {
  if (!isObject(value) || Object.keys(value).some((name) => name !== "count" && name !== "rate")) return false;
  const { count, rate } = value;
  if (count !== undefined && !isWhole(count, 0, 1_000_000_000)) return false;
  return rate === undefined || (typeof rate === "number" && rate >= 0 && rate <= 1);
}

function isPrefix(value: Json): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= MAX_PREFIX && !/[\r\n\0]/.test(value);
}

function isWhole(value: Json, min: number, max: number): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
