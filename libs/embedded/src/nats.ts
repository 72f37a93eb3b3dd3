import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lockFolder } from "./folder-lock";
import { freePort } from "./free-port";
import { natsBinary } from "./nats-binary";
import { serverConfig, usersConfig, type NatsUser } from "./nats-config";
import { endLeftOver, WatchedProcess } from "./watched-process";

/** How to start an embedded NATS server with JetStream. */
export interface NatsOptions {
  /** Kept between starts: JetStream's store (`jetstream`), configuration, log (`nats.log`), lock. */
  dir: string;
  /** A free one when absent. */
  port?: number;
  /** None: open to everybody who reaches 127.0.0.1. */
  users?: readonly NatsUser[];
  /** Path of nats-server; the bundled one, then the search path, when absent. */
  binary?: string;
}

/** A running embedded NATS server. */
export interface RunningNats {
  /** Without user and password. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly logFile: string;
  readonly storeDir: string;
  /** Replaces the users without a restart; resolves when they are in force. Clients whose password changed are cut off. */
  reload(users: readonly NatsUser[]): Promise<void>;
  /** Kills the server at once, as a crash would. */
  kill(): Promise<void>;
  /** Graceful stop; resolves when the server has ended and the folder is free. */
  stop(): Promise<void>;
}

const USERS_FILE = "users.conf";

/**
 * Starts nats-server on 127.0.0.1. It ends with this process, whatever ends it.
 * Throws FolderHeldError when another living process uses the folder.
 */
export async function startNats(options: NatsOptions): Promise<RunningNats> {
  const { dir } = options;
  const lock = lockFolder(dir);
  try {
    const binary = natsBinary(options.binary);
    await endLeftOver(join(dir, "nats.pid"), join(dir, "nats.conf"), "SIGKILL");
    const { server, port } = await launch(binary, options);
    const end = async (hard: boolean): Promise<void> => {
      if (hard) server.signal("SIGKILL");
      await server.stop();
      lock.release();
    };
    return {
      url: `nats://127.0.0.1:${port}`,
      port,
      get pid() {
        return server.pid;
      },
      logFile: join(dir, "nats.log"),
      storeDir: join(dir, "jetstream"),
      reload: (users) => reload(server, dir, users),
      kill: () => end(true),
      stop: () => end(false),
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function launch(binary: string, options: NatsOptions): Promise<{ server: WatchedProcess; port: number }> {
  const { dir } = options;
  const storeDir = join(dir, "jetstream");
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    mkdirSync(storeDir, { recursive: true });
    writeWhole(join(dir, USERS_FILE), usersConfig(options.users ?? []));
    writeWhole(join(dir, "nats.conf"), serverConfig({ port, storeDir, usersFile: USERS_FILE, serverName: "dovetail" }));
    const server = new WatchedProcess({
      binary,
      args: ["-c", join(dir, "nats.conf")],
      logFile: join(dir, "nats.log"),
      pidFile: join(dir, "nats.pid"),
      signals: ["TERM", "KILL"],
    });
    try {
      await server.waitForLog("Server is ready", 60_000);
      return { server, port };
    } catch (error) {
      await server.stop();
      if (!/address already in use/.test(String(error)) || options.port !== undefined || attempt === 3) throw error;
    }
  }
}

async function reload(server: WatchedProcess, dir: string, users: readonly NatsUser[]): Promise<void> {
  writeWhole(join(dir, USERS_FILE), usersConfig(users));
  const from = server.logSize();
  server.signal("SIGHUP");
  const log = await server.waitForLog(/Reloaded server configuration|Failed to reload/, 10_000, from);
  if (log.includes("Failed to reload")) throw new Error(`NATS refused the new users:\n${log}`);
}

// Renamed into place: the server never reads half a file. Passwords stand in it.
function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
