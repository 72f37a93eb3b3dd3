import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@dovetail/testing";
import { Client } from "pg";
import { startPostgres } from "./index";

const asRoot = process.getuid?.() === 0 ? it : it.skip;

// PostgreSQL runs as another account then, which cannot enter a folder that is root's alone.
asRoot("data asked for in a folder that only root can enter survives a restart elsewhere", async () => {
  const closed = temporaryFolder("closed");
  chmodSync(closed, 0o700);
  const dir = join(closed, "pg");
  mkdirSync(dir);
  const query = async (url: string, text: string) => {
    const client = new Client(url);
    await client.connect();
    const { rows } = await client.query(text);
    await client.end();
    return rows as unknown[];
  };
  const first = await startPostgres({ dir, password: "p" });
  const place = readFileSync(join(dir, "data-path"), "utf8").trim();
  await query(first.url, "create table kept as select 42 as n");
  await first.stop();
  const second = await startPostgres({ dir, password: "p" });
  expect(await query(second.url, "select n from kept")).toEqual([{ n: 42 }]);
  await second.stop();

  // Without the folder that was asked for, the next start begins anew.
  rmSync(dir, { recursive: true });
  const third = await startPostgres({ dir, password: "other", unsafeFast: true });
  expect(await query(third.url, "select to_regclass('kept') as t")).toEqual([{ t: null }]);
  await third.stop();
  rmSync(place, { recursive: true, force: true });
  expect(existsSync(place)).toBe(false);
});
