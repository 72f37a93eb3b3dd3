import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Whether a process with this id exists, whoever owns it. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Text that tells this process from a later one with the same id: its start time as the kernel gives it.
 * Undefined when there is no such process.
 */
export function processIdentity(pid: number): string | undefined {
  if (!processExists(pid)) return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The command name stands in brackets and may contain anything: count fields after the last bracket.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return psField(pid, "lstart");
  }
}

/** The command line of a process, or an empty text when there is none. */
export function processCommand(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return psField(pid, "command") ?? "";
  }
}

function psField(pid: number, field: string): string | undefined {
  if (process.platform === "linux") return undefined;
  try {
    return execFileSync("ps", ["-o", `${field}=`, "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
}
