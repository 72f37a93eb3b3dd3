import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const WAIT_MS = 40_000;

/**
 * Empties the folder but for its lock. Servers that a killed predecessor left are given time to end: they would go on
 * writing into what is removed.
 */
export async function emptyFolder(dir: string): Promise<void> {
  for (const file of [serverFile(dir, "postgres"), serverFile(dir, "nats")]) await ended(file);
  for (const name of readdirSync(dir)) {
    if (name === "lock.json") continue;
    if (name === "postgres") rmSync(homeOf(join(dir, name)), { recursive: true, force: true });
    rmSync(join(dir, name), { recursive: true, force: true });
  }
}

function serverFile(dir: string, name: string): string {
  return join(homeOf(join(dir, name)), `${name}.pid`);
}

// PostgreSQL's data lives elsewhere when its account may not enter our folder.
function homeOf(folder: string): string {
  const pointer = join(folder, "data-path");
  return existsSync(pointer) ? readFileSync(pointer, "utf8").trim() : folder;
}

async function ended(pidFile: string): Promise<void> {
  const deadline = performance.now() + WAIT_MS;
  while (existsSync(pidFile) && isRunning(pidFile) && performance.now() < deadline) await sleep(50);
}

function isRunning(pidFile: string): boolean {
  try {
    process.kill(Number(readFileSync(pidFile, "utf8")), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
