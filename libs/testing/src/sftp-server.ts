import { createHash, generateKeyPairSync } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  existsSync,
  unlinkSync,
  writeSync,
  type Stats,
} from "node:fs";
import { createServer } from "node:net";
import { posix } from "node:path";
import type { Attributes, AuthContext, Connection, ParsedKey, Server, SFTPWrapper } from "ssh2";

const STATUS = { OK: 0, EOF: 1, NO_SUCH_FILE: 2, PERMISSION_DENIED: 3, FAILURE: 4 } as const;

/** What the next requests meet: a closed connection, no answer, or a status of SFTP. */
export type SftpFault = "cut" | "hang" | 3 | 4;

/** An SFTP server in this process over one folder, for one user. It refuses to rename onto a file, as OpenSSH does. */
export interface TestSftpServer {
  port: number;
  /** `SHA256:…` as a client pins it. */
  hostKey: string;
  /** Every request but a look at one file meets it until it is set back. */
  fault: SftpFault | undefined;
  /** Ends every connection now. */
  cut(): void;
  close(): Promise<void>;
}

export interface TestSftpOptions {
  folder: string;
  username: string;
  password: string;
  /** PEM of a key that is taken too. */
  privateKey?: string;
  /** 0: a free one. */
  port?: number;
}

function attributes(stats: Stats): Attributes {
  return {
    mode: stats.mode,
    uid: stats.uid,
    gid: stats.gid,
    size: stats.size,
    atime: Math.floor(stats.atimeMs / 1000),
    mtime: Math.floor(stats.mtimeMs / 1000),
  };
}

function statusOf(error: unknown): number {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT") return STATUS.NO_SUCH_FILE;
  return code === "EACCES" || code === "EPERM" ? STATUS.PERMISSION_DENIED : STATUS.FAILURE;
}

/** One for all servers of a process: making one takes longer than most tests. */
let hostKeyText: string | undefined;

function makeHostKey(): string {
  return generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "pkcs1", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  }).privateKey;
}

/** Starts the server on 127.0.0.1; its host key is that of the process. */
export async function startTestSftp(options: TestSftpOptions): Promise<TestSftpServer> {
  const ssh2 = await import("ssh2");
  const privateKey = (hostKeyText ??= makeHostKey());
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error) throw parsed;
  const hostKey = `SHA256:${createHash("sha256").update(parsed.getPublicSSH()).digest("base64").replace(/=+$/, "")}`;
  const taken = options.privateKey === undefined ? undefined : ssh2.utils.parseKey(options.privateKey);
  if (taken instanceof Error) throw taken;
  const connections = new Set<Connection>();
  const state: Pick<TestSftpServer, "fault"> = { fault: undefined };
  const server: Server = new ssh2.Server({ hostKeys: [privateKey] }, (connection) => {
    connections.add(connection);
    connection.on("error", () => undefined).on("close", () => connections.delete(connection));
    connection.on("authentication", (context) => {
      if (isKnown(context, options, taken)) context.accept();
      else context.reject(["password", "publickey"]);
    });
    connection.on("session", (accept) =>
      accept().on("sftp", (take) =>
        serve(
          take(),
          options.folder,
          () => state.fault,
          () => connection.end(),
        ),
      ),
    );
  });
  const listener = createServer({ noDelay: true }, (socket) => server.injectSocket(socket));
  await new Promise<void>((resolve) => listener.listen(options.port ?? 0, "127.0.0.1", resolve));
  const cut = () => connections.forEach((connection) => connection.end());
  return Object.assign(state, {
    port: (listener.address() as { port: number }).port,
    hostKey,
    cut,
    close: () => {
      cut();
      return new Promise<void>((resolve) => listener.close(() => resolve()));
    },
  });
}

function isKnown(context: AuthContext, { username, password }: TestSftpOptions, key: ParsedKey | undefined): boolean {
  if (context.username !== username) return false;
  if (context.method === "password") return context.password === password;
  if (context.method !== "publickey" || !key?.getPublicSSH().equals(context.key.data)) return false;
  // The first question is only whether the key would do.
  if (!context.signature || !context.blob) return true;
  return key.verify(context.blob, context.signature, context.hashAlgo) === true;
}

/** What the handlers of one session share. */
interface Served {
  sftp: SFTPWrapper;
  place(path: string): string;
  /** Runs one request unless a fault is on; what it throws is its status. */
  answer(id: number, run: () => void): void;
  /** The same, and says OK. */
  done(id: number, run: () => void): void;
}

function serve(sftp: SFTPWrapper, folder: string, fault: () => SftpFault | undefined, cut: () => void): void {
  const answer = (id: number, run: () => void) => {
    const now = fault();
    if (now === "hang") return;
    if (now === "cut") return cut();
    if (now !== undefined) return void sftp.status(id, now);
    try {
      run();
    } catch (error) {
      sftp.status(id, statusOf(error));
    }
  };
  const done = (id: number, run: () => void) => answer(id, () => (run(), void sftp.status(id, STATUS.OK)));
  const served: Served = { sftp, place: (path) => folder + posix.normalize(`/${path}`), answer, done };
  const folders = serveFolders(served);
  serveFiles(served, folders);
  serveNames(served);
}

const numberOf = (handle: Buffer) => handle.readUInt32BE(0);

function handleOf(number: number): Buffer {
  const handle = Buffer.alloc(4);
  handle.writeUInt32BE(number);
  return handle;
}

/** Listings; answers the open ones, path by handle. */
function serveFolders({ sftp, place, answer }: Served): Map<number, string> {
  const folders = new Map<number, string>();
  const listed = new Set<number>();
  sftp.on("OPENDIR", (id, path) =>
    answer(id, () => {
      readdirSync(place(path));
      const key = 1_000_000 + id;
      folders.set(key, place(path));
      sftp.handle(id, handleOf(key));
    }),
  );
  sftp.on("READDIR", (id, handle) =>
    answer(id, () => {
      const key = numberOf(handle);
      const at = folders.get(key);
      if (at === undefined || listed.delete(key)) return void sftp.status(id, STATUS.EOF);
      listed.add(key);
      const entry = (filename: string) => ({
        filename,
        longname: filename,
        attrs: attributes(lstatSync(`${at}/${filename}`)),
      });
      sftp.name(id, readdirSync(at).map(entry));
    }),
  );
  return folders;
}

function serveFiles({ sftp, place, answer, done }: Served, folders: Map<number, string>): void {
  sftp.on("OPEN", (id, path, flags) =>
    answer(id, () => sftp.handle(id, handleOf(openSync(place(path), openFlags(flags), 0o644)))),
  );
  sftp.on("READ", (id, handle, offset, length) =>
    answer(id, () => {
      const buffer = Buffer.alloc(length);
      const read = readSync(numberOf(handle), buffer, 0, length, offset);
      if (read === 0) sftp.status(id, STATUS.EOF);
      else sftp.data(id, buffer.subarray(0, read));
    }),
  );
  sftp.on("WRITE", (id, handle, offset, data) =>
    done(id, () => writeSync(numberOf(handle), data, 0, data.length, offset)),
  );
  sftp.on("FSTAT", (id, handle) => answer(id, () => sftp.attrs(id, attributes(fstatSync(numberOf(handle))))));
  sftp.on("CLOSE", (id, handle) =>
    done(id, () => {
      if (!folders.delete(numberOf(handle))) closeSync(numberOf(handle));
    }),
  );
}

function serveNames({ sftp, place, answer, done }: Served): void {
  sftp.on("REALPATH", (id, path) =>
    answer(id, () => sftp.name(id, [{ filename: posix.normalize(`/${path}`), longname: "", attrs: {} as Attributes }])),
  );
  for (const look of ["STAT", "LSTAT"] as const)
    sftp.on(look as "STAT", (id, path) => {
      try {
        sftp.attrs(id, attributes(lstatSync(place(path))));
      } catch (error) {
        sftp.status(id, statusOf(error));
      }
    });
  sftp.on("REMOVE", (id, path) => done(id, () => unlinkSync(place(path))));
  sftp.on("MKDIR", (id, path) => done(id, () => mkdirSync(place(path))));
  sftp.on("RENAME", (id, from, to) =>
    done(id, () => {
      if (existsSync(place(to))) throw new Error("the target stands");
      renameSync(place(from), place(to));
    }),
  );
}

/** Flags of SFTP 3 as those of open(2): READ 1, WRITE 2, CREAT 8, TRUNC 16, EXCL 32. */
function openFlags(flags: number): number {
  const access = (flags & 3) === 3 ? constants.O_RDWR : flags & 2 ? constants.O_WRONLY : constants.O_RDONLY;
  return (
    access |
    (flags & 8 ? constants.O_CREAT : 0) |
    (flags & 16 ? constants.O_TRUNC : 0) |
    (flags & 32 ? constants.O_EXCL : 0)
  );
}
