import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream, type WriteStream } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fetch } from "undici";

/** The users on the bus; all but the last are the services that have a process. */
export const SERVICES = ["gateway", "integration-config", "sync-engine"] as const;
export type ServiceName = (typeof SERVICES)[number];

/** How a process ended. `ordered`: by the nemesis, from outside. */
export interface Death {
  at: number;
  signal: NodeJS.Signals | null;
  code: number | null;
  ordered: boolean;
  /** The point at which it had been told to die. */
  point: string | undefined;
}

export interface ProcessPlace {
  root: string;
  /** Where the bundles are: `dist`, or that of a mutant. */
  dist: string;
  /** Where its log is written. */
  logFile: string;
}

const AGAIN_MS = 300;

/** One service as a process, with somebody who starts it again whenever it has ended, as an orchestrator does. */
export class ServiceProcess {
  readonly deaths: Death[] = [];
  private child: ChildProcess | undefined;
  private wanted = false;
  private ordered = false;
  private next: Record<string, string> = {};
  private running: Record<string, string> = {};
  private readonly log: WriteStream;

  constructor(
    readonly name: string,
    readonly service: ServiceName,
    private readonly env: Readonly<Record<string, string>>,
    private readonly place: ProcessPlace,
  ) {
    this.log = createWriteStream(place.logFile, { flags: "a" });
  }

  get url(): string {
    return `http://127.0.0.1:${this.env["PORT"]}`;
  }

  start(): void {
    this.wanted = true;
    if (!this.child) this.spawn();
  }

  /** Variables of the next start alone. */
  armNext(env: Record<string, string>): void {
    this.next = { ...this.next, ...env };
  }

  /** The variables beside its own that the present process got. */
  get armed(): Readonly<Record<string, string>> {
    return this.running;
  }

  get alive(): boolean {
    return this.child !== undefined;
  }

  /** kill -9; it starts again by itself. */
  kill(): boolean {
    if (!this.child) return false;
    this.ordered = true;
    return this.child.kill("SIGKILL");
  }

  /** Stands still, as a process of an overloaded or suspended machine. Answers whether it stood all the time. */
  async pause(ms: number): Promise<boolean> {
    const child = this.child;
    if (!child?.kill("SIGSTOP")) return false;
    await sleep(ms);
    const stood = this.child === child && child.exitCode === null && child.signalCode === null;
    child.kill("SIGCONT");
    return stood;
  }

  /** Whether it serves now. */
  async isLive(path = "/health/live"): Promise<boolean> {
    try {
      return (await fetch(`${this.url}${path}`, { signal: AbortSignal.timeout(2_000) })).status === 200;
    } catch {
      return false;
    }
  }

  async stop(): Promise<void> {
    this.wanted = false;
    const child = this.child;
    if (child) {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGCONT");
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 15_000);
      await gone;
      clearTimeout(timer);
    }
    this.log.end();
  }

  private spawn(): void {
    const { root, dist } = this.place;
    this.running = this.next;
    this.next = {};
    const child = spawn(
      process.execPath,
      ["-r", join(root, "apps/e2e/src/chaos/preload.cjs"), join(dist, "apps", this.service, "main.js")],
      {
        cwd: root,
        env: { PATH: process.env["PATH"] ?? "", ...this.env, ...this.running },
        stdio: ["ignore", "pipe", "pipe", "ipc"],
      },
    );
    child.stdout?.pipe(this.log, { end: false });
    child.stderr?.pipe(this.log, { end: false });
    this.child = child;
    child.once("exit", (code, signal) => this.ended(code, signal));
  }

  private ended(code: number | null, signal: NodeJS.Signals | null): void {
    const { ordered } = this;
    this.deaths.push({ at: Date.now(), signal, code, ordered, point: this.running["CRASH_AT"] });
    this.child = undefined;
    this.ordered = false;
    if (this.wanted) setTimeout(() => this.wanted && !this.child && this.spawn(), AGAIN_MS);
  }
}
