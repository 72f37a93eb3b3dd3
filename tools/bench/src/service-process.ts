import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { endProcess } from "./children";

const ROOT = join(__dirname, "../../..");
const START_MS = 60_000;

/** A service of the product in a process of its own, as `node dist/apps/<service>/main.js` starts it. */
export interface ServiceProcess {
  pid: number;
  /** Profiles what `work` makes the process do, into a file. */
  profiled<T>(file: string, work: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/** Starts it; resolves when `ready` does. The process ends with this one, whatever ends it. */
export async function startService(
  name: string,
  env: Readonly<Record<string, string>>,
  ready: () => Promise<unknown>,
): Promise<ServiceProcess> {
  const child = spawn(
    process.execPath,
    ["-r", join(ROOT, "tools/bench/guard.cjs"), join(ROOT, "dist/apps", name, "main.js")],
    { env: { ...env, PATH: process.env["PATH"] ?? "" }, stdio: ["ignore", "inherit", "inherit", "ipc"] },
  );
  const deadline = performance.now() + START_MS;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    const started = await ready().then(
      () => true,
      () => false,
    );
    if (started) break;
    if (performance.now() > deadline) {
      await endProcess(child);
      throw new Error(`${name} was not ready after ${START_MS} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    pid: child.pid ?? 0,
    profiled: async (file, work) => {
      await tell(child, { profile: "start" });
      const result = await work();
      await tell(child, { profile: "stop", file });
      return result;
    },
    stop: () => endProcess(child),
  };
}

function tell(child: ChildProcess, message: object): Promise<unknown> {
  const answer = new Promise((resolve) => child.once("message", resolve));
  child.send(message);
  return answer;
}
