import { type Failure, type PollResult, type PushRequest, type PushResult } from "@dovetail/adapter-sdk";
import { ENTITIES, type EntityName, type Json, type JsonObject } from "@dovetail/domain";
import { csvFile } from "./out/csv-file";
import { isObject, refusal } from "./refusal";
import type { FileSession } from "./session";

/** An answer of the other side: `<name>.ack.json` in the ack folder. */
type Answer = { externalId: string } | Failure;

const FAILURES: Readonly<Record<string, Pick<Failure, "category" | "code">>> = {
  NOT_FOUND: { category: "NOT_FOUND", code: "NOT_FOUND" },
  CONFLICT: { category: "CONFLICT", code: "CONFLICT" },
};

/** One name per push, whatever the attempt: a second write of it replaces the first. */
function stemOf(entity: EntityName, reference: string): string {
  return `${entity}-${reference}`;
}

/** Hands one document over. The file stands in the out folder whole or not at all. */
export async function sendFile(session: FileSession, entity: EntityName, request: PushRequest): Promise<PushResult> {
  const stem = stemOf(entity, request.reference);
  const { acknowledged } = session.config;
  // What was answered was taken: written once more, it would be taken twice.
  const taken = acknowledged && (await answerFile(session, stem)) !== undefined;
  if (!taken)
    for (const file of contentOf(session, entity, stem, request)) await session.files.write(file.path, file.content);
  if (acknowledged)
    return { done: "accepted", handle: { reference: request.reference, externalId: request.externalId ?? null } };
  return { done: "confirmed", externalId: request.externalId ?? ownKey(entity, request) };
}

/** Without answers the other side's number is not known: our business key stands for it, else the reference. */
function ownKey(entity: EntityName, { body, reference }: PushRequest): string {
  const parts = ENTITIES[entity].key.map((name) => body[name]);
  return parts.every((part) => typeof part === "string" && part !== "") ? parts.join("|") : reference;
}

function contentOf(
  session: FileSession,
  entity: EntityName,
  stem: string,
  request: PushRequest,
): { path: string; content: Uint8Array }[] {
  const { op, externalId, reference, body } = request;
  const out = (name: string, text: string) => ({ path: `${session.folders.out}/${name}`, content: Buffer.from(text) });
  const head: JsonObject = { reference, op, externalId: externalId ?? null };
  if (session.config.outFormat === "json")
    return [out(`${stem}.json`, `${JSON.stringify({ ...head, entityType: entity, body })}\n`)];
  const lists = Object.entries(body).filter((entry): entry is [string, Json[]] => Array.isArray(entry[1]));
  const flat = Object.fromEntries(Object.entries(body).filter(([, value]) => !Array.isArray(value)));
  // The head comes last: who sees it finds its lines there.
  return [
    ...lists.map(([name, items]) =>
      out(
        `${stem}.${name}.csv`,
        csvFile(items.map((item) => ({ reference, ...(isObject(item) ? (item as JsonObject) : { value: item }) }))),
      ),
    ),
    out(`${stem}.csv`, csvFile([{ ...head, ...flat }])),
  ];
}

/** What the other side said of a file by now. */
export async function pollAnswer(session: FileSession, entity: EntityName, handle: Json): Promise<PollResult> {
  if (!isObject(handle) || typeof handle["reference"] !== "string") throw refusal("this is no handle of a file");
  const answer = await findAnswer(session, entity, handle["reference"], handle["externalId"]);
  return answer ?? "pending";
}

/** The answer to a reference; undefined: none yet. `known` is the external id of a document that is changed. */
export async function findAnswer(
  session: FileSession,
  entity: EntityName,
  reference: string,
  known?: unknown,
): Promise<Answer | undefined> {
  const text = await answerFile(session, stemOf(entity, reference));
  if (text === undefined) return undefined;
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    // Perhaps it is still being written: whoever answers may not rename.
    return undefined;
  }
  if (!isObject(answer)) return undefined;
  const { status, externalId = known, message, code } = answer;
  if (status === "confirmed") {
    if (typeof externalId === "string" && externalId !== "") return { externalId };
    if (typeof externalId === "number") return { externalId: String(externalId) };
    return { category: "SERVER", code: "UNAVAILABLE", message: "the answer confirms without naming an externalId" };
  }
  if (status !== "rejected") return undefined;
  const verdict = FAILURES[String(code)] ?? { category: "VALIDATION", code: "ERP008" };
  return {
    ...verdict,
    message: typeof message === "string" ? message.slice(0, 1000) : "the file was rejected without a reason",
  };
}

/** Whether the file of a reference was handed over and is still there. */
export async function isWaiting(session: FileSession, entity: EntityName, reference: string): Promise<boolean> {
  return (await session.files.list(session.folders.out, `${stemOf(entity, reference)}.*`)).length > 0;
}

const MAX_ANSWER = 64 * 1024;

async function answerFile(session: FileSession, stem: string): Promise<string | undefined> {
  const path = `${session.folders.ack}/${stem}.ack.json`;
  if (!(await session.files.stat(path))) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of session.files.read(path)) {
    chunks.push(chunk);
    if ((size += chunk.length) > MAX_ANSWER) break;
  }
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/^\uFEFF/, "");
}
