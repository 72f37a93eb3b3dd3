import type { DeadLetter } from "@dovetail/contracts";
import type { Fault, FaultKind, InvalidRow, Send } from "../history";
import { isDouble } from "./duplicates";
import { isFact } from "./values";
import { keyOfLetter, nameOf, partiesOf, type Subject, type View } from "./view";
import type { Violation } from "./violation";

/** What makes the outcome of a write unknown although the ERP answered it: the one who asked did not live to hear it. */
const UNHEARD: readonly FaultKind[] = [
  "kill",
  "kill-at-point",
  "kill-between-send-and-confirm",
  "pause",
  "pause-longer-than-lease",
  "postgres-restart",
  "lost-commit-answer",
  "cut-connection",
  "half-open-connection",
];
/** Such a fault strikes a write that began within this time before it, or while it lasts. */
const IN_HAND_MS = 60_000;

/** Listed must be earned: whatever is open has a reason that was made on purpose, or that nobody could have avoided. */
export function unearned(view: View): Violation[] {
  const seen = new Set<string>();
  return view.history.api.deadLetters.flatMap((letter) => {
    const key = keyOfLetter(view.history, letter);
    const name = `${letter.kind} ${letter.integration} ${letter.entityType} ${key ?? letter.externalId}`;
    const again = seen.has(name);
    seen.add(name);
    if (!again && key !== null && isEarned(view, letter, key)) return [];
    const { id, kind, integration, entityType, reason, problem } = letter;
    const evidence = { id, kind, integration, entityType, key, reason, detail: problem?.detail ?? null };
    const what = again ? "is listed twice" : `is listed ${reason} without a cause`;
    return [{ law: "unearned" as const, what: `${entityType} ${key}: ${what}`, evidence }];
  });
}

function isEarned(view: View, letter: DeadLetter, key: string): boolean {
  const { entityType: entity, integration, kind, reason } = letter;
  const party = entity === null ? undefined : partiesOf(view, entity).find((one) => one.integration === integration);
  const subject = view.subjects.get(nameOf(String(entity), key));
  if (entity === null || !party || !subject) return false;
  if (view.history.invalid.some((row) => isOf(row, letter, key))) return true;
  const { writeClass } = party.settings;
  if (reason === "UNKNOWN") return writeClass === "N" && isUnknowable(view, letter, key);
  // the document's own row, read while a person has still to say what became of its push
  if (reason === "IN_FLIGHT") return writeClass === "N" && isUnknown(view, subject, letter);
  if (reason === "DUPLICATE" || reason === "DUPLICATE_KEY") return writeClass === "L" && isDouble(party.erp, subject);
  return kind === "CONFLICT" && isDisputed(view, subject);
}

function isUnknown(view: View, { letters, key }: Subject, { integration }: DeadLetter): boolean {
  const unknown = letters.find((one) => one.integration === integration && one.reason === "UNKNOWN");
  return unknown !== undefined && isUnknowable(view, unknown, key);
}

function isOf(row: InvalidRow, { integration, entityType, kind }: DeadLetter, key: string): boolean {
  const same = row.integration === integration && row.entity === entityType && row.key === key;
  return same && kind === (row.why === "rejected" ? "REJECTED" : "PUSH");
}

function creations({ history }: View, integration: string | null, entity: string | null, key: string): Send[] {
  const erp = history.erps.find((one) => one.integration === integration);
  const sends = erp?.sends.filter((send) => send.entity === entity && send.key === key) ?? [];
  return sends.filter(({ op }) => op === "create" || op === "post");
}

/** Class N: the request was not answered, or never seen by the ERP, or nobody was there any more to hear the answer. */
function isUnknowable(view: View, { integration, entityType, createdAt }: DeadLetter, key: string): boolean {
  const sends = creations(view, integration, entityType, key);
  if (sends.some(({ answered }) => !answered)) return true;
  const strikes = view.history.faults.filter(({ kind, observed }) => observed && UNHEARD.includes(kind));
  const listed = Date.parse(createdAt);
  const last = sends.at(-1)?.at ?? listed - IN_HAND_MS;
  return strikes.some((fault) => overlaps(fault, last, Math.max(listed, last + IN_HAND_MS)));
}

function overlaps({ at, until = at }: Fault, from: number, to: number): boolean {
  return until >= from && at <= to;
}

/** Policy manual, and both sides did write the field. */
function isDisputed({ history }: View, { entity, operations }: Subject): boolean {
  const policies = history.setup.policies[entity] ?? {};
  const written = (ours: boolean) =>
    new Set(operations.filter(({ side }) => (side === "mes") === ours).flatMap(({ fields }) => Object.keys(fields)));
  const theirs = written(false);
  return [...written(true)].some((field) => theirs.has(field) && (policies[field] ?? policies["*"]) === "manual");
}

/** What was made invalid must be listed, and so must a write of class N that nobody answered. */
export function unlisted(view: View): Violation[] {
  const { invalid, api, erps } = view.history;
  const missing = invalid.filter(
    (row) => !api.deadLetters.some((letter) => isOf(row, letter, keyOfLetter(view.history, letter) ?? "")),
  );
  const unknown = erps.flatMap((erp) =>
    erp.sends
      .filter(({ entity, op, answered }) => {
        const creates = op === "create" || op === "post";
        return creates && !answered && erp.entities[entity]?.writeClass === "N";
      })
      .filter(({ entity, key }) => !isUnknownListed(api.deadLetters, erp.integration, entity, key))
      .map((send) => ({ integration: erp.integration, send })),
  );
  return [
    ...missing.map((row) => violation(row.entity, row.key, `was made invalid and is not listed`, { ...row })),
    ...unknown.map(({ integration, send: { entity, key, at, reference } }) =>
      violation(entity, key, `nobody knows what became of it, and it is not listed`, { integration, at, reference }),
    ),
  ];
}

function isUnknownListed(letters: readonly DeadLetter[], integration: string, entity: string, key: string): boolean {
  const listed = letters.filter(
    (one) => one.integration === integration && one.entityType === entity && one.key === key,
  );
  return listed.some(({ reason }) => reason === "UNKNOWN");
}

function violation(entity: Subject["entity"], key: string, what: string, evidence: Violation["evidence"]): Violation {
  return { law: "unlisted", what: `${isFact(entity) ? "fact" : "state"} ${nameOf(entity, key)}: ${what}`, evidence };
}
