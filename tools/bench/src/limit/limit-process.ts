import { hash } from "node:crypto";
import { Client } from "pg";
import { Pool } from "undici";
import type { Commands } from "../child-side";
import { copyPages } from "./copy";
import { fetchPage, mapPage, PAGE, type LimitPage, type SourceOptions } from "./source";

/** The leanest program that does the work of a sync: no history, no links, no log, no row-level security. */
export interface LimitOptions extends SourceOptions {
  databaseUrl: string;
}

export interface LimitRun {
  rows: number;
  written: number;
  ms: number;
}

const TABLE = '(key text collate "C" primary key, hash bytea not null, doc jsonb not null)';
// Comparing first: ON CONFLICT … WHERE alone would lock, and so write, every unchanged row.
const UPSERT = {
  name: "upsert",
  text: `insert into limit_rows (key, hash, doc)
    select s.key, s.hash::bytea, s.doc::jsonb
    from unnest(string_to_array($1, E'\\n'), string_to_array($2, E'\\n'), string_to_array($3, E'\\n')) s(key, hash, doc)
    where s.hash::bytea is distinct from (select x.hash from limit_rows x where x.key = s.key)
    on conflict (key) do update set hash = excluded.hash, doc = excluded.doc`,
};

/** Pages that are written at once: PostgreSQL has the next one while it waits for the disk and we map. */
const WRITERS = 2;

let client: Client;
let writers: Client[];
let pool: Pool;
let options: LimitOptions;

const read = (after: number): Promise<string> => fetchPage(pool, options.erpDatabase, after);

async function sync(): Promise<LimitRun> {
  const started = performance.now();
  let rows = 0;
  let written = 0;
  const writing: Promise<unknown>[] = [];
  let reading = read(0);
  for (let n = 0; ; n = (n + 1) % WRITERS) {
    const page = mapPage(await reading, hash);
    rows += page.rows;
    const last = page.rows < PAGE;
    if (!last) reading = read(page.lastId);
    await writing[n];
    writing[n] = writers[n]
      ?.query({ ...UPSERT, values: [page.keys, page.hashes, page.docs] })
      .then((r) => (written += r.rowCount ?? 0)) as Promise<unknown>;
    if (last) break;
  }
  await Promise.all(writing);
  return { rows, written, ms: performance.now() - started };
}

/** The same rows as COPY's text format wants them. */
function copyText(page: LimitPage): Buffer {
  const [keys, hashes, docs] = [page.keys, page.hashes, page.docs].map((text) => text.split("\n"));
  const lines = (keys ?? []).map(
    (key, i) => `${key}\t\\${hashes?.[i]}\t${(docs?.[i] ?? "").replaceAll("\\", "\\\\")}\n`,
  );
  return Buffer.from(lines.join(""));
}

let copied: { rows: number; pages: Buffer[] } | undefined;

async function prepareCopy(rows: number): Promise<{ rows: number; pages: Buffer[] }> {
  const pages: Buffer[] = [];
  let count = 0;
  for (let after = 0; count < rows;) {
    const page = mapPage(await read(after), hash);
    if (page.rows === 0) break;
    pages.push(copyText(page));
    count += page.rows;
    after = page.lastId;
  }
  return { rows: count, pages };
}

export const limit = {
  async open(given: LimitOptions) {
    options = given;
    writers = Array.from({ length: WRITERS }, () => new Client(given.databaseUrl));
    for (const writer of writers) await writer.connect();
    [client] = writers as [Client, ...Client[]];
    pool = new Pool(given.erpUrl, { connections: 1 });
    await client.query(`create table if not exists limit_rows ${TABLE}; create table if not exists copy_rows ${TABLE}`);
  },
  settle: async () => void (await client.query("vacuum analyze limit_rows")),
  empty: async () => void (await client.query("truncate limit_rows")),
  sync,
  /** COPY of rows that are ready in memory. */
  async copy({ rows }: { rows: number }): Promise<LimitRun> {
    copied ??= await prepareCopy(rows);
    await client.query("truncate copy_rows");
    const started = performance.now();
    await copyPages(client, "copy copy_rows (key, hash, doc) from stdin", copied.pages);
    const ms = performance.now() - started;
    // What lies about is vacuumed by and by, and its WAL would be counted as the product's.
    await client.query("truncate copy_rows");
    return { rows: copied.rows, written: copied.rows, ms };
  },
} satisfies Commands;
