import { type FileEntry, matchName } from "@dovetail/adapter-sdk";
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
}

/** What was taken in at once: the file of a set and those of its lines, in the order of the set's children. */
export interface Delivery {
  /** Grows from delivery to delivery of a set. */
  number: number;
  head: TakenFile;
  children: TakenFile[];
  state: "work" | "done" | "error";
}

/** `<number>~<digest>~<name>`: the whole ledger is in the names, so that it cannot be lost apart from the files. */
const TAKEN = /^(\d{1,15})~([0-9a-f]{16})~(.+)$/s;

export function takenName(number: number, digest: string, name: string): string {
  return `${number}~${digest}~${name}`;
}

interface Found {
  number: number;
  file: TakenFile;
  state: Delivery["state"];
}

/** Taken files whose name matches, wherever they stand. */
async function taken(session: FileSession, pattern: string): Promise<Found[]> {
  const found: Found[] = [];
  // Against the way they move, or a file that moves meanwhile is missed.
  for (const state of ["work", "done", "error"] as const) {
    for (const entry of await session.files.list(session.folders[state])) {
      const parts = partsOf(entry);
      if (parts && matchName(pattern, parts.name)) found.push({ number: parts.number, file: parts, state });
    }
  }
  return found;
}

export function partsOf(entry: FileEntry): (TakenFile & { number: number }) | undefined {
  const parts = TAKEN.exec(entry.path.slice(entry.path.lastIndexOf("/") + 1));
  if (!parts) return undefined;
  const [, number = "", digest = "", name = ""] = parts;
  return { number: Number(number), digest, name, path: entry.path, size: entry.size };
}

/** The complete deliveries of a set, oldest first. */
export async function deliveriesOf(session: FileSession, set: FileSet): Promise<Delivery[]> {
  const heads = await taken(session, set.pattern);
  const children = await Promise.all(set.children.map((child) => taken(session, child.pattern)));
  const deliveries = new Map<number, Delivery>();
  for (const { number, file, state } of heads) {
    const own = children.map((found) => found.find((each) => each.number === number)?.file);
    if (own.every((each) => each !== undefined))
      deliveries.set(number, { number, head: file, children: own as TakenFile[], state });
    else if (state === "error") deliveries.set(number, { number, head: file, children: [], state });
  }
  return [...deliveries.values()].sort((a, b) => a.number - b.number);
}

/** Moves all files of a delivery, those of its lines first: where the head stands, the rest stands or stood. */
export async function moveDelivery(session: FileSession, delivery: Delivery, to: "done" | "error"): Promise<void> {
  for (const file of [...delivery.children, delivery.head]) {
    const target = `${session.folders[to]}/${takenName(delivery.number, file.digest, file.name)}`;
    if (file.path === target) continue;
    await session.files.move(file.path, target);
    file.path = target;
  }
  delivery.state = to;
}
