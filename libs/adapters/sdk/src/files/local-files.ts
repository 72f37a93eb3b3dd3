import { constants } from "node:fs";
import { type FileHandle, link, lstat, mkdir, open, readdir, rename, unlink } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import type { FileEntry, Files } from "../clients";
import { AWAY, fileError, mustGoOn, stepError } from "./file-errors";
import { listedBy, partsOf, temporaryName } from "./paths";

/** Small, so that what is made of one chunk is gone before the collector takes it for lasting. */
const CHUNK = 64 * 1024;

/** Files of a folder of this machine. Links are refused wherever they stand below the root. */
export class LocalFiles implements Files {
  /** `root` is an absolute path; it may be a link itself, for whoever configures it chooses it. */
  constructor(
    private readonly root: string,
    private readonly signal?: AbortSignal,
  ) {
    if (!isAbsolute(root))
      throw fileError("the root must be an absolute path", { category: "VALIDATION", code: "ERP008" });
  }

  async list(folder: string, pattern = "*"): Promise<FileEntry[]> {
    const at = await this.folder(folder);
    const isListed = listedBy(pattern);
    const names = await this.step("reading the folder", folder, () => readdir(at, { withFileTypes: true }));
    const wanted = names.filter((entry) => entry.isFile() && isListed(entry.name));
    const entries = await Promise.all(wanted.map(({ name }) => this.stat([...partsOf(folder), name].join("/"))));
    return entries.filter((entry) => entry !== undefined).sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async stat(path: string): Promise<FileEntry | undefined> {
    const parts = partsOf(path);
    const at = join(await this.folder(parts.slice(0, -1).join("/")), parts.at(-1) ?? "");
    try {
      const found = await lstat(at);
      if (found.isSymbolicLink()) throw Object.assign(new Error("a link"), { code: "ELOOP" });
      if (!found.isFile()) return undefined;
      return { path: parts.join("/"), size: found.size, modifiedAt: Math.floor(found.mtimeMs) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw stepError("looking at", path, error);
    }
  }

  async *read(path: string, from = 0): AsyncGenerator<Uint8Array> {
    const handle = await this.open(path);
    try {
      for (let position = from; ;) {
        mustGoOn(this.signal);
        const chunk = Buffer.allocUnsafe(CHUNK);
        const { bytesRead } = await this.step("reading", path, () => handle.read(chunk, 0, CHUNK, position));
        if (bytesRead === 0) return;
        position += bytesRead;
        yield chunk.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  }

  async write(path: string, content: Uint8Array): Promise<void> {
    const at = await this.place(path);
    const part = temporaryName(at);
    try {
      await this.step("writing", path, () => writeFlushed(part, content));
      await this.step("writing", path, () => rename(part, at));
      await flushFolder(join(at, ".."));
    } catch (error) {
      await unlink(part).catch(() => undefined);
      throw error;
    }
  }

  async create(path: string, content: Uint8Array): Promise<boolean> {
    const at = await this.place(path);
    const part = temporaryName(at);
    try {
      await this.step("writing", path, () => writeFlushed(part, content));
      // A rename would replace what stands there; a second name for a file does not.
      const created = await this.step("writing", path, () => link(part, at).then(() => true, standsAlready));
      await flushFolder(join(at, ".."));
      return created;
    } finally {
      await unlink(part).catch(() => undefined);
    }
  }

  async move(from: string, to: string): Promise<void> {
    const [source, target] = [await this.place(from), await this.place(to)];
    await this.step("moving", from, () => rename(source, target));
    await flushFolder(join(target, ".."));
  }

  async remove(path: string): Promise<void> {
    const at = await this.place(path);
    await this.step("removing", path, () =>
      unlink(at).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
      }),
    );
  }

  async makeFolder(path: string): Promise<void> {
    await this.folder("");
    let at = this.root;
    for (const part of partsOf(path)) {
      at = join(at, part);
      await this.step("making the folder", path, () =>
        mkdir(at).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== "EEXIST") throw error;
        }),
      );
    }
    await this.folder(path);
  }

  async close(): Promise<void> {}

  private async open(path: string): Promise<FileHandle> {
    const at = await this.place(path);
    return this.step("opening", path, () => open(at, constants.O_RDONLY | constants.O_NOFOLLOW));
  }

  /** The absolute place of a file in a folder that stands. */
  private async place(path: string): Promise<string> {
    const parts = partsOf(path);
    const name = parts.pop();
    if (name === undefined) throw fileError("a file needs a name", { category: "VALIDATION", code: "ERP008" });
    return join(await this.folder(parts.join("/")), name);
  }

  /** The absolute place of a folder, every step of which is a folder and no link. */
  private async folder(path: string): Promise<string> {
    mustGoOn(this.signal);
    let at = this.root;
    const look = (place: string, shown: string) =>
      lstat(place).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") throw fileError(`the folder ${shown} is not there`, { ...AWAY, cause: error });
        throw stepError("looking at", shown, error);
      });
    await look(at, at);
    for (const part of partsOf(path)) {
      at = join(at, part);
      const found = await look(at, path);
      if (found.isSymbolicLink()) throw stepError("opening", path, { code: "ELOOP" });
      if (!found.isDirectory())
        throw fileError(`${JSON.stringify(path)} is no folder`, { category: "VALIDATION", code: "ERP008" });
    }
    return at;
  }

  private async step<T>(step: string, path: string, run: () => Promise<T>): Promise<T> {
    mustGoOn(this.signal);
    try {
      return await run();
    } catch (error) {
      throw stepError(step, path, error);
    }
  }
}

function standsAlready(error: NodeJS.ErrnoException): false {
  if (error.code === "EEXIST") return false;
  throw error;
}

async function writeFlushed(path: string, content: Uint8Array): Promise<void> {
  const handle = await open(path, "wx", 0o640);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a rename last through a power cut; file systems that cannot are left alone. */
async function flushFolder(path: string): Promise<void> {
  const handle = await open(path, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
