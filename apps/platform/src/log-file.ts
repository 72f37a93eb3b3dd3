import { createWriteStream, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";

const LARGEST = 20 * 1024 * 1024;

/** Where the services' lines go. */
export interface LogDestination {
  write(line: string): void;
  close(): Promise<void>;
}

/** Appends to the file; one that has grown large is kept as `<file>.1` first. */
export function logDestination(file: string): LogDestination {
  mkdirSync(dirname(file), { recursive: true });
  if (sizeOf(file) > LARGEST) renameSync(file, `${file}.1`);
  const stream = createWriteStream(file, { flags: "a", mode: 0o600 });
  // A full disk must not end the services: what they do is in the database.
  stream.on("error", () => undefined);
  return {
    write: (line) => void stream.write(line),
    close: () => new Promise((resolve) => stream.end(() => resolve())),
  };
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}
