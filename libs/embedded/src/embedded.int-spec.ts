import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually, temporaryFolder } from "@dovetail/testing";
import { Client } from "pg";
import { FolderHeldError, folderHolder, lockFolder, startNats, startPostgres } from "./index";
import { processExists } from "./running-process";

/** A node process of its own that runs an expression over this library; it prints what the expression gives, and stays. */
function inOtherProcess(expression: string): ChildProcess {
  const script = `
    const { outputFiles } = require("esbuild").buildSync({ entryPoints: [${JSON.stringify(join(__dirname, "index.ts"))}],
      bundle: true, platform: "node", format: "cjs", packages: "external", write: false });
    const library = new (require("node:module"))(${JSON.stringify(__filename)});
    library.paths = module.paths;
    library._compile(outputFiles[0].text, ${JSON.stringify(__filename)});
    (async ({ startPostgres, startNats, lockFolder }) => ${expression})(library.exports).then(
      (value) => { console.log(JSON.stringify(value)); setInterval(() => undefined, 1000); },
      (error) => { console.log(JSON.stringify({ error: error.message })); });`;
  return spawn(process.execPath, ["-e", script], {
    cwd: join(__dirname, "../../.."),
    stdio: ["ignore", "pipe", "inherit"],
  });
}

function firstLine<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve) => {
    let text = "";
    child.stdout?.on("data", (data) => {
      text += data;
      if (text.includes("\n")) resolve(JSON.parse(text) as T);
    });
  });
}

const query = async (url: string, text: string) => {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query(text)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
};

it("a kill -9 of the parent leaves no server, and the next start finds the data", async () => {
  const dir = temporaryFolder("killed");
  const child = inOtherProcess(`{
    const postgres = await startPostgres({ dir: ${JSON.stringify(join(dir, "pg"))}, password: "p" });
    const nats = await startNats({ dir: ${JSON.stringify(join(dir, "nats"))} });
    return { url: postgres.url, pids: [postgres.pid, nats.pid] };
  }`);
  const { url, pids } = await firstLine<{ url: string; pids: number[] }>(child);
  await query(url, "create table kept as select 42 as n");
  expect(pids.every(processExists)).toBe(true);

  await expect(startPostgres({ dir: join(dir, "pg"), password: "p" })).rejects.toThrow(`process ${child.pid}`);
  await expect(startNats({ dir: join(dir, "nats") })).rejects.toBeInstanceOf(FolderHeldError);

  child.kill("SIGKILL");
  await once(child, "exit");
  // At once: the old servers may still be stopping.
  const again = await startPostgres({ dir: join(dir, "pg"), password: "p" });
  expect(await query(again.url, "select n from kept")).toEqual([{ n: 42 }]);
  await eventually(() => !pids.some(processExists));
  await again.stop();
  expect(folderHolder(join(dir, "pg"))).toBeUndefined();
});

it("PostgreSQL that was itself killed recovers at the next start", async () => {
  const dir = temporaryFolder("crashed");
  const first = await startPostgres({ dir, password: "p", sharedBuffers: "16MB" });
  await query(first.url, "create table kept as select 42 as n");
  process.kill(first.pid, "SIGKILL");
  await first.stop();
  const second = await startPostgres({ dir, password: "p" });
  expect(await query(second.url, "select n from kept")).toEqual([{ n: 42 }]);
  expect(readFileSync(second.logFile, "utf8")).toContain("database system was interrupted");
  await second.stop();
});

it("a port that is taken is an error with the server's own words", async () => {
  const one = await startNats({ dir: temporaryFolder("one") });
  await expect(startNats({ dir: temporaryFolder("two"), port: one.port })).rejects.toThrow("address already in use");
  await one.stop();
});

describe("folder lock", () => {
  it("is taken over from a dead process, also when its id lives on in another", () => {
    const dir = temporaryFolder("lock");
    const dead = { pid: process.pid, since: "2026-01-01T00:00:00Z", command: "old", identity: "another start" };
    writeFileSync(join(dir, "lock.json"), JSON.stringify(dead));
    const lock = lockFolder(dir);
    expect(folderHolder(dir)).toMatchObject({ pid: process.pid });
    expect(() => lockFolder(dir)).toThrow(FolderHeldError);
    lock.release();
    expect(existsSync(join(dir, "lock.json"))).toBe(false);
  });

  it("is not stopped by a file that is not a lock", () => {
    const dir = temporaryFolder("lock");
    writeFileSync(join(dir, "lock.json"), "{");
    lockFolder(dir).release();
  });

  it("goes to exactly one of several", async () => {
    const dir = temporaryFolder("lock");
    const children = [1, 2, 3].map(() => inOtherProcess(`lockFolder(${JSON.stringify(dir)}) && "mine"`));
    const answers = await Promise.all(children.map((child) => firstLine<string | { error: string }>(child)));
    expect(answers.filter((answer) => answer === "mine")).toHaveLength(1);
    children.forEach((child) => child.kill("SIGKILL"));
  });
});
