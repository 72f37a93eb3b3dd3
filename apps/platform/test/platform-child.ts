import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "@dovetail/testing";

const ROOT = join(__dirname, "../../..");
const PATIENCE = { timeoutMs: 120_000 };

/** Builds what `npm start` starts; nothing to do when it is current. */
export function build(): void {
  const { status, stderr } = spawnSync(process.execPath, ["tools/build-all.mjs", "platform"], { cwd: ROOT });
  if (status !== 0) throw new Error(String(stderr));
}

/** What a child may see of the environment, beside what a test gives. */
function environment(more: Record<string, string>): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...more };
}

/** The platform as a process of its own, as a person starts it. */
export class PlatformChild {
  output = "";
  exitCode: number | null | undefined;
  private readonly child: ChildProcess;

  constructor(args: readonly string[], env: Record<string, string> = {}, entry = "main") {
    this.child = spawn(process.execPath, [`dist/apps/platform/${entry}.js`, ...args], {
      cwd: ROOT,
      env: environment(env),
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const out of [this.child.stdout, this.child.stderr])
      out?.on("data", (piece) => (this.output += String(piece)));
    this.child.once("close", (code) => (this.exitCode = code));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Waits for words on the screen; throws with what stands there when the process ends first. */
  async says(words: string): Promise<void> {
    await eventually(() => {
      if (this.output.includes(words)) return true;
      if (this.exitCode !== undefined)
        throw new Error(`it ended (${this.exitCode}) without "${words}":\n${this.output}`);
      throw new Error(`no "${words}" in:\n${this.output}`);
    }, PATIENCE);
  }

  async ends(): Promise<number | null> {
    await eventually(() => this.exitCode !== undefined, PATIENCE);
    return this.exitCode ?? null;
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    this.child.kill(signal);
    return this.ends();
  }
}

/** Runs to the end: its exit code and everything that it said. */
export async function runToEnd(
  args: readonly string[],
  env: Record<string, string> = {},
  entry = "main",
): Promise<{ code: number | null; output: string }> {
  const child = new PlatformChild(args, env, entry);
  const code = await child.ends();
  return { code, output: child.output };
}

/** The servers' process ids, from the folder of a running platform. */
export function serverPids(dir: string): number[] {
  return ["postgres/postgres.pid", "nats/nats.pid"].map((file) => Number(readFileSync(join(dir, file), "utf8")));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
