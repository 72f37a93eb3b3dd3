import { type Failure, type PollResult, type PushRequest, type PushResult } from "@dovetail/adapter-sdk";
import { ENTITIES, type EntityName, type Json, type JsonObject } from "@dovetail/domain";
import { csvFile } from "./out/csv-file";
import { encoder } from "./out/encode";
import { numberFor } from "./out/numbers";
import { isObject, refusal } from "./refusal";
import type { FileSession } from "./session";

/** An answer of the other side: `<name>.ack.json` in the ack folder. */
type Answer = { externalId: string } | Failure;

const FAILURES: Readonly<Record<string, Pick<Failure, "category" | "code">>> = {
  NOT_FOUND: { category: "NOT_FOUND", code: "NOT_FOUND" },
  CONFLICT: { category: "CONFLICT", code: "CONFLICT" },
};

/** So many that names in order are numbers in order. */
const DIGITS = 8;

/** One name per push, whatever the attempt: a second write of it replaces the first. */
function stemOf(entity: EntityName, reference: string): string {
  return `${entity}-${reference}`;
}

/** Hands one document over. The file stands in the out folder whole or not at all. */
export async function sendFile(session: FileSession, entity: EntityName, request: PushRequest): Promise<PushResult> {
  const { acknowledged, outSequence } = session.config;
  // What was answered was taken: written once more, it would be taken twice.
  const taken = acknowledged && (await answerFile(session, entity, request.reference)) !== undefined;
  if (!taken) {
    const number = outSequence === "none" ? undefined : await numberFor(session, entity, request.reference);
    for (const file of contentOf(session, entity, request, number)) await session.files.write(file.path, file.content);
  }
  if (acknowledged)
    return { done: "accepted", handle: { reference: request.reference, externalId: request.externalId ?? null } };
  return { done: "confirmed", externalId: request.externalId ?? ownKey(entity, request) };
}

/** Without answers the other side's number is not known: our business key stands for it, else the reference. */
function ownKey(entity: EntityName, { body, reference }: PushRequest): string {
  const parts = ENTITIES[entity].key.map((name) => body[name]);
  return parts.every((part) => typeof part === "string" && part !== "") ? parts.join("|") : reference;
}

interface OutFile {
  path: string;
  content: Uint8Array;
}

function contentOf(session: FileSession, entity: EntityName, request: PushRequest, number?: number): OutFile[] {
  const { folders, config } = session;
  const { op, externalId, reference, body } = request;
  const named = config.outSequence === "name" && number !== undefined;
  const stem = named ? `${entity}-${String(number).padStart(DIGITS, "0")}-${reference}` : stemOf(entity, reference);
  const out = (name: string, content: Uint8Array): OutFile => ({ path: `${folders.out}/${name}`, content });
  const head: JsonObject = {
    reference,
    op,
    externalId: externalId ?? null,
    ...(number === undefined ? {} : { number }),
  };
  const files =
    config.outFormat === "json"
      ? [out(`${stem}.json`, Buffer.from(`${JSON.stringify({ ...head, entityType: entity, body })}\n`))]
      : csvFiles(session, head, body).map(({ name, content }) => out(`${stem}${name}.csv`, content));
  if (config.outSequence !== "file") return files;
  // The number comes before the file that it is of, so that who sees the file finds it there.
  const last = files.pop() as OutFile;
  return [...files, { path: `${last.path}.seq`, content: Buffer.from(`${number}\n`) }, last];
}

/** A file of one row, and before it one per list: who sees the head finds its lines there. */
function csvFiles(
  { config }: FileSession,
  head: JsonObject,
  body: JsonObject,
): { name: string; content: Uint8Array }[] {
  const lists = Object.entries(body).filter((entry): entry is [string, Json[]] => Array.isArray(entry[1]));
  const flat = Object.fromEntries(Object.entries(body).filter(([, value]) => !Array.isArray(value)));
  const { delimiter, quoting } = config;
  const encode = encoder(config.encoding) ?? ((text) => Buffer.from(text));
  const csv = (rows: JsonObject[]) =>
    encode(csvFile(rows, { delimiter: delimiter === "auto" ? "," : delimiter, quoting }));
  const { reference = null } = head;
  return [
    ...lists.map(([name, items]) => {
      const rows = items.map((item) => ({ reference, ...(isObject(item) ? (item as JsonObject) : { value: item }) }));
      return { name: `.${name}`, content: csv(rows) };
    }),
    { name: "", content: csv([{ ...head, ...flat }]) },
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
  const text = await answerFile(session, entity, reference);
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
  return (await session.files.list(session.folders.out, `${anyStem(session, entity, reference)}.*`)).length > 0;
}

/** A pattern: with its number or without. */
function anyStem({ config }: FileSession, entity: EntityName, reference: string): string {
  return config.outSequence === "name" ? `${entity}-*${reference}` : stemOf(entity, reference);
}

const MAX_ANSWER = 64 * 1024;

/** Who takes a numbered file may answer under its name. */
async function answerPath(session: FileSession, entity: EntityName, reference: string): Promise<string | undefined> {
  const { files, folders, config } = session;
  const plain = `${folders.ack}/${stemOf(entity, reference)}.ack.json`;
  if (await files.stat(plain)) return plain;
  if (config.outSequence !== "name") return undefined;
  return (await files.list(folders.ack, `${anyStem(session, entity, reference)}.ack.json`))[0]?.path;
}

async function answerFile(session: FileSession, entity: EntityName, reference: string): Promise<string | undefined> {
  const path = await answerPath(session, entity, reference);
  if (path === undefined) return undefined;
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
