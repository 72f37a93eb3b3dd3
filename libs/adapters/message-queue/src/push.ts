import {
  AdapterError,
  type LookupQuery,
  type PollResult,
  type PushRequest,
  type PushResult,
  type Raw,
} from "@dovetail/adapter-sdk";
import type { EntityName, Json } from "@dovetail/domain";
import { refusal } from "./config";
import { OPERATION, rowOf, tokenOf } from "./messages";
import type { QueueSession } from "./session";

/**
 * Publishes to `<subject>.<operation>.<reference>`, and only if no message stands there: the broker itself refuses a second one,
 * for as long as it keeps the first (class K), however late it comes.
 */
export async function sendMessage(
  session: QueueSession,
  entity: EntityName,
  { op, body, externalId, reference, version }: PushRequest,
): Promise<PushResult> {
  const sink = session.sink(entity);
  if (op === "update" && externalId !== undefined && lookable(session, entity)) {
    if ((await lookupRows(session, entity, { externalId })).length === 0)
      throw new AdapterError(`there is no ${entity} ${externalId}`, {
        category: "NOT_FOUND",
        code: "NOT_FOUND",
        sent: "no",
      });
  }
  const headers = {
    [OPERATION]: op,
    "Dovetail-Reference": reference,
    ...(externalId === undefined ? {} : { "Dovetail-External-Id": tokenOf(externalId) }),
    ...(version === undefined ? {} : { "Dovetail-Version": version }),
  };
  const bytes = Buffer.from(JSON.stringify(body));
  try {
    await session.queue.publish(`${sink.subject}.${op}.${reference}`, bytes, {
      headers,
      id: `${op} ${reference}`,
      first: true,
    });
  } catch (error) {
    // It stands there already: this is a repetition.
    if (!(error instanceof AdapterError && error.category === "CONFLICT")) throw error;
  }
  if (sink.replies) return { done: "accepted", handle: { reference, op } };
  return { done: "confirmed", externalId: externalId ?? reference };
}

/**
 * What the ERP answered: `{"externalId"}` or `{"error"}` at `<replies>.<operation>.<reference>`. A reply that names neither
 * does not say whether it is done: no refusal, or the next version would make the document a second time.
 */
export async function pollReply(session: QueueSession, entity: EntityName, handle: Json): Promise<PollResult> {
  const { replies } = session.sink(entity);
  const { reference, op } = (handle ?? {}) as { reference?: Json; op?: Json };
  if (!replies || typeof reference !== "string" || typeof op !== "string")
    throw refusal("this handle is not one of a queue with replies");
  const message = await session.queue.last(replies.stream, `${replies.subject}.${op}.${reference}`);
  if (!message) return "pending";
  const { raw } = rowOf({ ...replies, entity, key: ["externalId"] }, message);
  const { externalId, error } = raw.body as Record<string, Json | undefined>;
  if (typeof externalId === "string" && externalId !== "") return { externalId };
  if (typeof error === "string" && error !== "")
    return { category: "VALIDATION", code: "ERP008", message: error.slice(0, 1000) };
  return { category: "SERVER", code: "ERP001", message: "the ERP's reply names neither externalId nor error" };
}

function lookable(session: QueueSession, entity: EntityName): boolean {
  return session.sources.get(entity)?.subject.endsWith(".*") === true;
}

/** The newest message of a row, where each row has a subject of its own; else nobody can tell and it throws. */
export async function lookupRows(session: QueueSession, entity: EntityName, by: LookupQuery): Promise<Raw[]> {
  if (by.reference !== undefined) {
    const sink = session.sink(entity);
    const message = await session.queue.last(sink.stream, `${sink.subject}.*.${by.reference}`);
    if (!message) return [];
    const id = message.headers["Dovetail-External-Id"];
    const body = rowOf({ ...sink, key: [] }, message).raw.body;
    return [{ externalId: id === undefined ? by.reference : decodeURIComponent(id), body }];
  }
  const source = session.source(entity);
  const parts = Object.values(by.key ?? {}).map(String);
  const id = by.externalId ?? (parts.length > 0 ? parts.join("|") : undefined);
  if (!lookable(session, entity) || id === undefined)
    throw refusal(`rows of ${entity} share one subject: none can be looked up`);
  const message = await session.queue.last(source.stream, source.subject.replace(/\*$/, tokenOf(id)));
  if (!message) return [];
  const { raw, gone } = rowOf(source, message);
  return gone ? [] : [raw];
}
