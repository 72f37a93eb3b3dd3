import type { FileSession } from "../session";
import type { FileSet, Sequence } from "../sets";
import type { Delivery } from "./delivery";

/**
 * How far a number lies before (above zero) or behind the one that comes after `last`; with wrap-around the shorter
 * way. While none was taken (`last` undefined) none is behind: below zero are numbers that never come.
 */
export function aheadOf(number: number, last: number | undefined, sequence: Sequence): number {
  const distance = number - expectedAfter(last, sequence);
  if (last === undefined || sequence.last === undefined) return distance;
  const period = sequence.last - sequence.first + 1;
  const around = ((distance % period) + period) % period;
  return around < period / 2 ? around : around - period;
}

/** The number that comes behind the last one that was taken. */
export function expectedAfter(last: number | undefined, sequence: Sequence): number {
  return last === undefined || last === sequence.last ? sequence.first : last + 1;
}

/** `8`, or `8 to 11` before a number that came too early. */
export function missing(expected: number, number: number, sequence: Sequence): string {
  const before = sequence.last !== undefined && number === sequence.first ? sequence.last : number - 1;
  return before === expected ? `number ${expected} is missing` : `the numbers ${expected} to ${before} are missing`;
}

/** The delivery that was taken last, and the number that its sender gave it. */
export interface LastTaken {
  number: number;
  sequence: number;
}

/**
 * What was taken last. One that was set aside did not take its number: the repaired one comes under the same. Files are
 * cleared away and cursors begin anew, so the number is kept apart from both.
 */
export async function lastTaken(
  session: FileSession,
  set: FileSet,
  known: readonly Delivery[],
): Promise<LastTaken | undefined> {
  if (!set.sequence) return undefined;
  const kept = (await keptOf(session, set)).at(-1);
  const newest = known.findLast(({ state, sequence }) => state !== "error" && sequence !== undefined);
  if (newest?.sequence === undefined || (kept && kept.number > newest.number)) return kept;
  return { number: newest.number, sequence: newest.sequence };
}

/** Keeps what was taken last as a name in the work folder: `in~<Entity>~<delivery>.<number>`. */
export async function keepLast(session: FileSession, set: FileSet, last: LastTaken | undefined): Promise<void> {
  if (!last) return;
  const { files } = session;
  const kept = await keptOf(session, set);
  if (!kept.some(({ number }) => number >= last.number))
    await files.write(pathOf(session, set, last), Buffer.from(`${last.sequence}\n`));
  for (const old of kept) if (old.number < last.number) await files.remove(pathOf(session, set, old));
}

function pathOf({ folders }: FileSession, { entity }: FileSet, { number, sequence }: LastTaken): string {
  return `${folders.work}/in~${entity}~${number}.${sequence}`;
}

async function keptOf({ files, folders }: FileSession, { entity }: FileSet): Promise<LastTaken[]> {
  const entries = await files.list(folders.work, `in~${entity}~*`);
  return entries
    .map(({ path }) => /~(\d{1,15})\.(\d{1,15})$/.exec(path))
    .filter((parts) => parts !== null)
    .map(([, number, sequence]) => ({ number: Number(number), sequence: Number(sequence) }))
    .sort((a, b) => a.number - b.number);
}
