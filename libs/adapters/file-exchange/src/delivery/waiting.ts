import type { FileEntry } from "@dovetail/adapter-sdk";
import type { NamePattern } from "../file-name";
import { nameOf } from "../format/text";
import type { FileSession } from "../session";
import type { FileSet } from "../sets";
import { Signs } from "./signs";

/** The files of one delivery as they lie in the in folder. */
export interface Waiting {
  head: FileEntry;
  children: FileEntry[];
  /** The sender's number; NaN: its file holds none. */
  sequence?: number;
}

/** Deliveries that are all there, complete and still, in order of their names. Changes nothing. */
export async function completeDeliveries(
  session: FileSession,
  set: FileSet,
): Promise<{ found: Waiting[]; signs: Signs }> {
  let signs = await Signs.read(session);
  let found = (await inFolder(session, set, signs)).filter((each) => isSigned(each, signs));
  if (found.some((each) => mustStandStill(session, each, signs))) {
    const { stableMs } = session.config;
    if (stableMs > 0) await session.clock.sleep(stableMs, session.signal);
    const before = new Set(found.map(stamp));
    signs = await Signs.read(session);
    found = (await inFolder(session, set, signs)).filter((each) => before.has(stamp(each)) && isSigned(each, signs));
  }
  return { found: await numbered(session, set, found, signs), signs };
}

const filesOf = ({ head, children }: Waiting) => [head, ...children];
const stamp = (each: Waiting) => JSON.stringify(filesOf(each));

function isSigned(each: Waiting, signs: Signs): boolean {
  return filesOf(each).every(({ path }) => signs.has(path));
}

/** A sign comes behind its file; a list of digests may come before. */
function mustStandStill({ config }: FileSession, each: Waiting, signs: Signs): boolean {
  if (config.marker === "none") return true;
  return config.marker === "sha256" && filesOf(each).some(({ path }) => signs.isListed(path));
}

async function inFolder({ files, folders, log }: FileSession, set: FileSet, signs: Signs): Promise<Waiting[]> {
  const list = async (pattern: NamePattern) =>
    (await files.list(folders.in, pattern.glob)).filter(
      ({ path }) => pattern.match(nameOf(path)) !== undefined && !signs.isSign(path, set),
    );
  const heads = await list(set.pattern);
  if (heads.length === 0) return [];
  const children = await Promise.all(set.children.map(({ pattern }) => list(pattern)));
  const complete: Waiting[] = [];
  for (const head of heads) {
    const own = set.children.map(({ pattern }, index) =>
      children[index]?.find((child) => belongs(set.pattern, head, pattern, child)),
    );
    if (own.every((child) => child !== undefined)) complete.push({ head, children: own });
    else log.info("a file waits for the file of its lines", { file: nameOf(head.path) });
  }
  return complete;
}

/** What the wildcards stand for must be the same; a pattern without wildcards goes with any. */
function belongs(headPattern: NamePattern, head: FileEntry, childPattern: NamePattern, child: FileEntry): boolean {
  const mine = headPattern.match(nameOf(head.path));
  const theirs = childPattern.match(nameOf(child.path));
  if (!mine || !theirs) return false;
  const numbers = mine.sequence === undefined || theirs.sequence === undefined || mine.sequence === theirs.sequence;
  const names = mine.wild.length === 0 || theirs.wild.length === 0 || mine.wild.join("\n") === theirs.wild.join("\n");
  return numbers && names;
}

async function numbered(session: FileSession, set: FileSet, found: Waiting[], signs: Signs): Promise<Waiting[]> {
  if (!set.sequence) return found;
  const all: Waiting[] = [];
  for (const each of found) {
    const { path } = each.head;
    const sequence =
      set.sequence.by === "name" ? set.pattern.match(nameOf(path))?.sequence : await signs.sequenceOf(path);
    if (sequence !== undefined) all.push({ ...each, sequence });
    else session.log.info("a file waits for its number", { file: nameOf(path) });
  }
  return all;
}
