import type { FileEntryWithStats, SFTPWrapper, Stats } from "ssh2";
import type { FileEntry, Files } from "../clients";
import type { AdapterError, Sent } from "../errors";
import { AWAY, fileError, stepError } from "./file-errors";
import { listedBy, partsOf, temporaryName } from "./paths";
import { SftpConnection, type SftpOptions } from "./sftp-connection";

const CHUNK = 256 * 1024;
/** Chunks asked for before the first has come: the way to the server and back is long. */
const READ_AHEAD = 4;
const END_OF_FILE = 1;
const NO_SUCH_FILE = 2;
const FAILURE = 4;

type Done<T> = (error: Error | null | undefined, value: T) => void;

/** Files below a folder of an SFTP account. Nothing is opened before the first call. */
export class SftpFiles implements Files {
  private readonly connection: SftpConnection;

  /** `root` is absolute on the server, `/` for an account that is locked into its folder. */
  constructor(
    private readonly root: string,
    private readonly options: SftpOptions,
  ) {
    this.connection = new SftpConnection(options);
  }

  async list(folder: string, pattern = "*"): Promise<FileEntry[]> {
    const parts = partsOf(folder);
    const isListed = listedBy(pattern);
    const names = await this.step<FileEntryWithStats[]>("reading the folder", folder, (sftp, done) =>
      sftp.readdir(this.at(folder), done),
    ).catch((error: AdapterError) => {
      throw error.category === "NOT_FOUND" ? this.noFolder(folder, error) : error;
    });
    return names
      .filter(({ filename, attrs }) => attrs.isFile() && isListed(filename))
      .map(({ filename, attrs }) => entryOf([...parts, filename].join("/"), attrs))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async stat(path: string): Promise<FileEntry | undefined> {
    // Of the link, not of what it points at: links are not followed.
    const found = await this.step<Stats | undefined>("looking at", path, (sftp, done) =>
      sftp.lstat(this.at(path), (error, stats) => (isMissing(error) ? done(null, undefined) : done(error, stats))),
    );
    if (found?.isSymbolicLink()) throw stepError("opening", path, { code: "ELOOP" });
    return found?.isFile() ? entryOf(partsOf(path).join("/"), found) : undefined;
  }

  async *read(path: string, from = 0): AsyncGenerator<Uint8Array> {
    if (!(await this.stat(path))) throw stepError("opening", path, { code: NO_SUCH_FILE });
    const sftp = await this.connection.sftp();
    const handle = await this.step<Buffer>("opening", path, (_, done) => sftp.open(this.at(path), "r", done));
    const ahead: Promise<Buffer>[] = [];
    let next = from;
    try {
      for (;;) {
        for (; ahead.length < READ_AHEAD; next += CHUNK) {
          const reading = this.readChunk(sftp, handle, path, next);
          reading.catch(() => undefined);
          ahead.push(reading);
        }
        const chunk = (await ahead.shift()) ?? Buffer.alloc(0);
        if (chunk.length > 0) yield chunk;
        if (chunk.length < CHUNK) return;
      }
    } finally {
      sftp.close(handle, () => undefined);
    }
  }

  /** Shorter than a chunk at the end of the file only. */
  private async readChunk(sftp: SFTPWrapper, handle: Buffer, path: string, from: number): Promise<Buffer> {
    const chunk = Buffer.allocUnsafe(CHUNK);
    let filled = 0;
    while (filled < CHUNK) {
      const read = await this.step<number>("reading", path, (_, done) =>
        sftp.read(handle, chunk, filled, CHUNK - filled, from + filled, (error, bytes) =>
          isEnd(error) ? done(null, 0) : done(error, bytes),
        ),
      );
      if (read === 0) break;
      filled += read;
    }
    return chunk.subarray(0, filled);
  }

  async write(path: string, content: Uint8Array): Promise<void> {
    const part = temporaryName(path);
    try {
      await this.writePart(part, content, path);
      await this.rename(part, path, path);
    } catch (error) {
      await this.remove(part).catch(() => undefined);
      throw error;
    }
  }

  async create(path: string, content: Uint8Array): Promise<boolean> {
    const part = temporaryName(path);
    try {
      await this.writePart(part, content, path);
      await this.plainRename(part, path, path);
      return true;
    } catch (error) {
      await this.remove(part).catch(() => undefined);
      if (await this.refusedForTarget(error, path)) return false;
      throw error;
    }
  }

  async move(from: string, to: string): Promise<void> {
    await this.rename(from, to, from);
  }

  async remove(path: string): Promise<void> {
    await this.change("removing", path, (sftp, done) =>
      sftp.unlink(this.at(path), (error) => done(isMissing(error) ? null : error, undefined)),
    );
  }

  async makeFolder(path: string): Promise<void> {
    const parts = partsOf(path);
    for (let depth = 1; depth <= parts.length; depth++) {
      const folder = parts.slice(0, depth).join("/");
      const stands = await this.step<boolean>("looking at", folder, (sftp, done) =>
        sftp.lstat(this.at(folder), (error, stats) =>
          done(isMissing(error) ? null : error, stats?.isDirectory() ?? false),
        ),
      );
      if (!stands)
        await this.change("making the folder", folder, (sftp, done) =>
          sftp.mkdir(this.at(folder), (error) => done(error, undefined)),
        );
    }
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  private async writePart(part: string, content: Uint8Array, shown: string): Promise<void> {
    const handle = await this.change<Buffer>("writing", shown, (sftp, done) => sftp.open(this.at(part), "wx", done));
    const close = () =>
      this.change("writing", shown, (sftp, done) => sftp.close(handle, (error) => done(error, undefined)));
    try {
      await this.writeBytes(handle, content, shown);
    } catch (error) {
      // A handle that stays open keeps the room that the file took.
      if ((error as AdapterError).category !== "TRANSIENT") await close().catch(() => undefined);
      throw error;
    }
    await close();
  }

  private async writeBytes(handle: Buffer, content: Uint8Array, shown: string): Promise<void> {
    for (let at = 0; at < content.length; at += CHUNK) {
      const bytes = Buffer.from(content.subarray(at, at + CHUNK));
      await this.change("writing", shown, (sftp, done) =>
        sftp.write(handle, bytes, 0, bytes.length, at, (error) => done(error, undefined)),
      );
    }
    // Not every server flushes on request; the rename comes last in any case.
    await this.step("writing", shown, (sftp, done) =>
      extended(
        () => done(null, undefined),
        () => sftp.ext_openssh_fsync(handle, () => done(null, undefined)),
      ),
    );
  }

  /** OpenSSH's posix-rename replaces the target in one step; the plain rename of SFTP 3 refuses one that stands. */
  private async rename(from: string, to: string, shown: string): Promise<void> {
    const [source, target] = [this.at(from), this.at(to)];
    const atomic = await this.change<boolean>("moving", shown, (sftp, done) =>
      extended(
        () => done(null, false),
        () => sftp.ext_openssh_rename(source, target, (error) => done(error, true)),
      ),
    );
    if (atomic) return;
    try {
      await this.plainRename(from, to, shown);
    } catch (error) {
      // A server without the extension refuses a target that stands: there is no other way than to make room first.
      if (!(await this.refusedForTarget(error, to))) throw error;
      // Perhaps another process has moved the file there by now: what stands there is then all that there is.
      if (!(await this.stat(from))) throw stepError("moving", shown, { code: NO_SUCH_FILE });
      await this.remove(to);
      await this.plainRename(from, to, shown);
    }
  }

  /** The rename of SFTP 3: never onto a file that stands (draft-ietf-secsh-filexfer-02, section 6.5). */
  private async plainRename(from: string, to: string, shown: string): Promise<void> {
    await this.change("moving", shown, (sftp, done) =>
      sftp.rename(this.at(from), this.at(to), (error) => done(error, undefined)),
    );
  }

  private async refusedForTarget(error: unknown, to: string): Promise<boolean> {
    return (error as AdapterError).bodyCode === String(FAILURE) && (await this.stat(to)) !== undefined;
  }

  private at(path: string): string {
    return [this.root.replace(/\/+$/, ""), ...partsOf(path)].join("/") || "/";
  }

  private noFolder(folder: string, cause: unknown): AdapterError {
    return fileError(`the folder ${this.at(folder)} is not there`, { ...AWAY, cause });
  }

  private step<T = void>(step: string, path: string, run: (sftp: SFTPWrapper, done: Done<T>) => void): Promise<T> {
    return this.call(step, path, run, "no");
  }

  /** A step that has an effect: when the connection is lost over it nobody knows whether it came about. */
  private change<T = void>(step: string, path: string, run: (sftp: SFTPWrapper, done: Done<T>) => void): Promise<T> {
    return this.call(step, path, run, "maybe");
  }

  private async call<T>(
    step: string,
    path: string,
    run: (sftp: SFTPWrapper, done: Done<T>) => void,
    whenLost: Sent,
  ): Promise<T> {
    this.at(path);
    const sftp = await this.connection.sftp();
    return new Promise<T>((resolve, reject) => {
      const fail = (error: unknown) => reject(this.failure(step, path, error, whenLost));
      try {
        run(sftp, (error, value) => (error ? fail(error) : resolve(value)));
      } catch (error) {
        fail(error);
      }
    });
  }

  /** A failure without a status of SFTP is one of the connection. */
  private failure(step: string, path: string, error: unknown, whenLost: Sent): AdapterError {
    const { code } = (error ?? {}) as { code?: unknown };
    if (typeof code === "number" && code <= FAILURE) return stepError(step, path, error);
    void this.connection.close();
    return fileError(`${step} ${JSON.stringify(path)}: the connection to ${this.options.host} was lost`, {
      ...AWAY,
      sent: whenLost,
      cause: error,
    });
  }
}

function isMissing(error: unknown): boolean {
  return (error as { code?: unknown } | null | undefined)?.code === NO_SUCH_FILE;
}

function isEnd(error: unknown): boolean {
  return (error as { code?: unknown } | null | undefined)?.code === END_OF_FILE;
}

/** ssh2 throws when the server has not announced an extension. */
function extended(without: (error: Error) => void, run: () => void): void {
  try {
    run();
  } catch (error) {
    without(error as Error);
  }
}

function entryOf(path: string, { size, mtime }: { size: number; mtime: number }): FileEntry {
  return { path, size, modifiedAt: mtime * 1000 };
}
