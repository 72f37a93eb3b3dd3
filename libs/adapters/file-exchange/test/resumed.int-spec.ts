import { spawn, spawnSync } from "node:child_process";
import { createWriteStream, readdirSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { temporaryFolder } from "@dovetail/testing";
import type { JsonObject } from "@dovetail/domain";
import { buildSync } from "esbuild";
import { DEFAULTS, newRoot } from "./exchange";
import { readJournal } from "./reader-process";
import { itOnDisk, smallDisk, unmountSmallDisks } from "./small-disk";

const REPOSITORY = join(__dirname, "../../../..");
/** More lines than are joined in memory: 16 MB. KILLED_READER_MB tries it with more. */
const MEGABYTES = Number(process.env["KILLED_READER_MB"] ?? 18);
const LINES_PER_ORDER = 6;
const TEXT = "what a line of an order says about the thing that was ordered, and to which terms".repeat(2);

async function write(path: string, rows: Iterable<string>): Promise<void> {
  const out = createWriteStream(path);
  let block = "";
  for (const row of rows) {
    block += row;
    if (block.length < 65_536) continue;
    if (!out.write(block)) await once(out, "drain");
    block = "";
  }
  out.end(block);
  await once(out, "close");
}

function* orderFile(orders: number) {
  yield "id,total\n";
  for (let n = 0; n < orders; n++) yield `${n},${n}.0000\n`;
}

/** Each order's lines stand far from each other. */
function* lineFile(orders: number) {
  yield "id,line,text\n";
  for (let line = 0; line < LINES_PER_ORDER; line++)
    for (let n = 0; n < orders; n++) yield `${(n * 7919) % orders},${line},"${TEXT}"\n`;
}

async function largeDelivery(megabytes: number) {
  const root = newRoot();
  // Prime to 7919, so that every order is visited.
  const orders = Math.floor((megabytes * 1024 * 1024) / (LINES_PER_ORDER * (TEXT.length + 12)) / 10) * 10 + 1;
  await write(join(root, "in/Detail.csv"), lineFile(orders));
  await write(join(root, "in/Head.csv"), orderFile(orders));
  const children = [{ as: "lines", pattern: "Detail.csv", parentKey: ["id"] }];
  const set = { entityType: "PurchaseOrder", pattern: "Head.csv", key: ["id"], children };
  return { root, orders, config: { ...DEFAULTS, root, sets: [set] } };
}

describe("a reader that ends in the middle", () => {
  let bundle: string;
  let temporary: string;
  beforeAll(() => {
    bundle = join(temporaryFolder("reader"), "reader.cjs");
    buildSync({
      entryPoints: [join(__dirname, "reader-process.ts")],
      outfile: bundle,
      bundle: true,
      platform: "node",
      packages: "external",
      tsconfig: join(REPOSITORY, "tsconfig.base.json"),
      logLevel: "silent",
    });
    temporary = temporaryFolder("join");
  });

  afterEach(unmountSmallDisks);

  /** Ends by itself, or by SIGKILL in a page. */
  async function run(config: JsonObject, journal: string, ...death: string[]): Promise<void> {
    const child = spawn(process.execPath, [bundle, JSON.stringify(config), journal, "500", ...death], {
      env: { ...process.env, NODE_PATH: join(REPOSITORY, "node_modules"), TMPDIR: temporary },
      stdio: ["ignore", "ignore", "inherit"],
    });
    expect(await once(child, "exit")).toEqual(death.length > 0 ? [null, "SIGKILL"] : [0, null]);
  }

  it("killed in or behind any page goes on behind what it had stored: nothing is lost, doubled or left on the disk", async () => {
    const { root, orders, config } = await largeDelivery(MEGABYTES);
    const journal = join(temporaryFolder("journal"), "pages");
    for (const death of [
      ["1", "stored"],
      ["2", "half"],
      ["7", "stored"],
      ["1", "half"],
    ]) {
      await run(config, journal, ...death);
      expect(readJournal(journal).at(-1)?.last).toBe(false);
      expect(readdirSync(temporary)).toEqual([]);
    }
    await run(config, journal);
    const stored = readJournal(journal);
    expect(stored.at(-1)?.last).toBe(true);
    const rows = stored.flatMap((page) => page.rows);
    expect(rows).toHaveLength(orders);
    expect(new Set(rows.map(([id]) => id)).size).toBe(orders);
    expect(rows.every(([, lines]) => lines === LINES_PER_ORDER)).toBe(true);
    expect(readdirSync(join(root, "in"))).toEqual([]);
    expect(readdirSync(join(root, "work"))).toEqual([]);
    expect(readdirSync(join(root, "done"))).toHaveLength(2);
  });

  itOnDisk("a full disk under a join fails the read in words; with room it is resumed", async () => {
    const { root, orders, config } = await largeDelivery(18);
    const disk = temporaryFolder("small");
    expect(smallDisk(disk)).toBe(true);
    const journal = join(temporaryFolder("journal"), "pages");
    const args = [bundle, JSON.stringify(config), journal, "500"];
    const env = { ...process.env, NODE_PATH: join(REPOSITORY, "node_modules"), TMPDIR: disk };
    const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
    expect(status).toBe(1);
    expect(stderr).toMatch(/joining in the temporary folder: the disk is full/);
    expect(readdirSync(disk)).toEqual([]);
    await run(config, journal);
    const ids = readJournal(journal).flatMap(({ rows }) => rows.map(([id]) => id));
    expect([ids.length, new Set(ids).size]).toEqual([orders, orders]);
    expect(readdirSync(join(root, "work"))).toEqual([]);
  });
});
