import { AdapterError, type FileEntry, type Files } from "@dovetail/adapter-sdk";
import type { NamePattern } from "../file-name";
import type { FileSession } from "../session";
import type { FileSet } from "../sets";

/** A file that was taken in. */
export interface TakenFile {
  /** Where it is now. */
  path: string;
  /** As its sender called it. */
  name: string;
  /** First 16 hexadecimal digits of the SHA-256 of its content. */
  digest: string;
  size: number;
  /** The number that its sender gave the delivery. */
  sequence?: number;
}

/** What was taken in at once: the file of a set and those of its lines, in the order of the set's children. */
export interface Delivery {
  /** Grows from delivery to delivery of a set. */
  number: number;
  head: TakenFile;
  children: TakenFile[];
  state: "work" | "done" | "error";
  sequence?: number;
}

/** `<number>~<digest>~<name>`: the whole ledger is in the names, so that it cannot be lost apart from the files. */
const TAKEN = /^(\d{1,15})(?:\.(\d{1,15}))?~([0-9a-f]{16})~(.+)$/s;

/** Stands for the digest of a file that could not be read to its end. */
export const UNKNOWN = "0".repeat(16);

/** `<number>.<sequence>~…` where the sender numbers the deliveries. */
export function takenName(number: number, { digest, name, sequence }: TakenFile): string {
  return `${number}${sequence === undefined ? "" : `.${sequence}`}~${digest}~${name}`;
}

interface Found {
  number: number;
  file: TakenFile;
  state: Delivery["state"];
}

/** Taken files whose name matches, wherever they stand. */
async function taken(session: FileSession, pattern: NamePattern): Promise<Found[]> {
  const found: Found[] = [];
  // Against the way they move, or a file that moves meanwhile is missed.
  for (const state of ["work", "done", "error"] as const) {
    for (const entry of await session.files.list(session.folders[state])) {
      const parts = partsOf(entry);
      if (parts && pattern.match(parts.name)) found.push({ number: parts.number, file: parts, state });
    }
  }
  return found;
}

export function partsOf(entry: FileEntry): (TakenFile & { number: number }) | undefined {
  const parts = TAKEN.exec(entry.path.slice(entry.path.lastIndexOf("/") + 1));
  if (!parts) return undefined;
  const [, number = "", sequence, digest = "", name = ""] = parts;
  const own = { number: Number(number), digest, name, path: entry.path, size: entry.size };
  return sequence === undefined ? own : { ...own, sequence: Number(sequence) };
}

/** The complete deliveries of a set, oldest first. */
export async function deliveriesOf(session: FileSession, set: FileSet): Promise<Delivery[]> {
  const heads = await taken(session, set.pattern);
  const children = await Promise.all(set.children.map((child) => taken(session, child.pattern)));
  const deliveries = new Map<number, Delivery>();
  for (const { number, file, state } of heads) {
    const own = children.map((found) => found.find((each) => each.number === number)?.file);
    const whole = own.every((each) => each !== undefined);
    const sequence = file.sequence === undefined ? {} : { sequence: file.sequence };
    if (whole) deliveries.set(number, { number, head: file, children: own, state, ...sequence });
    else if (state === "error") deliveries.set(number, { number, head: file, children: [], state, ...sequence });
  }
  return [...deliveries.values()].sort((a, b) => a.number - b.number);
}

/** False: the file is not there any more; of those that take it at once one has it. */
export async function moveIfThere(files: Files, from: string, to: string): Promise<boolean> {
  try {
    await files.move(from, to);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/**
 * Moves all files of a delivery, those of its lines first: where the head stands, the rest stands or stood. False: its
 * head was not there to be moved, for somebody else was first.
 */
export async function moveDelivery(session: FileSession, delivery: Delivery, to: "done" | "error"): Promise<boolean> {
  let moved = true;
  for (const file of [...delivery.children, delivery.head]) {
    const target = `${session.folders[to]}/${takenName(delivery.number, file)}`;
    if (file.path === target) continue;
    moved = await moveIfThere(session.files, file.path, target);
    file.path = target;
  }
  delivery.state = to;
  return moved;
}

/** The files of a session, where one that another reader moves from work to done meanwhile is read there. */
export function followingMoves({ files, folders }: FileSession): Files {
  const read = async function* (path: string, from?: number): AsyncGenerator<Uint8Array> {
    let begun = false;
    try {
      for await (const chunk of files.read(path, from)) {
        begun = true;
        yield chunk;
      }
    } catch (error) {
      if (begun || !isMissing(error) || !path.startsWith(`${folders.work}/`)) throw error;
      yield* files.read(folders.done + path.slice(folders.work.length), from);
    }
  };
  return Object.assign(Object.create(files) as Files, { read });
}

export function isMissing(error: unknown): boolean {
  return error instanceof AdapterError && error.category === "NOT_FOUND";
}
