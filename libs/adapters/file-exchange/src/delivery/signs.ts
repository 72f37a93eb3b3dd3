import { AdapterError, type FileEntry } from "@dovetail/adapter-sdk";
import type { FileConfig } from "../config";
import { nameOf } from "../format/text";
import { SetAside } from "../refusal";
import type { FileSession } from "../session";
import type { FileSet } from "../sets";
import { UNKNOWN } from "./delivery";

/** A file with digests is a few lines long; one of this size is none. */
const MAX_SIGN = 4 * 1024 * 1024;

interface Digests {
  path: string;
  /** SHA-256 by the name of the file. */
  of: ReadonlyMap<string, string>;
}

/** What lies beside the files of the in folder: signs that they are complete, digests, and their numbers. */
export class Signs {
  private constructor(
    private readonly session: FileSession,
    private readonly paths: ReadonlySet<string>,
    /** Files of digests, in the format of sha256sum. */
    private readonly digests: readonly Digests[],
  ) {}

  static async read(session: FileSession): Promise<Signs> {
    const { config, files, folders } = session;
    const paths = (await files.list(folders.in)).map(({ path }) => path);
    const digests: Digests[] = [];
    if (config.marker === "sha256")
      for (const path of paths.filter(isDigests)) {
        const hasFile = paths.includes(path.replace(/\.sha256$/, ""));
        digests.push({ path, of: digestsOf(path, await this.text(session, path), hasFile) });
      }
    return new Signs(session, new Set(paths), digests);
  }

  /** Empty where it is gone: another entity's read may have cleared it away. */
  private static async text({ files }: FileSession, path: string): Promise<string> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const chunk of files.read(path)) {
        chunks.push(chunk);
        if ((size += chunk.length) > MAX_SIGN) break;
      }
    } catch (error) {
      if (!(error instanceof AdapterError) || error.category !== "NOT_FOUND") throw error;
    }
    return Buffer.concat(chunks).toString("utf8");
  }

  /** Whether the file is said to be complete, or nothing needs to say so. */
  has(path: string): boolean {
    const { marker } = this.session.config;
    if (marker === "none") return true;
    if (marker === "done") return this.paths.has(`${path}.done`);
    return this.paths.has(ownSign(path)) || this.isListed(path);
  }

  /** Only a list vouches for the file: it may have come before it. */
  isListed(path: string): boolean {
    return !this.paths.has(ownSign(path)) && this.listedDigests(path).length > 0;
  }

  /**
   * Compares a digest with what is said of the file. False: a list speaks of an earlier file of the name, this one's
   * is still to come. Throws SetAside for a file that was damaged.
   */
  async matches(path: string, sha256: string): Promise<boolean> {
    if (this.session.config.marker !== "sha256") return true;
    const name = nameOf(path);
    const own = this.digests.find((each) => each.path === ownSign(path));
    const said = own ? [own.of.get(name) ?? ""] : this.listedDigests(path);
    if (said.includes(sha256)) return true;
    if (!own) {
      const taken = await this.taken();
      if (said.every((digest) => taken.has(`${digest.slice(0, 16)}~${name}`))) return false;
    }
    throw new SetAside(
      `${name} does not have the SHA-256 that ${own ? "its .sha256 file" : "the list of digests"} says: it was damaged on its way`,
    );
  }

  /** The number in `<file>.seq`: undefined without such a file, NaN when it holds no number. */
  async sequenceOf(path: string): Promise<number | undefined> {
    if (!this.paths.has(`${path}.seq`)) return undefined;
    const text = (await Signs.text(this.session, `${path}.seq`)).trim();
    return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  }

  /** Removes what spoke of a file that was taken, but no list that speaks of others too. */
  async drop(path: string): Promise<void> {
    const { config, files, folders } = this.session;
    if (!path.startsWith(`${folders.in}/`)) return;
    for (const sign of [`${path}.seq`, ...(config.marker === "none" ? [] : [`${path}.${config.marker}`])])
      if (this.paths.has(sign)) await files.remove(sign);
  }

  /** A sign without its file would vouch for a half one of the same name: it was left by a process that ended. */
  async dropStale(set: FileSet): Promise<void> {
    const { config, files } = this.session;
    for (const path of this.paths) {
      const ending = endingsOf(config, set).find((each) => path.endsWith(each));
      const list = this.digests.find((each) => each.path === path);
      if (ending === undefined || (list && !isOwn(list))) continue;
      // Looked at anew: a listing may have missed a file that came while it was made.
      if (!(await files.stat(path.slice(0, -ending.length)))) await files.remove(path);
    }
    const lists = this.digests.filter((each) => !isOwn(each));
    if (lists.length === 0) return;
    const taken = await this.taken();
    const isDone = ([name, digest]: [string, string]) =>
      [digest.slice(0, 16), UNKNOWN].some((known) => taken.has(`${known}~${name}`));
    // A list without a line that can be read may still be on its way.
    for (const { path, of } of lists) if (of.size > 0 && [...of].every(isDone)) await files.remove(path);
  }

  /** Whether a file speaks of others. */
  isSign(path: string, set: FileSet): boolean {
    const { config } = this.session;
    return (
      endingsOf(config, set).some((each) => path.endsWith(each)) || (config.marker === "sha256" && isDigests(path))
    );
  }

  private listedDigests(path: string): string[] {
    return this.digests.map(({ of }) => of.get(nameOf(path))).filter((digest) => digest !== undefined);
  }

  /** `<digest>~<name>` of everything that was ever taken and is still kept. */
  private async taken(): Promise<Set<string>> {
    const { files, folders } = this.session;
    const found = new Set<string>();
    for (const folder of [folders.work, folders.done, folders.error])
      for (const entry of await files.list(folder)) found.add(keyOf(entry));
    return found;
  }
}

function endingsOf({ marker }: FileConfig, set: FileSet): string[] {
  return [...(set.sequence?.by === "file" ? [".seq"] : []), ...(marker === "none" ? [] : [`.${marker}`])];
}

function keyOf({ path }: FileEntry): string {
  return nameOf(path).replace(/^(again~)?\d+(\.\d+)?~/, "");
}

const ownSign = (path: string) => `${path}.sha256`;

function isDigests(path: string): boolean {
  return /(^|\/)sha256sums(\.\w+)?$/i.test(path) || path.endsWith(".sha256");
}

/** Whether it speaks of the file beside it alone. */
function isOwn({ path, of }: Digests): boolean {
  return of.size === 1 && of.has(nameOf(path).replace(/\.sha256$/, ""));
}

/**
 * Lines of sha256sum: a digest, a blank, a blank or `*`, a name; one with a backslash at its head has escaped names.
 * Folders in names are those of the sender. A single digest beside a file is of that file, whatever it is called there.
 */
function digestsOf(path: string, text: string, hasFile: boolean): Map<string, string> {
  const found = new Map<string, string>();
  const beside = nameOf(path).replace(/\.sha256$/, "");
  const lines = text
    .split(/\r?\n/)
    .map((line) => /^(\\?)([0-9a-f]{64})(?:[ \t]+\*?(.+?))?\s*$/i.exec(line))
    .filter((line) => line !== null);
  for (const [, escaped, digest = "", name = ""] of lines) {
    const plain = escaped ? name.replace(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char)) : name;
    const isBeside = lines.length === 1 && path.endsWith(".sha256") && (hasFile || plain === "");
    found.set(isBeside ? beside : plain.slice(plain.lastIndexOf("/") + 1), digest.toLowerCase());
  }
  return found;
}
