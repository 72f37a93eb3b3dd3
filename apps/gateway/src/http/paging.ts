import { ProblemError, type Page, type PageQuery } from "@dovetail/contracts";

const USUAL = 100;

/** Where a page of the gateway's own lists begins and how long it is. */
export interface PageStart {
  after: string;
  limit: number;
}

/** Reads a list's query; the cursor is the last id of the page before, base64url. Throws ERP008 400. */
export function pageStart(query: PageQuery): PageStart {
  const after = query.cursor === undefined ? "" : Buffer.from(query.cursor, "base64url").toString("utf8");
  // Decoding passes over what is no base64url: only what encodes to the same text is ours.
  const ours =
    query.cursor === undefined || (after !== "" && Buffer.from(after).toString("base64url") === query.cursor);
  if (!ours || !/^[\w.-]{0,60}$/.test(after))
    throw new ProblemError("ERP008", "The cursor is not one of ours.", { status: 400 });
  return { after, limit: query.limit ?? USUAL };
}

/** The page out of one row more than it may have. */
export function pageOf<T extends { id: string }>(rows: T[], { limit }: PageStart): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const next = rows.length > limit && last ? Buffer.from(last.id).toString("base64url") : null;
  return { items, next };
}
