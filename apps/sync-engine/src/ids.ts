import { ProblemError } from "@dovetail/contracts";

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
