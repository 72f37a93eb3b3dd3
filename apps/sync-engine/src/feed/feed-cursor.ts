import { ProblemError, type DomainEvent } from "@dovetail/contracts";

/** A place in the change feed: everything up to ordinal − 1 of `position` has been read. */
export interface FeedPlace {
  epoch: number;
  position: number;
  ordinal: number;
}

/** The opaque text of a place. */
export function writeCursor({ epoch, position, ordinal }: FeedPlace): string {
  return Buffer.from(`${epoch}.${position}.${ordinal}`).toString("base64url");
}

/** The place behind a cursor. Throws ERP008 for a text that is none. */
export function readCursor(cursor: string): FeedPlace {
  const match = /^(\d{1,9})\.(\d{1,15})\.(\d{1,9})$/.exec(Buffer.from(cursor, "base64url").toString("utf8"));
  if (!match) {
    const errors = [{ field: "cursor", rule: "format", value: cursor.slice(0, 100), code: "ERP008" }];
    throw new ProblemError("ERP008", "the cursor is not one of the change feed", { errors });
  }
  const [epoch, position, ordinal] = match.slice(1).map(Number) as [number, number, number];
  return { epoch, position, ordinal };
}

/** The place behind one event. */
export function placeAfter(event: Pick<DomainEvent, "position" | "ordinal">, epoch: number): FeedPlace {
  return { epoch, position: event.position, ordinal: event.ordinal + 1 };
}
