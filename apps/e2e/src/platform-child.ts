import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually, freePort } from "@dovetail/testing";
import { Client } from "pg";
import { HttpClient } from "./http-client";

const ROOT = join(__dirname, "../../..");
const OPERATOR_KEY = "operator-key-of-the-end-to-end-tests";

interface Kept {
  postgresPassword: string;
  ports: { postgres: number };
}

/** Builds the platform's bundle; nothing to do when it is current. */
export function buildPlatform(): void {
  const { status, stderr } = spawnSync(process.execPath, ["tools/build-all.mjs", "platform"], { cwd: ROOT });
  if (status !== 0) throw new Error(String(stderr));
}

/** The platform without its demo as a process of its own, on a folder that outlives it. */
export class PlatformChild {
  private child: ChildProcess | undefined;
  private output = "";

  private constructor(
    readonly dir: string,
    readonly port: number,
  ) {}

  static async on(dir: string): Promise<PlatformChild> {
    return new PlatformChild(dir, await freePort());
  }

  /** The operator's client. */
  get operator(): HttpClient {
    return this.client(OPERATOR_KEY);
  }

  client(key: string): HttpClient {
    return new HttpClient(`http://127.0.0.1:${this.port}`, key);
  }

  /** Starts it and waits until it serves. */
  async start(env: Record<string, string> = {}): Promise<void> {
    if (!(await this.launch(env))) throw new Error(`it ended:\n${this.output}`);
  }

  /** Starts it; true once it serves, false when it has ended before. */
  async launch(env: Record<string, string> = {}): Promise<boolean> {
    this.output = "";
    const args = ["dist/apps/platform/main.js", "--no-demo", "--dir", this.dir, "--port", String(this.port)];
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", OPERATOR_KEY, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const out of [child.stdout, child.stderr]) out?.on("data", (piece) => (this.output += String(piece)));
    this.child = child;
    await eventually(() => this.isDead() || this.output.includes("Where to look"), { timeoutMs: 60_000 });
    return !this.isDead();
  }

  /** Waits for its end, however that comes. */
  async died(timeoutMs = 60_000): Promise<NodeJS.Signals | number | null> {
    await eventually(() => this.isDead(), { timeoutMs });
    return this.child?.signalCode ?? this.child?.exitCode ?? null;
  }

  async kill(): Promise<void> {
    this.child?.kill("SIGKILL");
    await this.died();
  }

  async stop(): Promise<void> {
    if (this.isDead()) return;
    this.child?.kill("SIGTERM");
    await this.died();
  }

  /** The process ids of its database and its bus. */
  serverPids(): number[] {
    return ["postgres/postgres.pid", "nats/nats.pid"].map((file) => Number(readFileSync(join(this.dir, file), "utf8")));
  }

  /** Lets the half minute pass after which the work of a dead process and its relays are taken up again. */
  async endLeases(): Promise<void> {
    const { postgresPassword, ports } = JSON.parse(readFileSync(join(this.dir, "secrets.json"), "utf8")) as Kept;
    const client = new Client(`postgres://dovetail:${postgresPassword}@127.0.0.1:${ports.postgres}/dovetail`);
    // The server ends with the platform, which may die meanwhile.
    client.on("error", () => undefined);
    await client.connect();
    await client.query("update sync_engine.work set lease_until = clock_timestamp() where lease_until is not null");
    for (const schema of ["gateway", "integration_config", "sync_engine"])
      await client.query(`update ${schema}.leases set until = '-infinity'`);
    await client.end();
  }

  private isDead(): boolean {
    return !this.child || this.child.exitCode !== null || this.child.signalCode !== null;
  }
}

/** Whether a process of this id runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
