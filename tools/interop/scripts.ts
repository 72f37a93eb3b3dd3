import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs one of the scripts beside this file; answers what it printed, trimmed. Throws when it fails. */
export async function script(name: string, ...args: string[]): Promise<string> {
  const { stdout } = await run("bash", [join(__dirname, name), ...args], { maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}

/** True when the script succeeds. */
export async function succeeds(name: string, ...args: string[]): Promise<boolean> {
  return script(name, ...args).then(
    () => true,
    () => false,
  );
}
