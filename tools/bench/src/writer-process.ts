import { hash, randomUUID } from "node:crypto";
import { openDatabase, type Database } from "@dovetail/database";
import { CrashPoints, PageRepository, type PageCall } from "@dovetail/sync-engine";
import { Client } from "pg";
import { Pool } from "undici";
import type { Commands } from "./child-side";
import type { LimitRun } from "./limit/limit-process";
import { copyPages } from "./limit/copy";
import { fetchPage, mapPage, type SourceOptions } from "./limit/source";

const [INTEGRATION, ENTITY] = [1, 1];

const COLUMNS =
  "tenant_id, entity, key, hash, doc, page_id, integration, external_id, erp_version, shadow_hash, shadow_mapping";

let db: Database;
let admin: Client;
let writer: PageRepository;
type PreparedRow = PageCall["rows"][number];

let pages: Pick<PageCall, "rows">[] = [];

/** The product's page merge alone: pages that are ready in memory, one call per page as a pull makes them. */
export const writerCommands = {
  async open(options: SourceOptions & { databaseUrl: string; adminUrl: string; rows: number }) {
    admin = new Client(options.adminUrl);
    await admin.connect();
    db = await openDatabase({ url: options.databaseUrl, schema: "sync_engine", applicationName: "bench" });
    writer = new PageRepository(db, new CrashPoints(undefined));
    const pool = new Pool(options.erpUrl, { connections: 1 });
    pages = [];
    for (let after = 0, count = 0; count < options.rows;) {
      const page = mapPage(await fetchPage(pool, options.erpDatabase, after), hash);
      const [keys, hashes, docs] = [page.keys, page.hashes, page.docs].map((text) => text.split("\n"));
      pages.push({
        rows: (keys ?? []).map((key, i) => ({
          key,
          externalId: String(after + i + 1),
          erpVersion: "2026-01-01 00:00:00",
          doc: docs?.[i] ?? "",
          hash: (hashes?.[i] ?? "").slice(2),
        })),
      });
      after = page.lastId;
      count += page.rows;
    }
    await pool.close();
  },
  /** Writes all pages for a tenant that has none: a new one, when none is named. */
  async write({ tenantId = randomUUID() }: { tenantId?: string }): Promise<LimitRun> {
    const { epoch } = await writer.openCursor(tenantId, INTEGRATION, ENTITY);
    const started = performance.now();
    let rows = 0;
    for (const [i, page] of pages.entries()) {
      await writer.apply({ ...callOf(tenantId, epoch, i + 1, i === pages.length - 1), ...page });
      rows += page.rows.length;
    }
    return { rows, written: rows, ms: performance.now() - started };
  },
  /** COPY of the same rows into a table with the columns and indexes of the store, without row-level security. */
  async copy(): Promise<LimitRun> {
    await admin.query(
      "create table if not exists copy_records (like sync_engine.records including all); truncate copy_records",
    );
    const texts = pages.map(({ rows }) => Buffer.from(rows.map(copyLine).join("")));
    const started = performance.now();
    await copyPages(admin, `copy copy_records (${COLUMNS}) from stdin`, texts);
    const rows = pages.reduce((sum, page) => sum + page.rows.length, 0);
    return { rows, written: rows, ms: performance.now() - started };
  },
} satisfies Commands;

const COPY_TENANT = randomUUID();

function copyLine({ key, hash: sha, doc, externalId, erpVersion }: PreparedRow): string {
  const text = doc.replaceAll("\\", "\\\\");
  const fields = [
    COPY_TENANT,
    ENTITY,
    key,
    `\\\\x${sha}`,
    text,
    1,
    INTEGRATION,
    externalId,
    erpVersion,
    `\\\\x${sha}`,
    1,
  ];
  return `${fields.join("\t")}\n`;
}

function callOf(tenantId: string, epoch: number, page: number, last: boolean): Omit<PageCall, "rows"> {
  return {
    tenantId,
    tenant: "bench",
    integration: INTEGRATION,
    source: "/integrations/bulk",
    entity: ENTITY,
    jobId: randomUUID(),
    epoch,
    page,
    io: page,
    mapping: 1,
    prefix: "",
    cursor: { page },
    last,
    baseline: true,
    repeats: 0,
    targets: [],
    letters: [],
  };
}
