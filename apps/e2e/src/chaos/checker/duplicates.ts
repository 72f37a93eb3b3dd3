import type { ErpHistory, FaultKind } from "../history";
import type { Subject, View } from "./view";

/** What keeps a request from leaving for so long that another has taken its sender for dead. */
const HOLDING: readonly FaultKind[] = ["pause", "pause-longer-than-lease", "slow-line", "half-open-connection"];
/** A request that was held leaves at most so long after what held it. */
const AFTER_MS = 20_000;

/** Whether an ERP has two documents of a record. */
export function isDouble(erp: ErpHistory, subject: Subject): boolean {
  return new Set(documentsOf(erp, subject).map(({ externalId }) => externalId)).size > 1;
}

/**
 * Class L: no sender can keep a second document from being made when somebody else makes one of the same key, or when its
 * request is held between its leave to send and the sending.
 */
export function isHelpless({ history }: View, erp: ErpHistory, subject: Subject): boolean {
  const made = documentsOf(erp, subject).filter(({ op }) => op === "create" || op === "post");
  if (made.some(({ by }) => by !== "platform")) return true;
  const [first, last] = [made[0]?.at ?? 0, made.at(-1)?.at ?? 0];
  return history.faults.some(
    ({ kind, observed, at, until = at }) =>
      observed && HOLDING.includes(kind) && at <= last && until + AFTER_MS >= Math.min(first, last - AFTER_MS),
  );
}

function documentsOf({ journal }: ErpHistory, { entity, key }: Subject) {
  return journal.filter((one) => one.entity === entity && one.key === key);
}
