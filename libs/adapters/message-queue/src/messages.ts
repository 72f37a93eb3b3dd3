import type { QueuedMessage, Raw } from "@dovetail/adapter-sdk";
import { ENTITIES, type JsonObject } from "@dovetail/domain";
import type { Source } from "./config";

/** A record is no longer than this: a longer message would not fit between the services. */
const LONGEST_MESSAGE = 1024 * 1024;

/** Header that says what a message means; `delete`: the row is gone. */
export const OPERATION = "Dovetail-Operation";

/** An external id as one token of a subject: percent-encoded, with the signs that mean something there. */
export function tokenOf(externalId: string): string {
  return encodeURIComponent(externalId).replace(
    /[.*!'()~]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function textOf(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}

/** What a message is called that names no row. */
export function nameOf({ place }: QueuedMessage): string {
  return `message ${place}`;
}

/** A message as a row; `gone` when it says that the row was deleted. */
export function rowOf(source: Source, message: QueuedMessage): { raw: Raw; gone: boolean } {
  const gone = (message.headers[OPERATION] ?? "") === "delete";
  const tooLong = message.body.length > LONGEST_MESSAGE;
  const body = tooLong ? undefined : bodyOf(message.body);
  const parts = source.key.map((name) => body?.[name]);
  const whole = parts.every((part) => typeof part === "string" || typeof part === "number");
  const id = source.subject.endsWith(".*")
    ? textOf(message.topic.split(".").at(-1) ?? "")
    : whole
      ? parts.map(String).join("|")
      : "";
  const hasLists = ENTITIES[source.entity].fields.some(({ type }) => type === "list");
  const unreadable = tooLong
    ? `the message has ${message.body.length} bytes; there may be ${LONGEST_MESSAGE}`
    : "the message is no JSON object";
  const nameless = id === "" ? `the message has no ${source.key.join(", ")}` : undefined;
  const problem = body === undefined && !gone ? unreadable : nameless;
  const raw: Raw = {
    // A message that names nothing still needs a place in the list of rejected rows.
    externalId: id === "" ? nameOf(message) : id,
    version: String(message.place),
    modifiedAt: message.at,
    // A message holds its whole document.
    ...(hasLists ? { childrenComplete: true } : {}),
    body: body ?? {},
    ...(problem === undefined ? {} : { problem }),
  };
  return { raw, gone };
}

function bodyOf(bytes: Uint8Array): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
