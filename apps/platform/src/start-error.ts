import { DatabaseUnavailableError } from "@dovetail/database";
import { FolderHeldError } from "@dovetail/embedded";
import { ConfigError, EXIT_CONFIG } from "@dovetail/service-kit";

/** Something that a person can put right; the message says what. */
export class StartError extends Error {
  override readonly name = "StartError";
  constructor(
    message: string,
    readonly exitCode = 1,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What to tell of a failed start, and how to end; undefined for a defect. */
export function expectedFailure(error: unknown): { message: string; exitCode: number } | undefined {
  if (error instanceof StartError) return { message: error.message, exitCode: error.exitCode };
  if (error instanceof ConfigError) return { message: error.message, exitCode: EXIT_CONFIG };
  if (error instanceof FolderHeldError) return { message: error.message, exitCode: 1 };
  if (error instanceof DatabaseUnavailableError)
    return { message: `The database cannot be reached: ${error.message}`, exitCode: 1 };
  const { code, path, port } = (error ?? {}) as { code?: unknown; path?: unknown; port?: unknown };
  const place = typeof path === "string" ? path : "the data folder";
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return { message: `${place} cannot be written. Choose another folder with --dir.`, exitCode: 1 };
  if (code === "ENOSPC") return { message: `There is no space left for ${place}.`, exitCode: 1 };
  if (code === "ENOTDIR" || code === "EEXIST") return { message: `${place} is not a folder.`, exitCode: 1 };
  if (code === "EADDRINUSE") return { message: portTaken(Number(port)), exitCode: 1 };
  return undefined;
}

/** What to do about a port that another program has. */
export function portTaken(port: number): string {
  return `Port ${port} is in use by another program. Choose another one: npm start -- --port ${port + 1}`;
}
