import type { Page, PullQuery, Raw } from "@dovetail/adapter-sdk";
import type { EntityName, Json } from "@dovetail/domain";
import { type Delivery, deliveriesOf, moveDelivery } from "./delivery/delivery";
import { pickUp, reasonPath } from "./delivery/pick-up";
import { asideRow, type Position, rowsOf } from "./delivery/rows";
import { gone } from "./gone";
import { isObject, refusal } from "./refusal";
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
export async function* pullRows(session: FileSession, entity: EntityName, query: PullQuery): AsyncGenerator<Page> {
  const set = setOf(session, entity);
  const cursor = readCursor(query.cursor);
  await pickUp(session, set, cursor?.after ?? 0);
  const all = await deliveriesOf(session, set);
  const plan = planOf(all, set, query, cursor);
  let held: Page | undefined;
  for await (const page of pages(session, set, plan, query.pageSize, cursor?.after ?? 0)) {
    if (held) yield held;
    gone(session.signal);
    held = page;
  }
  // What a complete delivery made obsolete is not read, and is done with all the same.
  for (const delivery of all)
    if (delivery.state === "work" && delivery.number <= plan.end) await moveDelivery(session, delivery, "done");
  yield { rows: held?.rows ?? [], cursor: { after: plan.end }, last: true };
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

async function* pages(
  session: FileSession,
  set: FileSet,
  plan: Plan,
  pageSize: number,
  begunAfter: number,
): AsyncGenerator<Page> {
  const seen = await idsOf(session, set, plan.shown);
  let after = begunAfter;
  for (const [index, delivery] of plan.deliveries.entries()) {
    const from = index === 0 ? plan.start : BEGINNING;
    // Rows of this delivery hide those of older ones, but not each other: a row given twice is for the reader to judge.
    const hides = plan.full && index < plan.deliveries.length - 1;
    const mine = hides && from.row > 0 ? await idsOf(session, set, [delivery]) : new Set<string>();
    const cursorAt = (at: Position): Json => {
      const cursor: Cursor = { after, at: { ...at, number: delivery.number }, ...(plan.full ? { top: plan.end } : {}) };
      return cursor as unknown as Json;
    };
    let rows: Raw[] = [];
    let position = from;
    for await (const placed of placedRows(session, set, delivery, from)) {
      for (const { raw, position: behind } of placed) {
        position = behind;
        if (seen.has(raw.externalId)) continue;
        if (hides) mine.add(raw.externalId);
        rows.push(raw);
        if (rows.length < pageSize) continue;
        yield { rows, cursor: cursorAt(behind), last: false };
        rows = [];
      }
    }
    for (const id of mine) seen.add(id);
    if (delivery.state === "work") await moveDelivery(session, delivery, "done");
    if (!plan.full) after = delivery.number;
    // Pages do not span deliveries: a row that two of them have is never twice in one page.
    if (rows.length > 0) yield { rows, cursor: plan.full ? cursorAt(position) : { after }, last: false };
  }
}

async function* placedRows(session: FileSession, set: FileSet, delivery: Delivery, from: Position) {
  if (delivery.state !== "error") return yield* rowsOf(session, set, delivery, from);
  if (from.row === 0)
    yield [{ raw: await asideRow(session, delivery, reasonPath(session, delivery)), position: { row: 1 } }];
}

async function idsOf(session: FileSession, set: FileSet, deliveries: readonly Delivery[]): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const delivery of deliveries)
    for await (const placed of placedRows(session, set, delivery, BEGINNING))
      for (const { raw } of placed) ids.add(raw.externalId);
  return ids;
}
