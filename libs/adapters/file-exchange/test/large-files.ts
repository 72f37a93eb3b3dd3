/**
 * Reads files of any size and prints what it took. Run by hand:
 *   npx esbuild libs/adapters/file-exchange/test/large-files.ts --bundle --platform=node --packages=external \
 *     --tsconfig=tsconfig.base.json --outfile=dist/large-files.cjs
 *   node dist/large-files.cjs 2048 plain    (or: joined, for heads and lines in unsorted files)
 */
import { once } from "node:events";
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "@dovetail/domain";
import { systemClock } from "@dovetail/adapter-sdk";
import { fileExchange } from "../src";

const ROW = "Weight of a row as they come, with, some, text in it and nothing else to say about the matter at hand";
const LINES_PER_ORDER = 8;

async function write(path: string, header: string, rows: number, row: (n: number) => string): Promise<number> {
  const out = createWriteStream(path);
  out.write(header);
  for (let n = 0; n < rows;) {
    let block = "";
    for (let i = 0; i < 5000 && n < rows; i++, n++) block += row(n);
    if (!out.write(block)) await once(out, "drain");
  }
  out.end();
  await once(out, "close");
  return statSync(path).size;
}

/** A number that visits all of 0…count-1 in no order. */
const scattered = (n: number, count: number) => (n * 7919) % count;

async function main(megabytes: number, joined: boolean): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "dovetail-large-"));
  for (const name of ["in", "work", "done", "error", "out", "ack"]) mkdirSync(join(root, name));
  // Prime to 7919, so that every line is visited.
  const rows = Math.floor((megabytes * 1024 * 1024) / 136 / 10) * 10 + 1;
  const orders = Math.ceil(rows / LINES_PER_ORDER);
  const children = [{ as: "lines", pattern: "Detail*.csv", parentKey: ["id"] }];
  const line = (n: number) => `${scattered(n, rows) % orders},${n},"${ROW}",${n}.5000\n`;
  let bytes = 0;
  if (joined) {
    bytes += await write(join(root, "in/Detail.csv"), "id,line,text,quantity\n", rows, line);
    bytes += await write(join(root, "in/Head.csv"), "id,total\n", orders, (n) => `${n},${n}.0000\n`);
  } else
    bytes += await write(
      join(root, "in/Head.csv"),
      "id,line,text,quantity\n",
      rows,
      (n) => `${n},1,"${ROW}",${n}.5000\n`,
    );
  const set: JsonObject = {
    entityType: "PurchaseOrder",
    pattern: "Head*.csv",
    key: ["id"],
    ...(joined ? { children } : {}),
  };
  const quiet = () => undefined;
  const session = await fileExchange.open({
    config: {
      transport: "folder",
      root,
      format: "csv",
      encoding: "utf-8",
      delimiter: "auto",
      quoting: "double",
      outSequence: "none",
      sets: [set],
      marker: "none",
      stableMs: 0,
    },
    http: { request: () => Promise.reject(new Error("no HTTP")) },
    clock: systemClock,
    signal: new AbortController().signal,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    fileRoots: [root],
  });
  const begun = Date.now();
  let read = 0;
  let lines = 0;
  let resident = 0;
  const query = { mode: "full" as const, cursor: null, pageSize: 1000, lookbackSeconds: 0 };
  for await (const page of fileExchange.entities.PurchaseOrder?.pull?.(session, query) ?? []) {
    read += page.rows.length;
    for (const { body } of page.rows) lines += ((body as JsonObject)["lines"] as JsonObject[] | undefined)?.length ?? 0;
    resident = Math.max(resident, process.memoryUsage.rss());
  }
  const seconds = (Date.now() - begun) / 1000;
  const megabyte = (n: number) => Math.round(n / 1024 / 1024);
  console.log(
    JSON.stringify({
      mode: joined ? "joined" : "plain",
      bytes,
      expected: joined ? orders : rows,
      read,
      lines,
      seconds,
      maxRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
      rssWhileReadingMb: megabyte(resident),
    }),
  );
  rmSync(root, { recursive: true });
}

void main(Number(process.argv[2] ?? 100), process.argv[3] === "joined");
