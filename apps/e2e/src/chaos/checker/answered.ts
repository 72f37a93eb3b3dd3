import type { Operation } from "../history";
import { sameValue, stands } from "./values";
import type { Subject, View } from "./view";
import type { Violation } from "./violation";

/** A write that was answered with a version is that version: it is never another, nor somebody else's as well. */
export function answered({ subjects }: View): Violation[] {
  return [...subjects.values()].flatMap((subject) => {
    const told = subject.operations.filter(({ outcome, version }) => outcome === "ok" && version !== undefined);
    return [
      ...told.flatMap((operation) => isThere(subject, operation)),
      ...twice(subject, told),
      ...back(subject, told),
    ];
  });
}

function isThere(subject: Subject, operation: Operation): Violation[] {
  const { name, record, feed } = subject;
  const wrong = (what: string, found: object): Violation[] => [
    {
      law: "answered",
      what: `${name}: ${what}`,
      evidence: { operation: operation.id, version: operation.version ?? null, ...found },
    },
  ];
  const version = operation.version ?? 0;
  if ((record?.version ?? 0) < version)
    return wrong("a version that was answered is not there", { record: record?.version ?? null });
  const entry = feed.find((one) => one.version === version);
  if (operation.action === "delete")
    return entry && !entry.deleted ? wrong("a deletion that was answered is none", {}) : [];
  const shown = entry?.record;
  if (!shown) return [];
  const other = Object.keys(operation.fields).filter((field) => !stands(operation.fields[field] ?? null, shown[field]));
  return other.length > 0 ? wrong(`${other.join(", ")} of that version is not what was written`, { shown }) : [];
}

/** Two writers can be answered one version only where the second changed nothing. */
function twice({ name }: Subject, told: readonly Operation[]): Violation[] {
  const seen = new Map<number, Operation>();
  return told.flatMap((operation) => {
    const before = seen.get(operation.version ?? 0);
    seen.set(operation.version ?? 0, operation);
    if (!before || agree(before, operation)) return [];
    const evidence = { version: operation.version ?? null, operations: [before.id, operation.id] };
    return [{ law: "answered" as const, what: `${name}: one version was answered to two different writes`, evidence }];
  });
}

function agree(a: Operation, b: Operation): boolean {
  const both = Object.keys(a.fields).filter((field) => Object.hasOwn(b.fields, field));
  return both.every((field) => sameValue(a.fields[field], b.fields[field]));
}

/** Whoever began after another had been answered is answered a version that is not below the other's. */
function back({ name }: Subject, told: readonly Operation[]): Violation[] {
  const byStart = [...told].sort((a, b) => a.started - b.started);
  const byEnd = [...told].sort((a, b) => a.ended - b.ended);
  let newest: Operation | undefined;
  let n = 0;
  return byStart.flatMap((operation) => {
    for (let next = byEnd[n]; next && next.ended <= operation.started; next = byEnd[++n])
      if ((next.version ?? 0) >= (newest?.version ?? 0)) newest = next;
    if (!newest || (operation.version ?? 0) >= (newest.version ?? 0)) return [];
    const evidence = [newest, operation].map(({ id, version }) => ({ id, version: version ?? null }));
    return [{ law: "answered" as const, what: `${name}: a later write was answered an older version`, evidence }];
  });
}
