import type { Page, PullQuery, Raw } from "@dovetail/adapter-sdk";
import type { EntityName, Json } from "@dovetail/domain";
import { type Delivery, deliveriesOf, followingMoves, moveDelivery } from "./delivery/delivery";
import { pickUp, reasonPath } from "./delivery/pick-up";
import { type Placed, type Position, rowsOf } from "./delivery/rows";
import { asideRow, changedRow, waitingRow } from "./delivery/shown";
import { gone } from "./gone";
import { isObject, refusal, SetAside } from "./refusal";
import { type FileSession, setOf } from "./session";
import type { FileSet } from "./sets";

/**
 * Where a pull stands. `after`: every delivery up to this number is read. `at`: the delivery that is being read.
 * `top`: a full read is under way; it goes from this delivery back to the first one.
 */
interface Cursor {
  after: number;
  at?: Position & { number: number };
  top?: number;
}

function readCursor(value: Json | null): Cursor | null {
  if (value === null) return null;
  if (isObject(value) && typeof value["after"] === "number") return value as unknown as Cursor;
  throw refusal("This is no cursor of the file exchange", "STALE");
}

/** What remains to be read, and what is only needed for knowing which rows are older than ones already shown. */
interface Plan {
  full: boolean;
  deliveries: Delivery[];
  shown: Delivery[];
  /** The number up to which everything is read then. */
  end: number;
  /** In the first of the deliveries. */
  start: Position;
}

const BEGINNING: Position = { row: 0 };

/**
 * Incremental: the deliveries since the cursor, oldest first. Full: all that there are, newest first, each row as the
 * newest delivery that has it shows it; of sets with complete deliveries the newest alone. Positions are in deliveries,
 * wherever their files stand, so a reader that was killed goes on where the stored cursor says.
 */
export async function* pullRows(opened: FileSession, entity: EntityName, query: PullQuery): AsyncGenerator<Page> {
  const session = { ...opened, files: followingMoves(opened) };
  const set = setOf(session, entity);
  const cursor = readCursor(query.cursor);
  const waiting = await pickUp(session, set, cursor?.after ?? 0);
  const all = await deliveriesOf(session, set);
  const since = { after: cursor?.after ?? 0 };
  const plan = planOf(all, set, query, cursor);
  // The end of a delivery may be the end of all; only such a page is held back, for pages are large.
  let held: Page | undefined;
  for await (const { more, rows, cursor: at } of pages(session, set, plan, query.pageSize, since)) {
    if (held) yield held;
    held = undefined;
    gone(session.signal);
    const page: Page = { rows, cursor: at as unknown as Json, last: false };
    if (more) yield page;
    else held = page;
  }
  // What a complete delivery made obsolete is not read, and is done with all the same.
  for (const delivery of all)
    if (delivery.state === "work" && delivery.number <= plan.end) await moveDelivery(session, delivery, "done");
  const end: Cursor = { ...since, after: plan.end };
  // A page of their own: the row that stands for a waiting delivery may be one of an earlier delivery's too.
  if (held && waiting.length > 0) {
    yield held;
    held = undefined;
  }
  const rows = held?.rows ?? (await Promise.all(waiting.map((each) => waitingRow(session, set, each))));
  yield { rows, cursor: end as unknown as Json, last: true };
}

function planOf(all: Delivery[], set: FileSet, query: PullQuery, cursor: Cursor | null): Plan {
  const newest = Math.max(cursor?.after ?? 0, all.at(-1)?.number ?? 0);
  const full = cursor?.top !== undefined || query.mode === "full" || cursor === null;
  if (full) return fullPlan(all, set, cursor?.top ?? newest, cursor?.top === undefined ? undefined : cursor.at);
  const deliveries = all.filter(({ number }) => number > cursor.after);
  const resumes = cursor.at !== undefined && deliveries[0]?.number === cursor.at.number;
  return { full: false, deliveries, shown: [], end: newest, start: resumes && cursor.at ? cursor.at : BEGINNING };
}

function fullPlan(all: Delivery[], set: FileSet, top: number, at: Cursor["at"]): Plan {
  const until = all.filter(({ number }) => number <= top);
  const good = until.filter(({ state }) => state !== "error").reverse();
  const order = [
    ...(set.content === "complete" ? good.slice(0, 1) : good),
    ...until.filter(({ state }) => state === "error"),
  ];
  const index = at ? order.findIndex(({ number }) => number === at.number) : -1;
  if (!at || index < 0) return { full: true, deliveries: order, shown: [], end: top, start: BEGINNING };
  return { full: true, deliveries: order.slice(index), shown: order.slice(0, index), end: top, start: at };
}

/** A page, and whether its delivery surely has rows behind it. */
interface Part {
  rows: Raw[];
  cursor: Cursor;
  more: boolean;
}

async function* pages(
  session: FileSession,
  set: FileSet,
  plan: Plan,
  pageSize: number,
  since: Cursor,
): AsyncGenerator<Part> {
  const seen = await idsOf(session, set, plan.shown);
  let { after } = since;
  for (const [index, delivery] of plan.deliveries.entries()) {
    const from = index === 0 ? plan.start : BEGINNING;
    // Rows of this delivery hide those of older ones, but not each other: a row given twice is for the reader to judge.
    const hides = plan.full && index < plan.deliveries.length - 1;
    const mine = hides && from.row > 0 ? await idsOf(session, set, [delivery]) : new Set<string>();
    const { number } = delivery;
    const cursorAt = (at: Position): Cursor => ({
      ...since,
      after,
      at: { ...at, number },
      ...(plan.full ? { top: plan.end } : {}),
    });
    let rows: Raw[] = [];
    let position = from;
    for await (const placed of placedRows(session, set, delivery, from)) {
      for (const { raw, position: behind } of placed) {
        if (seen.has(raw.externalId)) continue;
        if (rows.length === pageSize) {
          const full = rows;
          rows = [];
          yield { rows: full, cursor: cursorAt(position), more: true };
        }
        if (hides) mine.add(raw.externalId);
        rows.push(raw);
        position = behind;
      }
    }
    for (const id of mine) seen.add(id);
    if (delivery.state === "work") await moveDelivery(session, delivery, "done");
    if (!plan.full) after = delivery.number;
    // Pages do not span deliveries: a row that two of them have is never twice in one page.
    if (rows.length > 0) yield { rows, cursor: plan.full ? cursorAt(position) : { ...since, after }, more: false };
  }
}

/** The rows of a delivery, and what is wrong with it as a whole. */
async function* placedRows(
  session: FileSession,
  set: FileSet,
  delivery: Delivery,
  from: Position,
): AsyncGenerator<Placed[]> {
  if (delivery.state === "error") {
    const raw = await asideRow(session, delivery, reasonPath(session, delivery));
    if (from.row === 0) yield [{ raw, position: { row: 1 } }];
    return;
  }
  let last = from;
  let broken: SetAside | undefined;
  try {
    for await (const placed of rowsOf(session, set, delivery, from)) {
      last = placed.at(-1)?.position ?? last;
      yield placed;
    }
  } catch (error) {
    if (!(error instanceof SetAside)) throw error;
    broken = error;
  }
  if (delivery.state !== "work" && !broken) return;
  const changed = await changedRow(session, delivery, broken);
  if (changed) yield [{ raw: changed, position: last }];
}

async function idsOf(session: FileSession, set: FileSet, deliveries: readonly Delivery[]): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const delivery of deliveries)
    for await (const placed of placedRows(session, set, delivery, BEGINNING))
      for (const { raw } of placed) ids.add(raw.externalId);
  return ids;
}
