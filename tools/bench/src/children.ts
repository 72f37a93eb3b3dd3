import { fork, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Any command takes at most this long; a million rows on a slow machine included. */
const COMMAND_MS = 600_000;

/** A process of the bench that answers commands. */
export interface Child {
  pid: number;
  call<T>(command: string, input?: unknown): Promise<T>;
  stop(): Promise<void>;
}

interface Answer {
  id: number;
  result?: unknown;
  error?: string;
}

/** Forks this program in another role; `flags` are Node's. */
export function startChild(role: string, flags: readonly string[] = []): Child {
  const stdio = ["ignore", "inherit", "inherit", "ipc"] as const;
  const child = fork(join(__dirname, "main.js"), [`as:${role}`], { stdio: [...stdio], execArgv: [...flags] });
  const waiting = new Map<number, (answer: Answer) => void>();
  let next = 0;
  child.on("message", (answer: Answer) => waiting.get(answer.id)?.(answer));
  child.on("exit", () => waiting.forEach((settle) => settle({ id: 0, error: `${role} ended unexpectedly` })));
  return {
    pid: child.pid ?? 0,
    call: <T>(command: string, input?: unknown) =>
      new Promise<T>((resolve, reject) => {
        const id = ++next;
        const timer = setTimeout(() => settle({ id, error: `${role} ${command} took too long` }), COMMAND_MS);
        const settle = (answer: Answer): void => {
          clearTimeout(timer);
          waiting.delete(id);
          if (answer.error === undefined) resolve(answer.result as T);
          else reject(new Error(answer.error));
        };
        waiting.set(id, settle);
        child.send({ id, command, input });
      }),
    stop: () => endProcess(child),
  };
}

/** Ends a child: politely, after ten seconds by force. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(timer);
}

/** The most memory that a process has ever held, in MB. Linux only; 0 elsewhere. */
export function peakMemory(pid: number): number {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Math.round(Number(kilobytes ?? 0) / 1024);
  } catch {
    return 0;
  }
}
