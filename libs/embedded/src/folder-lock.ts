import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processIdentity } from "./running-process";

/** Who holds a folder. `since` is RFC 3339. */
export interface FolderHolder {
  pid: number;
  since: string;
  command: string;
  identity?: string;
}

/** A living process holds the folder. */
export class FolderHeldError extends Error {
  override readonly name = "FolderHeldError";
  constructor(
    readonly folder: string,
    readonly holder: FolderHolder,
  ) {
    super(
      `${folder} is in use by process ${holder.pid} since ${holder.since} (${holder.command}). ` +
        `Stop that process first, or choose another folder.`,
    );
  }
}

/** A held folder; `release` may be called more than once. */
export interface FolderLock {
  release(): void;
}

/**
 * Takes the folder for this process by the file `lock.json` in it, and gives it back when the process exits.
 * The lock of a dead process is taken over. Throws FolderHeldError when a living one holds it.
 */
export function lockFolder(folder: string, command = process.argv.slice(0, 3).join(" ")): FolderLock {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "lock.json");
  const mine = JSON.stringify({
    pid: process.pid,
    since: new Date().toISOString(),
    command,
    identity: processIdentity(process.pid),
  } satisfies FolderHolder);
  for (;;) {
    if (create(folder, file, mine)) break;
    const found = readText(file);
    if (found === undefined) continue;
    const holder = parseHolder(found);
    if (holder && isAlive(holder)) throw new FolderHeldError(folder, holder);
    removeStale(file, found);
  }
  const release = (): void => {
    process.removeListener("exit", release);
    if (readText(file) === mine) rmSync(file, { force: true });
  };
  process.once("exit", release);
  return { release };
}

/** The living holder of a folder, if any. */
export function folderHolder(folder: string): FolderHolder | undefined {
  const text = readText(join(folder, "lock.json"));
  const holder = text === undefined ? undefined : parseHolder(text);
  return holder && isAlive(holder) ? holder : undefined;
}

// Written aside and linked: the file is never seen half written, and exactly one of two processes succeeds.
function create(folder: string, file: string, text: string): boolean {
  const draft = join(folder, `.lock-${process.pid}-${Math.random().toString(36).slice(2)}`);
  writeFileSync(draft, text);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

// Another process may have replaced the stale file meanwhile: what was moved away is looked at before it is dropped.
function removeStale(file: string, seen: string): void {
  const aside = `${file}.${process.pid}-${Math.random().toString(36).slice(2)}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (readText(aside) !== seen) {
    try {
      linkSync(aside, file);
    } catch {
      // The place is taken again: the loop looks at who took it.
    }
  }
  rmSync(aside, { force: true });
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function parseHolder(text: string): FolderHolder | undefined {
  try {
    const value = JSON.parse(text) as Partial<FolderHolder>;
    if (typeof value.pid !== "number") return undefined;
    return {
      pid: value.pid,
      since: String(value.since),
      command: String(value.command),
      ...(value.identity === undefined ? {} : { identity: value.identity }),
    };
  } catch {
    return undefined;
  }
}

function isAlive(holder: FolderHolder): boolean {
  const identity = processIdentity(holder.pid);
  return identity !== undefined && (holder.identity === undefined || holder.identity === identity);
}
