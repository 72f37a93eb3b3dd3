import { createInterface } from "node:readline";
import type { MesSample } from "./start";
import { OPERATIONS, type Operation } from "./store";
import type { Fields } from "./wire";

const LINE = /^(\w+) (\w+) (\S+)(?: (\{.*\}))?$/;

/** Makes a change of each line of standard input: `updated Supplier S-1 {"name":"New name"}`. */
export function readChanges(module: MesSample): void {
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => {
    make(module, line).catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
  });
}

async function make(module: MesSample, line: string): Promise<void> {
  const [, op = "", entity = "", key = "", body] = LINE.exec(line.trim()) ?? [];
  if (!OPERATIONS.includes(op as Operation)) throw new Error(`expected: ${OPERATIONS.join("|")} <Entity> <key> {…}`);
  await module.change(op as Operation, entity, key, body === undefined ? null : (JSON.parse(body) as Fields));
}
