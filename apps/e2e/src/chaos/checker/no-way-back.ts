import type { Json, JsonObject } from "@dovetail/domain";
import type { JournalEntry, Operation } from "../history";
import { sameValue, showsValue } from "./values";
import { isAlive, nameOf, type Party, partiesOf, type Subject, type View } from "./view";
import type { Violation } from "./violation";

/** Within these versions, both included, a field has the value. */
interface Span {
  value: Json;
  from: number;
  to: number;
}

/** No version goes back: not in the feed, and not in the order in which an ERP took our pushes. */
export function noWayBack(view: View): Violation[] {
  return [...view.subjects.values()].flatMap((subject) => [
    ...inFeed(subject),
    ...comesBack(subject),
    ...partiesOf(view, subject.entity).flatMap((party) => inJournal(subject, party)),
  ]);
}

function inFeed({ name, feed, record }: Subject): Violation[] {
  const found: Violation[] = [];
  let last = 0;
  for (const { version, position } of feed) {
    if (version <= last)
      found.push({
        law: "no-way-back",
        what: `${name}: version ${version} comes after ${last}`,
        evidence: { position },
      });
    last = version;
  }
  if (record && last > record.version)
    found.push({
      law: "no-way-back",
      what: `${name}: the feed is ahead of the record`,
      evidence: { last, record: record.version },
    });
  return found;
}

/**
 * A value that one write alone brought does not come back after another has taken its place, and not after one that was written
 * later. Only of fields that one side writes: where both do, a merge may choose the other's again.
 */
function comesBack({ name, feed, operations }: Subject): Violation[] {
  const done = operations.filter(({ outcome }) => outcome !== "failed");
  const fields = [...new Set(done.flatMap((operation) => Object.keys(operation.fields)))];
  return fields.flatMap((field) => {
    const writes = done.filter((operation) => Object.hasOwn(operation.fields, field));
    if (new Set(writes.map(({ side }) => (side === "mes" ? side : side.integration))).size > 1) return [];
    const told = feed.flatMap(({ record, version }) =>
      record?.[field] == null ? [] : [{ version, value: record[field] }],
    );
    const back = firstBack(field, writes, told);
    const what = `${name}: ${field} went back to an earlier value`;
    return back ? [{ law: "no-way-back" as const, what, evidence: back }] : [];
  });
}

interface Told {
  version: number;
  value: Json;
}

function firstBack(field: string, writes: readonly Operation[], told: readonly Told[]): JsonObject | undefined {
  const left: Json[] = [];
  let current: Told | undefined;
  let newest = 0;
  for (const one of told) {
    if (current && sameValue(current.value, one.value)) continue;
    const brought = writes.filter((operation) => sameValue(operation.fields[field], one.value));
    const order = brought.length === 1 ? (brought[0]?.version ?? brought[0]?.seq) : undefined;
    const again = brought.length === 1 && left.some((before) => sameValue(before, one.value));
    if (again || (order !== undefined && order < newest)) return { ...one, operation: brought[0]?.id ?? null };
    newest = order ?? newest;
    if (current) left.push(current.value);
    current = one;
  }
  return undefined;
}

function inJournal(subject: Subject, party: Party): Violation[] {
  const ours = party.erp.journal.filter(
    ({ entity, key, by, op }) => nameOf(entity, key) === subject.name && by === "platform" && op !== "delete",
  );
  if (ours.length < 2) return [];
  const known = new Set(subject.operations.flatMap(({ fields }) => Object.keys(fields)));
  return [...known].flatMap((field) =>
    fieldBack(
      subject,
      party,
      field,
      ours.filter((entry) => entry.fields.includes(field)),
    ),
  );
}

/** Each pushed value must be one of a version that is not below those that were pushed before. */
function fieldBack(subject: Subject, party: Party, field: string, entries: readonly JournalEntry[]): Violation[] {
  const spans = spansOf(subject, field);
  let reached = 0;
  for (const entry of entries) {
    const value = entry.document[field] ?? null;
    const possible = spans.filter((span) => showsValue(party.settings, field, span.value, value));
    // of an unknown write, or merged and passed over: no version of it can be told
    if (possible.length === 0) continue;
    const next = possible.find(({ to }) => to >= reached);
    if (!next) {
      const evidence = { seq: entry.seq, value, versions: possible.map(({ from, to }) => [from, to]), reached };
      return [
        { law: "no-way-back", what: `${subject.name}: ${party.integration} was given an older ${field}`, evidence },
      ];
    }
    reached = Math.max(reached, next.from);
  }
  return [];
}

/** In which versions a field has which value, by the answers that writers got and the documents of the feed. */
function spansOf(subject: Subject, field: string): Span[] {
  const points = new Map<number, Json>();
  for (const { fields, outcome, version } of subject.operations)
    if (outcome === "ok" && version !== undefined && Object.hasOwn(fields, field))
      points.set(version, fields[field] ?? null);
  for (const { version, record } of subject.feed) if (record) points.set(version, record[field] ?? null);
  if (isAlive(subject) && subject.record) points.set(subject.record.version, subject.record.record[field] ?? null);
  const spans: Span[] = [];
  for (const [version, value] of [...points].sort(([a], [b]) => a - b)) {
    const before = spans.at(-1);
    if (before && sameValue(before.value, value)) continue;
    if (before) before.to = version - 1;
    spans.push({ value, from: version, to: Infinity });
  }
  return spans;
}
