import { AdapterError, type FileEntry, matchName } from "@dovetail/adapter-sdk";
import { nameOf } from "../format/text";
import { gone } from "../gone";
import { SetAside } from "../refusal";
import type { FileSession } from "../session";
import type { FileSet } from "../sets";
import { checkChild, checkHead } from "./check";
import { type Delivery, deliveriesOf, moveDelivery, partsOf, takenName, type TakenFile } from "./delivery";

/** The files of one delivery as they lie in the in folder. */
interface Waiting {
  head: FileEntry;
  children: FileEntry[];
}

/**
 * Takes in what is complete: checked from end to end, then renamed into the work folder, lines first and the set's
 * own file last. So a delivery exists from one rename on, and what stood before it is put right by the next look.
 */
export async function pickUp(session: FileSession, set: FileSet, after: number): Promise<void> {
  await putRight(session, set);
  await dropStaleMarks(session);
  const seen = await waiting(session, set);
  if (seen.length === 0) return;
  const still = await standingStill(session, set, seen);
  const known = await deliveriesOf(session, set);
  // Numbers are times so that they grow even when the done folder was emptied; what is there already wins.
  let number = Math.max(after, known.at(-1)?.number ?? 0, session.clock.now() - 1);
  for (const each of still) {
    gone(session.signal);
    const delivery = await take(session, set, each, ++number, known);
    if (delivery) known.push(delivery);
  }
}

/** Lines that were moved before their head was, by a process that ended in between, go back. */
async function putRight(session: FileSession, set: FileSet): Promise<void> {
  if (set.children.length === 0) return;
  const entries = await session.files.list(session.folders.work);
  const work = entries.map(partsOf).filter((each) => each !== undefined);
  const numbers = new Set((await deliveriesOf(session, set)).map(({ number }) => number));
  const heads = new Set(work.filter(({ name }) => matchName(set.pattern, name)).map(({ number }) => number));
  for (const file of work) {
    const isChild = set.children.some(({ pattern }) => matchName(pattern, file.name));
    if (!isChild || numbers.has(file.number) || heads.has(file.number)) continue;
    const back = `${session.folders.in}/${file.name}`;
    // A newer one of the name was delivered meanwhile: it is the one to take.
    if (await session.files.stat(back))
      await session.files.move(file.path, `${session.folders.error}/${takenName(file.number, file.digest, file.name)}`);
    else await session.files.move(file.path, back);
  }
}

/** Deliveries of which every file is there, in order of their names. */
async function waiting(session: FileSession, set: FileSet): Promise<Waiting[]> {
  const { files, folders, log } = session;
  const heads = await files.list(folders.in, set.pattern);
  if (heads.length === 0) return [];
  const children = await Promise.all(set.children.map(({ pattern }) => files.list(folders.in, pattern)));
  const complete: Waiting[] = [];
  for (const head of heads) {
    const own = set.children.map(({ pattern }, index) =>
      children[index]?.find((child) => belongs(set.pattern, head, pattern, child)),
    );
    if (own.every((child) => child !== undefined)) complete.push({ head, children: own as FileEntry[] });
    else log.info("a file waits for the file of its lines", { file: nameOf(head.path) });
  }
  return complete;
}

/** What the wildcards stand for must be the same; a pattern without wildcards goes with any. */
function belongs(headPattern: string, head: FileEntry, childPattern: string, child: FileEntry): boolean {
  const of = (pattern: string, entry: FileEntry) => matchName(pattern, nameOf(entry.path)) ?? [];
  const [mine, theirs] = [of(headPattern, head), of(childPattern, child)];
  return mine.length === 0 || theirs.length === 0 || mine.join("\n") === theirs.join("\n");
}

async function standingStill(session: FileSession, set: FileSet, seen: Waiting[]): Promise<Waiting[]> {
  const { marker, stableMs } = session.config;
  if (marker !== "none") return marked(session, seen);
  if (stableMs > 0) await session.clock.sleep(stableMs, session.signal);
  const stamp = ({ head, children }: Waiting) => JSON.stringify([head, ...children]);
  const before = new Set(seen.map(stamp));
  return (await waiting(session, set)).filter((each) => before.has(stamp(each)));
}

async function marked(session: FileSession, seen: Waiting[]): Promise<Waiting[]> {
  const entries = await session.files.list(session.folders.in, `*.${session.config.marker}`);
  const marks = new Set(entries.map(({ path }) => path));
  return seen.filter(({ head, children }) => [head, ...children].every(({ path }) => marks.has(markOf(session, path))));
}

function markOf(session: FileSession, path: string): string {
  return `${path}.${session.config.marker}`;
}

/** Undefined: left where it is for the next look, or known already. */
async function take(
  session: FileSession,
  set: FileSet,
  { head, children }: Waiting,
  number: number,
  known: readonly Delivery[],
): Promise<Delivery | undefined> {
  const all = [...children, head];
  let aside: SetAside | undefined;
  const digests: string[] = [];
  try {
    for (const [index, { path }] of all.entries()) {
      const child = set.children[index];
      const { sha256 } = child
        ? await checkChild(session, child.layout, child.parentKey, path)
        : await checkHead(session, set, path);
      await mustMatchMark(session, path, sha256);
      digests.push(sha256.slice(0, 16));
    }
  } catch (error) {
    if (error instanceof AdapterError && error.category === "NOT_FOUND") return undefined;
    if (!(error instanceof SetAside)) throw error;
    aside = error;
  }
  if (!(await unchanged(session, all))) return undefined;
  const files = all.map((entry, index): TakenFile => {
    const name = nameOf(entry.path);
    return { path: entry.path, name, digest: digests[index] ?? "0".repeat(16), size: entry.size };
  });
  const delivery: Delivery = { number, head: files.at(-1) as TakenFile, children: files.slice(0, -1), state: "work" };
  if (aside) return setAside(session, delivery, aside.message);
  if (isReplay(delivery, known)) return dropReplay(session, delivery);
  await moveIn(session, delivery);
  return delivery;
}

async function unchanged(session: FileSession, entries: readonly FileEntry[]): Promise<boolean> {
  for (const entry of entries) {
    const now = await session.files.stat(entry.path);
    if (now?.size !== entry.size || now.modifiedAt !== entry.modifiedAt) return false;
  }
  return true;
}

async function mustMatchMark(session: FileSession, path: string, sha256: string): Promise<void> {
  if (session.config.marker !== "sha256") return;
  let text = "";
  for await (const chunk of session.files.read(markOf(session, path))) text += Buffer.from(chunk).toString("latin1");
  const wanted = /[0-9a-f]{64}/i.exec(text)?.[0].toLowerCase();
  if (wanted !== sha256)
    throw new SetAside(
      `${nameOf(path)} does not have the SHA-256 that its .sha256 file says: it was damaged on its way`,
    );
}

/**
 * The content of the newest delivery once more says nothing new. Of an older one it may be a return to an earlier
 * state, unless it comes under a name that has always stood for this content.
 */
function isReplay(delivery: Delivery, known: readonly Delivery[]): boolean {
  const digests = ({ head, children }: Delivery) => [head, ...children].map(({ digest }) => digest).join();
  const mine = digests(delivery);
  const read = known.filter(({ state }) => state !== "error");
  const newest = read.at(-1);
  if (newest && digests(newest) === mine) return true;
  const namesakes = read.filter(({ head }) => head.name === delivery.head.name);
  return namesakes.length > 0 && namesakes.every((earlier) => digests(earlier) === mine);
}

async function moveIn(session: FileSession, delivery: Delivery): Promise<void> {
  for (const file of [...delivery.children, delivery.head]) {
    const target = `${session.folders.work}/${takenName(delivery.number, file.digest, file.name)}`;
    await session.files.move(file.path, target);
    await dropMark(session, file.path);
    file.path = target;
  }
}

async function dropReplay(session: FileSession, delivery: Delivery): Promise<undefined> {
  session.log.warn("a file was delivered again with the same content and is not read", { file: delivery.head.name });
  for (const file of [...delivery.children, delivery.head]) {
    await session.files.move(
      file.path,
      `${session.folders.done}/again~${takenName(delivery.number, file.digest, file.name)}`,
    );
    await dropMark(session, file.path);
  }
  return undefined;
}

/** Sets a delivery aside whole, with the reason beside it. The reason comes first: a file without one explains nothing. */
export async function setAside(session: FileSession, delivery: Delivery, reason: string): Promise<Delivery> {
  session.log.error("a delivery was set aside", { file: delivery.head.name, reason });
  const report = {
    files: [delivery.head, ...delivery.children].map(({ name }) => name),
    reason,
    at: new Date(session.clock.now()).toISOString(),
  };
  await session.files.write(reasonPath(session, delivery), Buffer.from(`${JSON.stringify(report, null, 2)}\n`));
  const waited = [...delivery.children, delivery.head].map(({ path }) => path);
  await moveDelivery(session, delivery, "error");
  for (const path of waited) await dropMark(session, path);
  return delivery;
}

/** Where the reason of a delivery that was set aside stands. */
export function reasonPath(session: FileSession, { number, head }: Delivery): string {
  return `${session.folders.error}/${number}.${head.name}.reason.json`;
}

/** A sign without its file would vouch for a half one of the same name: it was left by a process that ended. */
async function dropStaleMarks(session: FileSession): Promise<void> {
  const { config, files, folders } = session;
  if (config.marker === "none") return;
  for (const { path } of await files.list(folders.in, `*.${config.marker}`))
    if (!(await files.stat(path.slice(0, -config.marker.length - 1)))) await files.remove(path);
}

async function dropMark(session: FileSession, path: string): Promise<void> {
  if (session.config.marker !== "none" && path.startsWith(`${session.folders.in}/`))
    await session.files.remove(markOf(session, path));
}
