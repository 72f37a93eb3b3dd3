/**
 * Reads an exchange page by page, and stores each page with its cursor before the next is asked for: what the engine
 * does in a transaction is one line of a journal here. Started anew it goes on behind the last whole line.
 *   node reader-process.cjs <config as JSON> <journal> <rows per page> [<pages> stored|half]
 * With a number of pages it ends there by SIGKILL: when that page is stored, or half-way through storing it.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { systemClock } from "@dovetail/adapter-sdk";
import type { Json, JsonObject } from "@dovetail/domain";
import { fileExchange } from "../src";
import type { FileConfig } from "../src/config";

/** One page as the journal keeps it. */
export interface Stored {
  /** External ids, each with the number of its lines. */
  rows: [string, number][];
  cursor: Json;
  last: boolean;
}

/** The pages of a journal, without a half line at its end. */
export function readJournal(path: string): Stored[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.filter((line) => line.endsWith("}")).map((line) => JSON.parse(line) as Stored);
}

/** After how many pages the process is to end, and where in the last. */
interface Death {
  pages: number;
  at: "stored" | "half";
}

async function main(config: FileConfig, path: string, pageSize: number, death: Death): Promise<void> {
  const quiet = () => undefined;
  const session = await fileExchange.open({
    config,
    http: { request: () => Promise.reject(new Error("no HTTP")) },
    clock: systemClock,
    signal: new AbortController().signal,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    fileRoots: [config.root],
  });
  const cursor = readJournal(path).at(-1)?.cursor ?? null;
  const journal = openSync(path, "a");
  // A half line is ended, and then is none.
  writeSync(journal, "\n");
  const query = { mode: "full" as const, cursor, pageSize, lookbackSeconds: 0 };
  for await (const page of fileExchange.entities.PurchaseOrder?.pull?.(session, query) ?? []) {
    const rows = page.rows.map(({ externalId, body }): [string, number] => {
      const { lines } = body as JsonObject;
      return [externalId, Array.isArray(lines) ? lines.length : 0];
    });
    const stored: Stored = { rows, cursor: page.cursor, last: page.last };
    const line = `${JSON.stringify(stored)}\n`;
    const dies = --death.pages === 0;
    writeSync(journal, dies && death.at === "half" ? line.slice(0, line.length / 2) : line);
    fsyncSync(journal);
    if (dies) process.kill(process.pid, "SIGKILL");
  }
  closeSync(journal);
}

if (require.main === module) {
  const [config = "", journal = "", pageSize, pages = "0", at] = process.argv.slice(2);
  const death: Death = { pages: Number(pages), at: at === "half" ? "half" : "stored" };
  void main(JSON.parse(config) as FileConfig, journal, Number(pageSize), death);
}
