import { comparedFields, type ComparedField } from "./compare";
import { isObject, setMember, sortedJson } from "./json";
import { byLineKey, inLineOrder } from "./line-order";
import type { EntityName, Json, JsonObject } from "./types";

/** Who wins where both sides changed: the ERP, our record, the later change, or a person. */
export type FieldPolicy = "erp" | "mes" | "newest" | "manual";

/** What the ERP showed last, what we hold, what the ERP shows now. A shadow of null: never seen before. */
export interface MergeSides {
  shadow: JsonObject | null;
  record: JsonObject;
  read: JsonObject;
}

/** Instants (RFC 3339) for policy `newest`: the ERP's own, corrected to our clock, and our acceptance of the record. */
export interface MergeContext {
  erpModifiedAt?: string;
  mesAcceptedAt?: string;
}

/** One value that both sides changed. `field` is a path such as `status`, `custom.buyer` or `lines[10].quantity`. */
export interface MergeConflict {
  field: string;
  shadow: Json;
  record: Json;
  read: Json;
}

/** A conflict that a policy settled; the value of the other side is lost from the record. */
export interface SettledConflict extends MergeConflict {
  policy: FieldPolicy;
  winner: "erp" | "mes";
}

export interface MergeResult {
  merged: JsonObject;
  /** Top-level fields in which `merged` differs from the record. */
  changed: string[];
  /** For a person (policy `manual`); `merged` keeps the record's value. */
  conflicts: MergeConflict[];
  /** Settled by policy erp, mes or newest. */
  settled: SettledConflict[];
}

/** Below this distance two clocks say nothing, and the ERP wins (policy `newest`). */
const CLOCK_TOLERANCE_MS = 2000;

type Value = Json | undefined;
type Same = (a: Value, b: Value) => boolean;

/**
 * Merges what the ERP shows into our record, field by field: a side that did not change since the shadow gives way,
 * and the policy decides where both changed. Lines merge by line key and member, `custom` by member; other objects,
 * such as addresses, are one value. The policy of a member is looked up as `lines.quantity`, then `lines`, then `*`,
 * then `erp`. Arguments are not changed; `merged` may share parts with them.
 */
export function threeWayMerge(
  entity: EntityName,
  sides: MergeSides,
  policy: Readonly<Record<string, FieldPolicy>>,
  context: MergeContext = {},
): MergeResult {
  return new Merge(policy, erpIsNewer(context)).run(entity, sides);
}

function erpIsNewer({ erpModifiedAt, mesAcceptedAt }: MergeContext): boolean {
  const erp = Date.parse(erpModifiedAt ?? "");
  const mes = Date.parse(mesAcceptedAt ?? "");
  return !(mes - erp > CLOCK_TOLERANCE_MS);
}

class Merge {
  private readonly conflicts: MergeConflict[] = [];
  private readonly settled: SettledConflict[] = [];

  constructor(
    private readonly policy: Readonly<Record<string, FieldPolicy>>,
    private readonly erpNewer: boolean,
  ) {}

  run(entity: EntityName, { shadow, record, read }: MergeSides): MergeResult {
    const merged: JsonObject = {};
    const changed: string[] = [];
    for (const compared of comparedFields(entity)) {
      const name = compared.field.name;
      const value = this.field(compared, shadow?.[name], record[name], read[name]);
      if (value !== undefined) merged[name] = value;
      if (!compared.same(value, record[name])) changed.push(name);
    }
    return { merged, changed, conflicts: this.conflicts, settled: this.settled };
  }

  private field(compared: ComparedField, shadow: Value, record: Value, read: Value): Value {
    const { field, same } = compared;
    if (same(shadow, read) || same(record, read)) return record;
    if (same(shadow, record)) return read;
    if (field.type === "list") return this.lines(compared, shadow, record, read);
    if (field.type === "object" && !field.fields) return this.free(field.name, [field.name], shadow, record, read);
    return this.value(field.name, [field.name], same, shadow, record, read);
  }

  /** One value; `rules` are the names under which its policy may stand, the closest first. */
  private value(path: string, rules: readonly string[], same: Same, shadow: Value, record: Value, read: Value): Value {
    if (same(shadow, read) || same(record, read)) return record;
    if (same(shadow, record)) return read;
    const rule = [...rules, "*"].find((name) => Object.hasOwn(this.policy, name));
    const policy = (rule !== undefined ? this.policy[rule] : undefined) ?? "erp";
    const conflict = { field: path, shadow: shadow ?? null, record: record ?? null, read: read ?? null };
    if (policy === "manual") {
      this.conflicts.push(conflict);
      return record;
    }
    const erpWins = policy === "erp" || (policy === "newest" && this.erpNewer);
    this.settled.push({ ...conflict, policy, winner: erpWins ? "erp" : "mes" });
    return erpWins ? read : record;
  }

  /** Free JSON, member by member; `rules` are the names of the whole. */
  private free(path: string, rules: readonly string[], shadow: Value, record: Value, read: Value): Value {
    if (record === undefined && read === undefined) return undefined;
    const merged: JsonObject = {};
    for (const member of new Set([...membersOf(record), ...membersOf(read)])) {
      const names = [...rules.map((rule) => `${rule}.${member}`), ...rules];
      const [s, m, r] = [ownMember(shadow, member), ownMember(record, member), ownMember(read, member)];
      const value = this.value(`${path}.${member}`, names, sameJson, s, m, r);
      if (value !== undefined) setMember(merged, member, value);
    }
    return merged;
  }

  private lines({ field, members }: ComparedField, shadow: Value, record: Value, read: Value): Value {
    const lineKey = field.lineKey ?? "";
    const [before, ours, theirs] = [byLineKey(shadow, lineKey), byLineKey(record, lineKey), byLineKey(read, lineKey)];
    const sameLine: Same = (a, b) => members.every((m) => m.same(memberOf(a, m), memberOf(b, m)) && !a === !b);
    const merged: JsonObject[] = [];
    for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
      const [s, m, r] = [before.get(key), ours.get(key), theirs.get(key)];
      const path = `${field.name}[${key}]`;
      const line =
        m && r ? this.line(field.name, path, members, s, m, r) : this.value(path, [field.name], sameLine, s, m, r);
      if (isObject(line)) merged.push(line);
    }
    return [...inLineOrder(merged, lineKey)];
  }

  private line(
    list: string,
    path: string,
    members: readonly ComparedField[],
    shadow: JsonObject | undefined,
    record: JsonObject,
    read: JsonObject,
  ): JsonObject {
    const merged: JsonObject = {};
    for (const { field, same } of members) {
      const { name } = field;
      const rules = [`${list}.${name}`, list];
      const [s, m, r] = [shadow?.[name], record[name], read[name]];
      const value =
        field.type === "object"
          ? this.free(`${path}.${name}`, rules, s, m, r)
          : this.value(`${path}.${name}`, rules, same, s, m, r);
      if (value !== undefined) merged[name] = value;
    }
    return merged;
  }
}

const sameJson: Same = (a, b) => a === b || sortedJson(a ?? null) === sortedJson(b ?? null);

function membersOf(value: Value): string[] {
  return isObject(value) ? Object.keys(value) : [];
}

/** A free name may be that of an inherited member, such as `constructor`. */
function ownMember(value: Value, name: string): Value {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function memberOf(line: Value, { field }: ComparedField): Value {
  return isObject(line) ? line[field.name] : undefined;
}
