import { readdirSync, readFileSync } from "node:fs";

/** Linux counts in hundredths of a second. */
const TICK_MS = 10;

/** CPU time that a process has used so far, in milliseconds. Linux only; 0 elsewhere and for a process that is gone. */
export function cpuTime(pid: number): number {
  return statOf(pid)?.cpu ?? 0;
}

/** CPU time of a process and all its living children, in milliseconds: PostgreSQL with its backends. */
export function cpuTimeOfFamily(pid: number): number {
  let total = cpuTime(pid);
  for (const other of pids()) {
    const stat = statOf(other);
    if (stat?.parent === pid) total += stat.cpu;
  }
  return total;
}

function pids(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function statOf(pid: number): { parent: number; cpu: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in brackets may hold blanks.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { parent: Number(fields[1]), cpu: (Number(fields[11]) + Number(fields[12])) * TICK_MS };
  } catch {
    return undefined;
  }
}
