import type { Job, Transaction } from "@dovetail/contracts";
import { isListed, nameOf, type View } from "./view";
import type { Violation } from "./violation";

/** Jobs that have come to their end. */
const ENDED: readonly Job["status"][] = ["completed", "failed", "cancelled"];
/** Pushes that are not at their end, and not in the list either. */
const OPEN: readonly Transaction["status"][] = ["pending", "sent", "accepted", "parked", "unknown"];

/** Enough of what was written came to another side: a platform that does nothing breaks no other law. */
export function applied({ history }: View): Violation[] {
  const { operations, api, setup } = history;
  const ours = new Set(
    operations.flatMap(({ side, entity, key, version }) =>
      side === "mes" && version !== undefined ? [`${nameOf(entity, key)} ${version}`] : [],
    ),
  );
  const out = api.transactions.filter(
    ({ direction, status, entityType, key, version }) =>
      direction === "outbound" && status === "confirmed" && ours.has(`${nameOf(entityType, key)} ${version}`),
  );
  const written = new Set(operations.flatMap(({ side, entity, key }) => (side === "mes" ? [] : [nameOf(entity, key)])));
  const back = api.transactions.filter(
    ({ direction, integration, entityType, key }) =>
      direction === "inbound" && integration !== null && written.has(nameOf(entityType, key)),
  );
  const arrived = out.length + back.length;
  if (arrived >= setup.limits.applied) return [];
  const evidence = { toErps: out.length, toRecords: back.length, least: setup.limits.applied };
  return [{ law: "applied", what: `only ${arrived} changes arrived on another side`, evidence }];
}

/** After healing everything comes to rest in time. */
export function quiet({ history }: View): Violation[] {
  const { healedAt, quietAt } = history.timings;
  const limit = history.setup.limits.quietMs;
  if (quietAt !== null && quietAt - healedAt <= limit) return [];
  const evidence = { healedAt, quietAt, limit };
  return [{ law: "quiet", what: quietAt === null ? "it never came to rest" : "it came to rest too late", evidence }];
}

/** No job is left queued or running, and no push of what is not listed is left under way. */
export function stuck({ history, subjects }: View): Violation[] {
  const jobs = history.api.jobs.filter(({ status }) => !ENDED.includes(status));
  const pushes = history.api.transactions.filter(({ direction, status, integration, entityType, key }) => {
    const subject = subjects.get(nameOf(entityType, key));
    const listed = subject !== undefined && integration !== null && isListed(subject, integration);
    return direction === "outbound" && OPEN.includes(status) && !listed;
  });
  return [
    ...jobs.map(({ id, integration, entityType, status }) => ({
      law: "stuck" as const,
      what: `a job of ${integration} ${entityType} is ${status}`,
      evidence: { id, status },
    })),
    ...pushes.map(({ id, integration, entityType, key, version, status }) => ({
      law: "stuck" as const,
      what: `${nameOf(entityType, key)}: its push to ${integration} is ${status}`,
      evidence: { id, version, status },
    })),
  ];
}
