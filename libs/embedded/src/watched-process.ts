import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { processCommand, processExists } from "./running-process";

/** What a server sees of the environment. */
export const SERVER_ENVIRONMENT = { PATH: "/usr/local/bin:/usr/bin:/bin", TZ: "UTC", LC_MESSAGES: "C" };

/** How to run a server so that it never outlives this process. */
export interface WatchedOptions {
  binary: string;
  args: readonly string[];
  /** stdout and stderr are appended here. */
  logFile: string;
  /** The server's process id is kept here while it runs. */
  pidFile: string;
  /** Signal of a graceful stop, and of one that waits no longer (after 30 s). */
  signals: readonly ["INT" | "TERM" | "QUIT", "QUIT" | "KILL"];
  uid?: number;
  gid?: number;
}

// The shell outlives a killed parent: the pipe on descriptor 3 closes with the parent and the server is stopped.
// `wait` returns early when a trap runs, hence the loop.
const WATCHDOG = `
soft=$1 hard=$2 pidfile=$3; shift 3
"$@" 3<&- & p=$!
echo $p > "$pidfile"
end() { kill -s "$soft" $p 2>/dev/null; i=0
  while kill -0 $p 2>/dev/null; do i=$((i+1)); [ $i -gt 30 ] && kill -s "$hard" $p; sleep 1; done; }
(read _ <&3; end) & r=$!
trap 'kill -s "$soft" $p 2>/dev/null' TERM INT HUP
wait $p; s=$?
while kill -0 $p 2>/dev/null; do wait $p; s=$?; done
kill $r 2>/dev/null
rm -f "$pidfile"
exit $s`;

/** A server under the watchdog. */
export class WatchedProcess {
  private readonly logStart: number;
  private readonly child: ChildProcess;
  private readonly exited: Promise<void>;
  private ended = false;

  constructor(private readonly options: WatchedOptions) {
    this.logStart = sizeOf(options.logFile);
    const log = openSync(options.logFile, "a");
    try {
      this.child = spawn(
        "/bin/sh",
        ["-c", WATCHDOG, "sh", ...options.signals, options.pidFile, options.binary, ...options.args],
        {
          cwd: "/",
          // Its own group: Ctrl-C and a signal to our group must not stop a server before its clients.
          detached: true,
          // Not our environment: it may hold secrets, and PG* variables would change the server.
          env: SERVER_ENVIRONMENT,
          stdio: ["ignore", log, log, "pipe"],
          ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.gid }),
        },
      );
    } finally {
      closeSync(log);
    }
    this.exited = new Promise((resolve) => {
      const done = (): void => {
        this.ended = true;
        resolve();
      };
      this.child.once("exit", done);
      this.child.once("error", done);
    });
    // An open server must not keep a finished program alive: leaving closes the pipe, which stops the server.
    this.child.unref();
    const pipe = this.child.stdio[3] as unknown as { unref(): void; on(event: "error", fn: () => void): void };
    pipe.on("error", () => undefined);
    pipe.unref();
  }

  /** The server's process id; 0 before it has started and after its end. */
  get pid(): number {
    return readPid(this.options.pidFile);
  }

  get running(): boolean {
    return !this.ended;
  }

  /** Resolves when the log shows `needle`; throws with the end of the log when the server ends or `ms` pass first. */
  async waitForLog(needle: string | RegExp, ms: number, from = this.logStart): Promise<string> {
    const deadline = performance.now() + ms;
    for (;;) {
      const ended = this.ended;
      const log = this.logSince(from);
      if (typeof needle === "string" ? log.includes(needle) : needle.test(log)) return log;
      if (ended) throw new Error(`${this.options.binary} ended before it was ready:\n${lastLines(log)}`);
      if (performance.now() > deadline) {
        throw new Error(`${this.options.binary} was not ready after ${ms} ms:\n${lastLines(log)}`);
      }
      await sleep(10);
    }
  }

  private logSince(from: number): string {
    const size = sizeOf(this.options.logFile);
    if (size <= from) return "";
    const buffer = Buffer.alloc(Math.min(size - from, 1 << 20));
    const file = openSync(this.options.logFile, "r");
    try {
      const read = readSync(file, buffer, 0, buffer.length, size - buffer.length);
      return buffer.toString("utf8", 0, read);
    } finally {
      closeSync(file);
    }
  }

  /** Where the log ends now: a position for waitForLog. */
  logSize(): number {
    return sizeOf(this.options.logFile);
  }

  /** Sends a signal to the server itself. */
  signal(name: NodeJS.Signals): void {
    const pid = this.pid;
    if (pid && !this.ended) process.kill(pid, name);
  }

  /** Stops the server gracefully; resolves when it and its watchdog have ended. */
  async stop(): Promise<void> {
    if (!this.ended) (this.child.stdio[3] as unknown as { destroy(): void }).destroy();
    this.child.ref();
    await this.exited;
  }
}

/**
 * Waits for the server that a killed predecessor left behind (its watchdog is stopping it), and stops it otherwise.
 * `marker` must stand in its command line, so that no stranger with the same id is hit.
 */
export async function endLeftOver(pidFile: string, marker: string, hard: NodeJS.Signals): Promise<void> {
  const started = performance.now();
  for (let asked = false; ; await sleep(50)) {
    const pid = readPid(pidFile);
    if (!pid || !processExists(pid) || !processCommand(pid).includes(marker)) return;
    const waited = performance.now() - started;
    if (waited > 60_000) throw new Error(`process ${pid} of an earlier start (${marker}) does not end`);
    if (waited > 5_000 && !asked) {
      asked = true;
      process.kill(pid, "SIGTERM");
    }
    if (waited > 40_000) process.kill(pid, hard);
  }
}

function readPid(file: string): number {
  try {
    const pid = Number(readFileSync(file, "utf8").trim());
    return Number.isInteger(pid) && pid > 1 ? pid : 0;
  } catch {
    return 0;
  }
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}
function lastLines(log: string): string {
  return log.trimEnd().split("\n").slice(-20).join("\n");
}
