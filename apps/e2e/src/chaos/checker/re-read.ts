import type { DeadLetter, Job } from "@dovetail/contracts";
import { nameOf, type View } from "./view";
import type { Violation } from "./violation";

/** A fresh re-read of everything finds nothing that is not listed already, and changes nothing. */
export function reread(view: View): Violation[] {
  const { rereads, deadLetters, afterReread } = view.history.api;
  return [
    ...rereads.flatMap((job) => found(job, deadLetters)),
    ...notReread(view),
    ...moved(view),
    ...(afterReread.deadLetters.length === deadLetters.length
      ? []
      : [wrong("it changed the list", { before: deadLetters.length, after: afterReread.deadLetters.length })]),
  ];
}

function wrong(what: string, evidence: Violation["evidence"]): Violation {
  return { law: "re-read", what, evidence };
}

function found({ id, integration, entityType, status, counts }: Job, letters: readonly DeadLetter[]): Violation[] {
  const listed = letters.filter(
    (one) => one.direction === "inbound" && one.integration === integration && one.entityType === entityType,
  ).length;
  const { created, updated, deleted, rejected, parked } = counts;
  const what = `a re-read of ${integration} ${entityType}`;
  if (status !== "completed") return [wrong(`${what} is ${status}`, { id })];
  if (created + updated + deleted === 0 && rejected + parked <= listed) return [];
  return [wrong(`${what} finds something`, { id, counts: { ...counts }, listed })];
}

/** Everything that is read has been read again. */
function notReread({ history }: View): Violation[] {
  const read = new Set(history.api.rereads.map(({ integration, entityType }) => nameOf(integration, entityType)));
  return history.erps.flatMap(({ integration, entities }) =>
    Object.entries(entities)
      .filter(([entity, { direction }]) => direction !== "outbound" && !read.has(nameOf(integration, entity)))
      .map(([entity]) => wrong(`${integration} ${entity} was not read again`, {})),
  );
}

function moved({ history, subjects }: View): Violation[] {
  return history.api.afterReread.records.flatMap(({ entityType, key, version }) => {
    const before = subjects.get(nameOf(entityType, key))?.record?.version ?? null;
    return before === version ? [] : [wrong(`${nameOf(entityType, key)} moved`, { before, after: version })];
  });
}
