import { partiesOf, type Subject, type View } from "./view";
import type { Violation } from "./violation";

/** Nothing is deleted that nobody deleted: not told as deleted, and not deleted in an ERP by the platform. */
export function unasked(view: View): Violation[] {
  return [...view.subjects.values()]
    .filter((subject) => !wasAsked(subject))
    .flatMap((subject) => deletions(view, subject));
}

function wasAsked({ operations }: Subject): boolean {
  return operations.some(({ action, outcome }) => action === "delete" && outcome !== "failed");
}

function deletions(view: View, subject: Subject): Violation[] {
  const { name, entity, key, feed } = subject;
  const told = feed.filter(({ deleted }) => deleted).map(({ version }) => ({ version }));
  const done = partiesOf(view, entity).flatMap(({ erp, integration }) =>
    erp.journal
      .filter(
        (entry) => entry.entity === entity && entry.key === key && entry.op === "delete" && entry.by === "platform",
      )
      .map(({ seq }) => ({ integration, seq })),
  );
  return [...told, ...done].map((evidence) => ({
    law: "unasked" as const,
    what: `${name} was deleted, and nobody had deleted it`,
    evidence,
  }));
}
