import "reflect-metadata";
import { serve } from "./child-side";

/** What each process of a bench does; only the chosen one's modules are loaded. */
const ROLES: Record<string, () => Promise<void>> = {
  "as:simulator": async () => serve((await import("./simulator-process")).simulator),
  "as:limit": async () => serve((await import("./limit/limit-process")).limit),
  "as:writer": async () => serve((await import("./writer-process")).writerCommands),
  "as:load": async () => serve((await import("./api/load-process")).load),
  "as:limit-server": async () => serve((await import("./api/limit-server-process")).limitServer),
  "as:erp": async () => serve((await import("./push/erp-process")).erp),
  "as:client": async () => serve((await import("./push/client-process")).client),
  "as:services": async () => serve((await import("./api/services-process")).services),
};

const [, , role = "", ...rest] = process.argv;
const start = ROLES[role] ?? (async () => (await import("./run")).run([role, ...rest]));
start().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
