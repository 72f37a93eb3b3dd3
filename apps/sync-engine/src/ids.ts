import { ProblemError, type CallContext } from "@dovetail/contracts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text can be an id. */
export function isId(text: unknown): text is string {
  return typeof text === "string" && UUID.test(text);
}

/** An id out of a question. Throws NOT_FOUND for a text that cannot be one: it names nothing. */
export function knownId(text: string, what: string): string {
  if (!isId(text)) throw new ProblemError("NOT_FOUND", `there is no ${what} ${text}`);
  return text;
}

/** The id that a list's cursor is, null without one. Throws ERP008. */
export function idOfCursor(cursor: string | undefined): string | null {
  if (cursor === undefined || isId(cursor)) return cursor ?? null;
  throw strangeCursor(cursor);
}

/** What a list answers to a cursor that it did not give. */
export function strangeCursor(cursor: string): ProblemError {
  const errors = [{ field: "cursor", rule: "format", value: cursor.slice(0, 100), code: "ERP008" }];
  return new ProblemError("ERP008", "the cursor is not one of this list", { errors });
}

const INSTANT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/;

/** A moment out of a question, null without one. Throws ERP008 for a text that names none, or no time zone. */
export function instantOf(text: string | undefined, field: string): string | null {
  if (text === undefined) return null;
  if (INSTANT.test(text) && !Number.isNaN(Date.parse(text))) return text;
  const errors = [{ field, rule: "instant", value: text.slice(0, 100), code: "ERP008" }];
  throw new ProblemError("ERP008", `${field} is not a time such as 2026-11-20T12:00:00Z`, { errors });
}

/** How a caller is named as the source of what he does. */
export function sourceOfActor({ actor }: CallContext): string {
  return `/${actor.kind}s/${actor.id}`;
}
