import { AdapterError, type FileEntry } from "@dovetail/adapter-sdk";
import { nameOf } from "../format/text";
import { SetAside } from "../refusal";
import type { FileSession } from "../session";
import type { FileSet } from "../sets";
import { checkChild, checkHead } from "./check";
import { type Delivery, type TakenFile, UNKNOWN } from "./delivery";
import { aheadOf, expectedAfter, missing } from "./sequence";
import type { Signs } from "./signs";
import type { Waiting } from "./waiting";

/** What a waiting delivery is held against. */
export interface Before {
  /** Oldest first. */
  known: readonly Delivery[];
  signs: Signs;
  /** The sender's number of the delivery that was taken last. */
  last: number | undefined;
}

/** What is to become of a waiting delivery; `unready`: left where it is for the next look. */
export type Verdict =
  { is: "unready" } | { is: "new" | "replay"; delivery: Delivery } | { is: "bad"; delivery: Delivery; reason: string };

/** Bytes; file systems have names of 255, and what is written before and behind a name takes up to 55. */
const LONGEST_NAME = 200;

/** Numbered deliveries in the order of their numbers, those without one last. */
export function inOrder(found: readonly Waiting[], { sequence }: FileSet, last: number | undefined): Waiting[] {
  if (!sequence) return [...found];
  const distance = ({ sequence: number = 0 }: Waiting) =>
    Number.isNaN(number) ? Number.MAX_SAFE_INTEGER : aheadOf(number, last, sequence);
  return [...found].sort((a, b) => distance(a) - distance(b));
}

/** Why a delivery stays in the in folder, in words for its sender. */
export function reasonToWait(each: Waiting, { sequence }: FileSet, last: number | undefined): string | undefined {
  const long = [each.head, ...each.children]
    .map(({ path }) => nameOf(path))
    .find((name) => Buffer.byteLength(name) > LONGEST_NAME);
  if (long !== undefined)
    return `the name ${long} has ${Buffer.byteLength(long)} bytes, and at most ${LONGEST_NAME} can be kept: deliver it under a shorter one`;
  const { sequence: number = 0 } = each;
  if (!sequence) return undefined;
  if (Number.isNaN(number)) return "its .seq file holds no number";
  const ahead = aheadOf(number, last, sequence);
  if (ahead > 0) return `it has the number ${number}, and ${missing(expectedAfter(last, sequence), number, sequence)}`;
  if (ahead < 0 && last === undefined) return `it has the number ${number}, and the first is ${sequence.first}`;
  return undefined;
}

/** Looks at all of a delivery, and changes nothing. */
export async function judge(
  session: FileSession,
  set: FileSet,
  each: Waiting,
  { known, signs, last, number }: Before & { number: number },
): Promise<Verdict> {
  const all = [...each.children, each.head];
  const digests: string[] = [];
  let reason: string | undefined;
  try {
    for await (const { path, sha256 } of checked(session, set, all)) {
      if (!(await signs.matches(path, sha256))) return { is: "unready" };
      digests.push(sha256.slice(0, 16));
    }
  } catch (error) {
    if (error instanceof AdapterError && error.category === "NOT_FOUND") return { is: "unready" };
    if (!(error instanceof SetAside)) throw error;
    reason = error.message;
  }
  if (!(await unchanged(session, all))) return { is: "unready" };
  const delivery = deliveryOf(each, digests, number);
  if (reason !== undefined) return { is: "bad", delivery, reason };
  if (!set.sequence || each.sequence === undefined)
    return { is: isReplay(delivery, known) ? "replay" : "new", delivery };
  if (aheadOf(each.sequence, last, set.sequence) >= 0) return { is: "new", delivery };
  if (isSameNumber(delivery, known)) return { is: "replay", delivery };
  const next = expectedAfter(last, set.sequence);
  reason = `the number ${each.sequence} was taken already, with other content; ${next} comes next`;
  return { is: "bad", delivery, reason };
}

/** The digest of each file, one after the other. Throws SetAside with what is wrong. */
async function* checked(session: FileSession, set: FileSet, all: readonly FileEntry[]) {
  for (const [index, { path }] of all.entries()) {
    const child = set.children[index];
    const { sha256 } = child
      ? await checkChild(session, child.layout, child.parentKey, path)
      : await checkHead(session, set, path);
    yield { path, sha256 };
  }
}

function deliveryOf({ head, children, sequence }: Waiting, digests: readonly string[], number: number): Delivery {
  const own = sequence === undefined ? {} : { sequence };
  const files = [...children, head].map(({ path, size }, index): TakenFile => {
    return { path, name: nameOf(path), digest: digests[index] ?? UNKNOWN, size, ...own };
  });
  return { number, head: files.at(-1) as TakenFile, children: files.slice(0, -1), state: "work", ...own };
}

async function unchanged(session: FileSession, entries: readonly FileEntry[]): Promise<boolean> {
  for (const entry of entries) {
    const now = await session.files.stat(entry.path);
    if (now?.size !== entry.size || now.modifiedAt !== entry.modifiedAt) return false;
  }
  return true;
}

/**
 * The content of the newest delivery once more says nothing new. Of an older one it may be a return to an earlier
 * state, unless it comes under a name that has always stood for this content.
 */
function isReplay(delivery: Delivery, known: readonly Delivery[]): boolean {
  const mine = digests(delivery);
  const read = known.filter(({ state }) => state !== "error");
  const newest = read.at(-1);
  if (newest && digests(newest) === mine) return true;
  const namesakes = read.filter(({ head }) => head.name === delivery.head.name);
  return namesakes.length > 0 && namesakes.every((earlier) => digests(earlier) === mine);
}

/** A number that was taken already, with the content that it had. */
function isSameNumber(delivery: Delivery, known: readonly Delivery[]): boolean {
  const read = known.filter(({ state, sequence }) => state !== "error" && sequence === delivery.sequence);
  return read.some((earlier) => digests(earlier) === digests(delivery));
}

const digests = ({ head, children }: Delivery) => [head, ...children].map(({ digest }) => digest).join();
