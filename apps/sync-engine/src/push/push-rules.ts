import { ENTITIES, type EntityName, type JsonObject } from "@dovetail/domain";
import {
  RETRY_TABLE,
  writeTerms,
  type AdapterError,
  type EntityPort,
  type LookupQuery,
  type PollResult,
  type PushOperation,
  type WriteClass,
} from "@dovetail/adapter-sdk";
import { backoff } from "@dovetail/resilience";
import type { LinkRow, RecordRow } from "../records/record";
import { fieldsToSend, isInFlight, sameJson, type PushRow } from "./push";
import { sentBy, type SentPart } from "./settle-rules";

/** A record with its link and the push to work on, as read together. */
export interface PushState {
  push: PushRow;
  record: RecordRow;
  link: LinkRow | undefined;
}

/** What an adapter can do with an entity, as far as a push's course depends on it. */
export interface Abilities {
  /** Undefined: it takes no push of the entity. */
  class: WriteClass | undefined;
  settleMs: number | undefined;
  operations: readonly PushOperation[];
  pulls: boolean;
  looksUp: boolean;
}

type Offers = Pick<Abilities, "operations" | "pulls">;

export function offersOf({ push, pull }: EntityPort<unknown>): Offers {
  return { operations: push?.operations ?? [], pulls: pull !== undefined };
}

/** Of an entity through one connection, whose settings may decide the write class. */
export function abilitiesOf(port: EntityPort<unknown>, handle: unknown): Abilities {
  const { push } = port;
  const terms = push && writeTerms(push, handle);
  return {
    class: terms?.class,
    settleMs: terms?.settleMs,
    ...offersOf(port),
    looksUp: port.lookup !== undefined,
  };
}

/** Absent answers in a row before a reference counts as surely absent. */
const LOOK_UPS = 2;
const DEFAULT_SETTLE_MS = 10_000;
const UPDATE_SETTLE_MS = 1_000;
/** How long to wait when the ERP cannot be asked now. */
export const TROUBLE_MS = 5_000;
const SOONEST_POLL_MS = 500;
const LOOK_AGAIN_MS = 1_000;

/** What a link's push needs now. */
export type FirstStep =
  /** A request may be under way: its outcome is found out first. */
  | { do: "resolve" }
  /** The ERP has it as it is. */
  | { do: "confirm" }
  | { do: "notOffered"; operation: PushOperation }
  /** Not before the first load is complete: what is to be created may stand in the ERP already. */
  | { do: "park" }
  /** The account names the document by an id that is not known yet: it is looked up, never made. */
  | { do: "find" }
  | { do: "send"; operation: PushOperation; fields: string[] };

export function firstStep(entity: EntityName, state: PushState, can: Offers, baselineDone: boolean): FirstStep {
  const { push, record, link } = state;
  if (isInFlight(push.status)) return { do: "resolve" };
  const operation = operationOf(entity, state, can);
  if (operation === undefined) return { do: "confirm" };
  const lost = isLost(link);
  const fields = operation === "update" && link ? fieldsToSend(entity, link, record.doc) : Object.keys(record.doc);
  const nothing = operation === "update" && fields.length === 0;
  if (lost && nothing) return { do: "confirm" };
  if (!can.operations.includes(operation)) return { do: "notOffered", operation };
  const makes = operation === "create" || operation === "post";
  if ((lost || makes) && can.pulls && !baselineDone) return { do: "park" };
  if (lost) return { do: "find" };
  return nothing ? { do: "confirm" } : { do: "send", operation, fields };
}

/** The operation that brings the link to the record; undefined when there is nothing to do. */
function operationOf(entity: EntityName, { record, link }: PushState, can: Offers): PushOperation | undefined {
  const linked = link?.external_id != null || isLost(link);
  if (record.deleted) return linked ? "delete" : undefined;
  if (linked) return "update";
  return ENTITIES[entity].kind === "fact" && can.operations.includes("post") ? "post" : "create";
}

/**
 * The ERP has shown the document, and by which id the account names it now is not known: it was told by another adapter. What
 * was deleted there, or never was there, has no shadow.
 */
export function isLost(link: LinkRow | undefined): boolean {
  return link !== undefined && link.external_id === null && link.shadow_hash !== null;
}

/** Whether a planned request may leave: nothing of what it was made from has moved since. Asked under the record's lock. */
export function mayLeave(planned: PushState, now: Partial<PushState>): boolean {
  const { record, link, push } = now;
  if (!record || record.version !== planned.record.version) return false;
  if (link?.push_io !== planned.link?.push_io || link?.shadow_hash !== planned.link?.shadow_hash) return false;
  return push?.status === "pending" || push?.status === "parked";
}

/** Whether a holder may still send: another may have taken its work when the deadline (same clock, milliseconds) has passed. */
export function mayStillSend(deadline: number, now: number): boolean {
  return now < deadline;
}

/** What follows when a request failed. */
export type AfterFailure =
  /** It may have had an effect: the ERP is asked. */
  | { do: "unknown" }
  /** What was to be deleted is not there any more. */
  | { do: "gone" }
  | { do: "reject"; attempts: number }
  /** It surely had no effect and may be sent again; `reread`: the row is read and merged first. */
  | { do: "again"; attempts: number; reread: boolean };

type Failed = Pick<AdapterError, "sent" | "category">;

export function afterFailure(push: PushRow, operation: PushOperation, { sent, category }: Failed): AfterFailure {
  if (sent === "maybe") return { do: "unknown" };
  if (category === "NOT_FOUND" && operation === "delete") return { do: "gone" };
  const attempts = push.attempts + 1;
  if (attempts >= RETRY_TABLE[category].calls) return { do: "reject", attempts };
  return { do: "again", attempts, reread: category === "CONFLICT" };
}

/** Milliseconds before the next call: as long as the ERP asks for, else by back-off. */
export function waitMs(attempts: number, retryAfterMs: number | undefined, random: () => number): number {
  return retryAfterMs ?? backoff(attempts, { baseMs: 1_000, maxMs: 60_000, jitter: 0.3, random });
}

/**
 * Whether a request may wait for its call after it was marked: what may simply be sent again loses nothing when the process
 * ends meanwhile. All others leave at once, since they are asked about from the moment of their mark.
 */
export function mayWaitMarked(operation: PushOperation, can: Pick<Abilities, "class">): boolean {
  return operation === "update" || (can.class === "K" && operation !== "delete");
}

/** Class N: neither repeated nor asked for by a machine; a person decides. Updates only set values. */
export function isForPerson(push: Pick<PushRow, "operation">, can: Abilities): boolean {
  return can.class === "N" && push.operation !== "update";
}

/** How long an effect may take to show, milliseconds from the last moment that the request can have been under way. */
export function settleMs(push: Pick<PushRow, "operation">, can: Abilities): number {
  if (push.operation === "update" || can.class === "K") return UPDATE_SETTLE_MS;
  return can.settleMs ?? DEFAULT_SETTLE_MS;
}

/** How the outcome of a request is found out. */
export type Inquiry =
  /** Another adapter sent it: this one can neither ask nor send again. */
  | { do: "leave" }
  /** The ERP took it under a handle: only its answer tells. */
  | { do: "poll" }
  /** Found sent by another claim: the worker before ended with the request under way. */
  | { do: "lost" }
  | { do: "person" }
  | { do: "wait"; ms: number }
  | { do: "ask"; by: LookupQuery }
  | { do: "sendAgain" };

export function inquiry(state: PushState, can: Abilities, adapter: string): Inquiry {
  const { push } = state;
  if (push.adapter !== null && push.adapter !== adapter) return { do: "leave" };
  if (push.status === "accepted" || (push.status === "unknown" && push.handle !== null)) return { do: "poll" };
  if (push.status === "sent") return { do: "lost" };
  if (isForPerson(push, can)) return { do: "person" };
  // counted from the moment that its outcome was doubted or looked up, whoever is woken by what meanwhile
  const ms = (push.looked_up > 0 ? lookAgainMs(push, can) : settleMs(push, can)) - push.since_ms;
  if (ms > 0) return { do: "wait", ms };
  const by = can.looksUp ? question(state, can) : undefined;
  return by ? { do: "ask", by } : { do: "sendAgain" };
}

function question({ push, link, record }: PushState, can: Abilities): LookupQuery | undefined {
  const externalId = link?.external_id ?? null;
  if (push.operation === "update" || push.operation === "delete")
    return externalId === null ? undefined : { externalId };
  // class K: a second write of the reference is refused or merged by the ERP, so it is simply sent again; what has been
  // deleted here since is not, and must be found to be deleted there
  if (can.class === "K" && !record.deleted) return undefined;
  return { reference: push.reference };
}

/** What the number of rows found says of a request whose outcome was not known. */
export type AfterLookUp =
  | { do: "duplicate" }
  | { do: "confirm" }
  /** An update sets values: seen there it is done, not seen there it is sent again. */
  | { do: "compare" }
  | { do: "lookAgain"; lookedUp: number; ms: number }
  | { do: "sendAgain" };

export function afterLookUp(push: PushRow, found: number, can: Abilities): AfterLookUp {
  if (found > 1 && push.operation !== "update") return { do: "duplicate" };
  if (push.operation === "delete") return { do: found === 0 ? "confirm" : "sendAgain" };
  if (push.operation === "update") return { do: found === 0 ? "sendAgain" : "compare" };
  if (found === 1) return { do: "confirm" };
  const lookedUp = push.looked_up + 1;
  if (lookedUp >= LOOK_UPS) return { do: "sendAgain" };
  return { do: "lookAgain", lookedUp, ms: lookAgainMs(push, can) };
}

function lookAgainMs(push: PushRow, can: Abilities): number {
  if (push.operation === "update") return can.settleMs ?? DEFAULT_SETTLE_MS;
  return Math.max(LOOK_AGAIN_MS, settleMs(push, can) / 2);
}

/**
 * Whether an update that is not seen there may still take effect: then it would overwrite whatever is sent before. So nothing is
 * sent until it has had its time, as with a create. Where a request ends with its connection (class K) it has had it.
 */
export function mayStillArrive(
  push: PushRow,
  sent: SentPart,
  can: Abilities,
): { lookedUp: number; ms: number } | undefined {
  const lookedUp = push.looked_up + 1;
  if (push.operation !== "update" || sent.current || can.class === "K" || lookedUp >= LOOK_UPS) return undefined;
  return { lookedUp, ms: lookAgainMs(push, can) };
}

/** The ERP did not answer the question; one that refuses or merges a second write need not be able to find the first. */
export function afterSilence(
  error: Pick<AdapterError, "category" | "retryAfterMs">,
  can: Abilities,
): { do: "sendAgain" } | { do: "wait"; ms: number } {
  if (error.category === "VALIDATION" && can.class === "K") return { do: "sendAgain" };
  return { do: "wait", ms: error.retryAfterMs ?? TROUBLE_MS };
}

/**
 * What the ERP shows after an update whose outcome was not known, as what was sent. Where that does not stand there as it
 * left, the update may not have arrived, or the ERP keeps it otherwise: what is shown becomes the shadow, and what differs
 * from the record is sent again. Read again as a stranger's edit, it would take back what was edited since.
 */
export function afterCompare({ push, record }: PushState, shown: JsonObject): SentPart {
  const part = sentBy(push, record);
  // what was sent, not what the record has become: values that never arrived are no accepted difference
  const arrived = part.fields.every((field) => sameJson(shown[field], part.doc[field]));
  return { ...part, current: part.current && arrived };
}

/** What the ERP's answer about an accepted push says. */
export type AfterPoll =
  | { do: "wait"; ms: number }
  | { do: "confirm"; answer: Exclude<PollResult, "pending" | { category: unknown }> }
  /** The answer does not say whether it is done: a person's, as long as no other answer comes. */
  | { do: "unclear"; message: string }
  | { do: "reject"; message: string };

export function afterPoll(push: PushRow, answer: PollResult): AfterPoll {
  // a quick ERP is asked again soon, a slow one seldom: after as long as it has taken until now, within bounds
  if (answer === "pending")
    return { do: "wait", ms: Math.min(TROUBLE_MS, Math.max(SOONEST_POLL_MS, push.sent_ms ?? 0)) };
  if (!("category" in answer)) return { do: "confirm", answer };
  const unclear = answer.category === "SERVER" || answer.category === "TRANSIENT";
  return { do: unclear ? "unclear" : "reject", message: answer.message };
}
