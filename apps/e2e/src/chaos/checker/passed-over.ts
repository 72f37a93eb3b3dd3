import type { Transaction } from "@dovetail/contracts";
import type { Operation } from "../history";
import { isFact } from "./values";
import { isListed, nameOf, partiesOf, type Subject, type View } from "./view";
import type { Violation } from "./violation";

/**
 * Each version that a writer of our side was answered has a push to every ERP that gets pushes, and each ended: confirmed,
 * superseded by one that was, or listed with its reason.
 */
export function passedOver(view: View): Violation[] {
  const pushes = new Map<string, Transaction[]>();
  for (const transaction of view.history.api.transactions) {
    if (transaction.direction !== "outbound") continue;
    const name = nameOf(transaction.entityType, transaction.key);
    pushes.set(name, [...(pushes.get(name) ?? []), transaction]);
  }
  return [...view.subjects.values()].flatMap((subject) => {
    const told = subject.operations.filter(({ side, outcome }) => side === "mes" && outcome === "ok");
    return told.flatMap((operation) => settled(view, subject, operation, pushes.get(subject.name) ?? []));
  });
}

function settled(view: View, subject: Subject, operation: Operation, pushes: readonly Transaction[]): Violation[] {
  const targets = partiesOf(view, subject.entity).filter(({ settings }) => settings.direction !== "inbound");
  return targets.flatMap(({ integration }) => {
    if (isListed(subject, integration)) return [];
    const there = pushes.filter((push) => push.integration === integration);
    const push = there.find(({ version }) => version === operation.version);
    if (push?.status === "confirmed" || (push && isSuperseded(push, there) && !isFact(subject.entity))) return [];
    const evidence = { operation: operation.id, version: operation.version ?? null, status: push?.status ?? null };
    const what = `${subject.name}: a version was neither brought to ${integration} nor passed over nor listed`;
    return [{ law: "passed-over" as const, what, evidence }];
  });
}

function isSuperseded(push: Transaction, pushes: readonly Transaction[]): boolean {
  return (
    push.status === "superseded" &&
    pushes.some(({ version, status }) => version > push.version && status === "confirmed")
  );
}
