import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";

/** The account that PostgreSQL runs as. Empty: our own. */
export interface ServerAccount {
  uid?: number;
  gid?: number;
}

/** PostgreSQL refuses root: then `postgres` where it exists, else `nobody`. */
export function serverAccount(): ServerAccount {
  if (process.getuid?.() !== 0) return {};
  try {
    const id = (flag: string): number =>
      Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    return { uid: 65534, gid: 65534 };
  }
}

/** Whether the account may enter the folder: every folder on the way must let it pass. */
export function canEnter(folder: string, account: ServerAccount): boolean {
  if (account.uid === undefined) return true;
  for (let path = resolve(folder); ; path = dirname(path)) {
    if (existsSync(path)) {
      const { mode, uid, gid } = statSync(path);
      const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
      if (!(mode & bit)) return false;
    }
    if (path === dirname(path)) return true;
  }
}

/** Gives the account a folder of its own. */
export function giveFolder(folder: string, account: ServerAccount): void {
  mkdirSync(folder, { recursive: true });
  if (account.uid !== undefined) chownSync(folder, account.uid, account.gid ?? account.uid);
}

const PUBLIC_ROOT = "/var/lib/dovetail";

/**
 * The binaries at a place that the account can enter: the folder itself, or a copy below /var/lib/dovetail
 * (PostgreSQL otherwise fails with a misleading "libicuuc.so.60: cannot open").
 */
export function enterableBinaries(folder: string, version: string, account: ServerAccount): string {
  if (canEnter(folder, account)) return folder;
  const copy = join(PUBLIC_ROOT, `postgresql-${version}`);
  if (existsSync(copy) && isOursAlone(copy)) return copy;
  mkdirSync(PUBLIC_ROOT, { recursive: true, mode: 0o755 });
  const draft = `${copy}.${process.pid}`;
  cpSync(folder, draft, { recursive: true, verbatimSymlinks: true });
  rmSync(copy, { recursive: true, force: true });
  renameSync(draft, copy);
  return copy;
}

function isOursAlone(path: string): boolean {
  const { uid, mode } = lstatSync(path);
  return uid === process.getuid?.() && !(mode & 0o022);
}

/**
 * Where the data of `folder` can live: the folder itself, or one below /var/lib/dovetail when the account cannot enter
 * it. `folder/data-path` remembers that place; when the folder is deleted, the next start begins anew.
 */
export function enterableData(folder: string, account: ServerAccount): string {
  mkdirSync(folder, { recursive: true });
  const pointer = join(folder, "data-path");
  if (existsSync(pointer)) {
    const place = readFileSync(pointer, "utf8").trim();
    giveFolder(place, account);
    return place;
  }
  if (canEnter(folder, account)) {
    giveFolder(folder, account);
    return folder;
  }
  const name = createHash("sha256").update(resolve(folder)).digest("hex").slice(0, 16);
  const place = join(PUBLIC_ROOT, `data-${name}`);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(PUBLIC_ROOT, { recursive: true, mode: 0o755 });
  giveFolder(place, account);
  writeFileSync(pointer, `${place}\n`);
  return place;
}
