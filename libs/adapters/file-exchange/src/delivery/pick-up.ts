import { gone } from "../gone";
import type { FileSession } from "../session";
import type { FileSet } from "../sets";
import { type Delivery, deliveriesOf, moveDelivery, moveIfThere, partsOf, takenName } from "./delivery";
import { inOrder, judge, reasonToWait, type Verdict } from "./judge";
import { keepLast, lastTaken } from "./sequence";
import { Signs } from "./signs";
import { completeDeliveries } from "./waiting";

/** A delivery that stays in the in folder because those before it are missing. */
export interface Held {
  path: string;
  reason: string;
}

/**
 * Takes in what is complete: checked from end to end, then renamed into the work folder, lines first and the set's
 * own file last. So a delivery exists from one rename on, and what stood before it is put right by the next look.
 * Numbered deliveries are taken in order; those behind a gap stay, and are told. `after`: the last delivery that is read.
 */
export async function pickUp(session: FileSession, set: FileSet, after: number): Promise<Held[]> {
  await putRight(session, set);
  await (await Signs.read(session)).dropStale(set);
  const { found, signs } = await completeDeliveries(session, set);
  if (found.length === 0 && !set.sequence) return [];
  const known = await deliveriesOf(session, set);
  let last = await lastTaken(session, set, known);
  // Numbers are times so that they grow even when the done folder was emptied; what is there already wins.
  let number = Math.max(after, known.at(-1)?.number ?? 0, last?.number ?? 0, session.clock.now() - 1);
  const held: Held[] = [];
  for (const each of inOrder(found, set, last?.sequence)) {
    gone(session.signal);
    const reason = reasonToWait(each, set, last?.sequence);
    if (reason !== undefined) {
      held.push({ path: each.head.path, reason });
      continue;
    }
    const verdict = await judge(session, set, each, { known, signs, last: last?.sequence, number: ++number });
    const delivery = await act(session, verdict, signs);
    // Another reader has it: the numbers behind it wait for nothing, and are taken with the next look.
    if (!delivery && verdict.is === "new" && set.sequence) break;
    if (!delivery) continue;
    known.push(delivery);
    if (delivery.state === "work" && each.sequence !== undefined) last = { number, sequence: each.sequence };
  }
  // What was taken is still in work: a process that ends before this line is made up for by the next look.
  await keepLast(session, set, last);
  return held;
}

/** What waits in the in folder and would be taken now, oldest first, where it stands: for those who only look. */
export async function untaken(session: FileSession, set: FileSet): Promise<Delivery[]> {
  const { found, signs } = await completeDeliveries(session, set);
  if (found.length === 0) return [];
  const known = await deliveriesOf(session, set);
  let last = (await lastTaken(session, set, known))?.sequence;
  const waiting: Delivery[] = [];
  for (const each of inOrder(found, set, last)) {
    gone(session.signal);
    if (reasonToWait(each, set, last) !== undefined) continue;
    const before = { known: [...known, ...waiting], signs, last, number: Number.MAX_SAFE_INTEGER };
    const verdict = await judge(session, set, each, before);
    if (verdict.is !== "new") continue;
    waiting.push(verdict.delivery);
    last = each.sequence;
  }
  return waiting;
}

/** The delivery that was taken or set aside. Undefined: known already, or left for the next look. */
async function act(session: FileSession, verdict: Verdict, signs: Signs): Promise<Delivery | undefined> {
  if (verdict.is === "unready") return undefined;
  if (verdict.is === "bad") return setAside(session, verdict.delivery, verdict.reason, signs);
  if (verdict.is === "replay") return dropReplay(session, verdict.delivery, signs);
  return moveIn(session, verdict.delivery, signs);
}

/** What was moved without the rest of its delivery, by a process that ended in between, goes back. */
async function putRight(session: FileSession, set: FileSet): Promise<void> {
  if (set.children.length === 0) return;
  const entries = await session.files.list(session.folders.work);
  const work = entries.map(partsOf).filter((each) => each !== undefined);
  const numbers = new Set((await deliveriesOf(session, set)).map(({ number }) => number));
  const heads = new Set(work.filter(({ name }) => set.pattern.match(name)).map(({ number }) => number));
  for (const file of work) {
    const isChild = set.children.some(({ pattern }) => pattern.match(file.name));
    if (!isChild || numbers.has(file.number) || heads.has(file.number)) continue;
    const back = `${session.folders.in}/${file.name}`;
    // A newer one of the name was delivered meanwhile: it is the one to take.
    const isNewer = (await session.files.stat(back)) !== undefined;
    const aside = `${session.folders.error}/${takenName(file.number, file)}`;
    await moveIfThere(session.files, file.path, isNewer ? aside : back);
  }
}

/** Undefined: somebody else takes the delivery at this moment. */
async function moveIn(session: FileSession, delivery: Delivery, signs: Signs): Promise<Delivery | undefined> {
  const { files, folders } = session;
  const all = [...delivery.children, delivery.head];
  const waited = all.map(({ path }) => path);
  for (const file of all) {
    const target = `${folders.work}/${takenName(delivery.number, file)}`;
    if (!(await moveIfThere(files, file.path, target))) return undefined;
    file.path = target;
  }
  for (const { path } of delivery.children) {
    if (await files.stat(path)) continue;
    // Taken for left behind and put back by another before the head came.
    await moveIfThere(files, delivery.head.path, `${folders.in}/${delivery.head.name}`);
    return undefined;
  }
  for (const path of waited) await signs.drop(path);
  return delivery;
}

async function dropReplay(session: FileSession, delivery: Delivery, signs: Signs): Promise<undefined> {
  session.log.warn("a file was delivered again with the same content and is not read", { file: delivery.head.name });
  for (const file of [...delivery.children, delivery.head]) {
    await moveIfThere(session.files, file.path, `${session.folders.done}/again~${takenName(delivery.number, file)}`);
    await signs.drop(file.path);
  }
  return undefined;
}

/**
 * Sets a delivery aside whole, with the reason beside it. The reason comes first: a file without one explains nothing.
 * Undefined: somebody else has the delivery.
 */
async function setAside(
  session: FileSession,
  delivery: Delivery,
  reason: string,
  signs: Signs,
): Promise<Delivery | undefined> {
  session.log.error("a delivery was set aside", { file: delivery.head.name, reason });
  const report = {
    files: [delivery.head, ...delivery.children].map(({ name }) => name),
    reason,
    at: new Date(session.clock.now()).toISOString(),
  };
  await session.files.write(reasonPath(session, delivery), Buffer.from(`${JSON.stringify(report, null, 2)}\n`));
  const waited = [...delivery.children, delivery.head].map(({ path }) => path);
  if (!(await moveDelivery(session, delivery, "error"))) {
    await session.files.remove(reasonPath(session, delivery));
    return undefined;
  }
  for (const path of waited) await signs.drop(path);
  return delivery;
}

/** Where the reason of a delivery that was set aside stands. */
export function reasonPath(session: FileSession, { number, head }: Delivery): string {
  return `${session.folders.error}/${number}.${head.name}.reason.json`;
}
