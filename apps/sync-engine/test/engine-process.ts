import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { eventually } from "@dovetail/testing";

const ROOT = join(__dirname, "..", "..", "..");

/** Builds the engine as it is shipped. */
export function buildEngine(): void {
  const built = spawnSync(process.execPath, ["tools/build.mjs", "apps/sync-engine"], { cwd: ROOT, encoding: "utf8" });
  if (built.status !== 0) throw new Error(`the build failed: ${built.stderr}`);
}

/** A sync-engine in a process of its own, which can be killed or kill itself. */
export class EngineProcess {
  private output = "";
  private constructor(private readonly child: ChildProcess) {
    child.stdout?.on("data", (part: Buffer) => (this.output += part.toString()));
    child.stderr?.on("data", (part: Buffer) => (this.output += part.toString()));
  }

  /** Starts it; does not wait. With `crashAt` it kills itself there. */
  static start(env: Record<string, string>, crashAt?: string): EngineProcess {
    const child = spawn(process.execPath, ["--enable-source-maps", "dist/apps/sync-engine/main.js"], {
      cwd: ROOT,
      env: { PATH: process.env["PATH"] ?? "", ...env, ...(crashAt === undefined ? {} : { CRASH_AT: crashAt }) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return new EngineProcess(child);
  }

  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Waits until it has killed itself; one that does not is ended, and the test with it. */
  async crashed(timeoutMs = 30_000): Promise<void> {
    const running = (): Error => new Error(`still running: ${this.output.slice(-2000)}`);
    try {
      await eventually(() => this.ended || Promise.reject(running()), { timeoutMs });
    } catch (error) {
      this.child.kill("SIGKILL");
      throw error;
    }
    if (this.child.signalCode !== "SIGKILL") throw new Error(`it ended otherwise: ${this.output.slice(-2000)}`);
  }

  async stop(): Promise<void> {
    if (this.ended) return;
    const gone = once(this.child, "exit");
    this.child.kill("SIGTERM");
    await gone;
  }
}
