import { AdapterError } from "@dovetail/adapter-sdk";
import type { EntityName } from "@dovetail/domain";
import type { FileSession } from "../session";

/** What was given out last, and to whom: `[reference, number]`, oldest first. */
interface Ledger {
  last: number;
  given: [string, number][];
}

/** A push that is repeated after as many others gets a new number. */
const REMEMBERED = 1000;
const ATTEMPTS = 50;

/**
 * The number of an outgoing file: one more than the last of its entity, and for the same reference always the same. The
 * ledger is a file of its own version in the work folder: whoever makes the next version first has the number.
 */
export async function numberFor(session: FileSession, entity: EntityName, reference: string): Promise<number> {
  const { files, signal } = session;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    signal.throwIfAborted();
    const versions = await versionsOf(session, entity);
    const version = versions.at(-1) ?? 0;
    const ledger = version === 0 ? { last: 0, given: [] } : await readLedger(session, pathOf(session, entity, version));
    if (!ledger) continue;
    const known = ledger.given.find(([each]) => each === reference);
    if (known) return known[1];
    const number = ledger.last + 1;
    const next: Ledger = { last: number, given: [...ledger.given.slice(1 - REMEMBERED), [reference, number]] };
    const mine = pathOf(session, entity, version + 1);
    if (!(await create(session, entity, mine, next, version))) continue;
    // Others may have gone on from here and cleared away behind them since this ledger was read.
    if ((await versionsOf(session, entity)).at(-1) !== version + 1) {
      await files.remove(mine);
      continue;
    }
    for (const old of versions) await files.remove(pathOf(session, entity, old));
    return number;
  }
  throw new AdapterError("no number could be drawn for the file: others draw them all the time", {
    category: "TRANSIENT",
    code: "ERP001",
    sent: "no",
  });
}

/** False: somebody else was first. A server refuses a name that is in use without saying so, and by now it may be free. */
async function create(session: FileSession, entity: EntityName, path: string, ledger: Ledger, version: number) {
  try {
    return await session.files.create(path, Buffer.from(JSON.stringify(ledger)));
  } catch (error) {
    const refused = error instanceof AdapterError && error.category === "SERVER";
    if (refused && ((await versionsOf(session, entity)).at(-1) ?? 0) > version) return false;
    throw error;
  }
}

function pathOf({ folders }: FileSession, entity: EntityName, version: number): string {
  return `${folders.work}/out~${entity}~${version}`;
}

async function versionsOf({ files, folders }: FileSession, entity: EntityName): Promise<number[]> {
  const found = await files.list(folders.work, `out~${entity}~*`);
  return found.map(({ path }) => Number(path.slice(path.lastIndexOf("~") + 1))).sort((a, b) => a - b);
}

/** Undefined: a later version has replaced it. */
async function readLedger({ files }: FileSession, path: string): Promise<Ledger | undefined> {
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of files.read(path)) chunks.push(chunk);
    return JSON.parse(Buffer.concat(chunks).toString()) as Ledger;
  } catch (error) {
    if (error instanceof AdapterError && error.category === "NOT_FOUND") return undefined;
    throw error;
  }
}
