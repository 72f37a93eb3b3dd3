import type { FieldPolicy, Json } from "@dovetail/domain";
import type { Operation } from "../history";
import { isFact, stands } from "./values";
import { isAlive, isListed, partiesOf, type Subject, type View } from "./view";
import type { Violation } from "./violation";

/** What a writer left in one field, or whether the record is there at all. */
interface Write {
  operation: Operation;
  value: Json;
}

/** Not a field: whether there is a record of this key. */
const THERE = "$there";

/**
 * State: what stands in a record in the end is the newest write that was answered, or one whose outcome nobody knows. Where
 * only one side writes a field that is the last one of that side. Where both do, it is the last one of either; which of the
 * two may win is said by the field's policy and, if the feed shows both, by their versions.
 */
export function finalValue(view: View): Violation[] {
  return [...view.subjects.values()]
    .filter(({ entity }) => !isFact(entity))
    .flatMap((subject) => ofSubject(view, subject));
}

function ofSubject(view: View, subject: Subject): Violation[] {
  const masters = partiesOf(view, subject.entity).filter(({ settings }) => settings.master);
  // a row that is listed was not taken over
  if (masters.some(({ integration }) => isListed(subject, integration))) return [];
  const written = new Map<string, Write[]>();
  for (const operation of subject.operations)
    for (const [field, value] of values(operation))
      written.set(field, [...(written.get(field) ?? []), { operation, value }]);
  return [...written].flatMap(([field, writes]) => {
    // what was there before a deletion says nothing of what came after it
    if (field !== THERE && (!isAlive(subject) || subject.operations.some(isDeletion))) return [];
    // what one side deletes and the other goes on to edit may live on
    if (field === THERE && subject.operations.some(isDeletion) && isOfBoth(subject)) return [];
    const final = field === THERE ? isAlive(subject) : (subject.record?.record[field] ?? null);
    const allowed = mayStand(subject, field, writes, policyOf(view, subject, field));
    if (allowed.length === 0 || allowed.some(({ value }) => stands(value, final))) return [];
    const newest = allowed.map(({ operation, value }) => ({ operation: operation.id, value }));
    const what = `${subject.name}: ${field === THERE ? "its existence" : field} is not what was written last`;
    const evidence = {
      final,
      newest,
      version: subject.record?.version ?? null,
      policy: policyOf(view, subject, field),
    };
    return [{ law: "final-value" as const, what, evidence }];
  });
}

function isOfBoth({ operations }: Subject): boolean {
  return operations.some(({ side }) => side === "mes") && operations.some(({ side }) => side !== "mes");
}

function isDeletion({ action, outcome }: Operation): boolean {
  return action === "delete" && outcome !== "failed";
}

function values({ action, fields, outcome }: Operation): [string, Json][] {
  if (outcome === "failed") return [];
  const there: [string, Json][] = action === "update" ? [] : [[THERE, action !== "delete"]];
  return [...there, ...Object.entries(fields)];
}

function policyOf({ history }: View, { entity }: Subject, field: string): FieldPolicy {
  const policies = history.setup.policies[entity] ?? {};
  return policies[field] ?? policies["*"] ?? "erp";
}

function mayStand(subject: Subject, field: string, writes: readonly Write[], policy: FieldPolicy): Write[] {
  const ours = last(writes, ({ side, outcome, version }) => (side === "mes" && outcome === "ok" ? version : undefined));
  const theirs = last(writes, ({ side, outcome, seq }) => (side !== "mes" && outcome === "ok" ? seq : undefined));
  // before the first known write stands what nobody of the run wrote
  if (!ours && !theirs) return [];
  const newest = ours && theirs ? between(subject, field, ours, theirs, policy) : [ours, theirs];
  const unknown = writes.filter(
    (write) => write.operation.outcome === "unknown" && !isPassed(subject, field, write, ours),
  );
  return [...newest.filter((write) => write !== undefined), ...unknown];
}

function last(writes: readonly Write[], order: (operation: Operation) => number | undefined): Write | undefined {
  let newest: Write | undefined;
  for (const write of writes) {
    const place = order(write.operation);
    if (place !== undefined && place >= (newest ? (order(newest.operation) ?? 0) : 0)) newest = write;
  }
  return newest;
}

/** Of the last writes of both sides: those that may stand in the end. */
function between(subject: Subject, field: string, ours: Write, theirs: Write, policy: FieldPolicy): Write[] {
  const merged = versionOf(subject, field, theirs.value);
  const version = ours.operation.version ?? 0;
  // the ERP's value became a version: the later of the two versions counts, whatever the policy
  if (merged !== undefined) return [merged > version ? theirs : ours];
  // it never did, and its owner is the other side: then it lost
  if (policy === "mes") return [ours];
  return [ours, theirs];
}

/** The first version in which the feed shows this value, if no other version could be meant. */
function versionOf({ feed }: Subject, field: string, value: Json): number | undefined {
  const shown = feed.filter(({ record }) => record !== undefined);
  let first: number | undefined;
  let before = false;
  for (const { version, record } of shown) {
    const same = stands(value, record?.[field]);
    // it came twice: an earlier write had the same value
    if (same && !before && first !== undefined) return undefined;
    if (same && !before) first = version;
    before = same;
  }
  return first;
}

/** An unknown write that the feed shows before the newest known one is known after all, and was passed over. */
function isPassed(subject: Subject, field: string, write: Write, newest: Write | undefined): boolean {
  const version = versionOf(subject, field, write.value);
  return version !== undefined && version < (newest?.operation.version ?? 0);
}
