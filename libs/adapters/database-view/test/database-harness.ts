import type { ConformanceHarness, FaultControl, OpenOptions } from "@dovetail/adapter-conformance";
import { RecordSeeder } from "@dovetail/adapter-memory";
import { HttpClient, SqlClient, systemClock } from "@dovetail/adapter-sdk";
import type { EntityName, JsonObject } from "@dovetail/domain";
import { ENTITIES } from "@dovetail/domain";
import { databaseView } from "../src";
import { ErpTables, flatRecord, table } from "./erp-tables";
import { StatementProxy } from "./statement-proxy";

/** A database of the test's own. */
export interface Place {
  dialect: "postgresql" | "mysql";
  port: number;
  database: string;
  user: string;
  password: string;
}

const ENTITIES_TRIED: readonly EntityName[] = ["Supplier", "PurchaseOrder", "InventoryTransaction"];

/** Where reads begin, where writes begin, and where writes become lasting. */
const READ = /REPEATABLE READ/;
const WRITE = /BEGIN\0|LEVEL READ COMMITTED/;
const COMMIT = /COMMIT(\0|$)/;

interface Running {
  tables: ErpTables;
  proxy: StatementProxy;
}

function faultsOf(running: () => Running, seedOne: (e: EntityName, age: number, missing: number) => Promise<string>) {
  const set = (text: RegExp, does: "break" | "loseAnswer" | "cutAnswer" | "hang") =>
    void (running().proxy.fault = { text, does });
  const either = new RegExp(`${READ.source}|${COMMIT.source}`);
  const kinds = { reset: "break", cutOff: "cutAnswer", hang: "hang" } as const;
  const faults: FaultControl = {
    kinds: Object.keys(kinds) as (keyof typeof kinds)[],
    fail: (kind) => set(either, kinds[kind as keyof typeof kinds]),
    clear: () => running().proxy.clear(),
    timeoutAfterEffect: () => set(COMMIT, "loseAnswer"),
    timeoutBeforeEffect: () => set(COMMIT, "break"),
    pauseSender: () => running().proxy.pause(WRITE),
    lateCommit: (entity, ageMs) => seedOne(entity, ageMs, 0),
    async equalTimestamps(entity, count) {
      const ids: string[] = [];
      for (let i = 0; i < count; i++) ids.push(await seedOne(entity, 0, 0));
      const { tables } = running();
      const at = tables.time(new Date().toISOString());
      await tables.run(`update ${table(entity)} set erp_modified = ${at} where erp_id in (${ids.join(", ")})`);
      return ids;
    },
    missingChildren: (entity) => seedOne(entity, 0, 1),
  };
  return faults;
}

const quiet = () => undefined;

/** A session at a place with these settings; `changed` overrides members of the connection. */
export async function openPlace(place: Place, settings: JsonObject, changed: JsonObject = {}, signal?: AbortSignal) {
  const http = new HttpClient();
  const { dialect, port, database, user, password } = place;
  const own = { dialect, port, database, apiUsername: user, apiPassword: password };
  const fixed = { host: "127.0.0.1", tls: "off", zone: "UTC", timeoutSeconds: 20 };
  const session = await databaseView.open({
    config: { ...fixed, ...own, ...settings, ...changed },
    http,
    clock: systemClock,
    signal: signal ?? new AbortController().signal,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  return {
    session,
    async close() {
      await databaseView.close?.(session);
      await http.close();
    },
  };
}

/** The adapter on a real database, with breaking connections between. */
export function databaseHarness(start: () => Promise<{ place: Place; stop(): Promise<void> }>): ConformanceHarness {
  let started: (Running & { place: Place; stop(): Promise<void> }) | undefined;
  const running = () => {
    if (!started) throw new Error("the database has not been started");
    return started;
  };
  const seeder = new RecordSeeder(7);
  let serial = 0;
  const body = (entity: EntityName) => flatRecord(entity, seeder.record(entity, ++serial));
  const seedOne = (entity: EntityName, ageMs: number, missing: number) =>
    running().tables.insert(entity, body(entity), ageMs, missing);
  // Filled at the start; the first rules need the schema alone.
  const config: JsonObject = {
    dialect: "postgresql",
    host: "127.0.0.1",
    database: "erp",
    tls: "off",
    timeoutSeconds: 20,
    apiUsername: "erp",
    apiPassword: "not known yet",
  };
  return {
    adapter: databaseView,
    entities: ENTITIES_TRIED,
    config,
    async start() {
      const { place, stop } = await start();
      const sql = new SqlClient({ ...place, host: "127.0.0.1" });
      const tables = new ErpTables(sql, place.dialect, ENTITIES_TRIED);
      await tables.create();
      started = { place, stop, tables, proxy: await StatementProxy.start(place.port) };
      const { dialect, database, user, password } = place;
      const own = { dialect, database, apiUsername: user, apiPassword: password, port: started.proxy.port };
      Object.assign(config, own, tables.settings());
    },
    async stop() {
      await started?.tables.sql.close();
      await started?.proxy.stop();
      await started?.stop();
    },
    reset: () => running().tables.clear(),
    async open({ as, signal }: OpenOptions = {}) {
      const changed: JsonObject =
        as === "wrongPassword" ? { apiPassword: "wrong" } : as === "unreachable" ? { port: 1 } : {};
      const { place, proxy, tables } = running();
      return openPlace({ ...place, port: proxy.port }, tables.settings(), changed, signal);
    },
    async seed(entity, count) {
      const ids: string[] = [];
      for (let i = 0; i < count; i++) ids.push(await seedOne(entity, 0, 0));
      return ids;
    },
    async mutate(entity, id) {
      const { tables } = running();
      const at = tables.time(new Date().toISOString());
      const text = `'changed ${++serial}'`;
      const column = tables.quote("externalReference");
      await tables.run(`update ${table(entity)} set ${column} = ${text}, erp_modified = ${at} where erp_id = ${id}`);
    },
    async remove(entity, id) {
      await running().tables.run(`delete from ${table(entity)} where erp_id = ${id}`);
    },
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 2500))),
    async keyOf(entity, id) {
      const { tables } = running();
      const [row] = await tables.sql.query(`select * from ${table(entity)} where erp_id = ${id}`);
      return Object.fromEntries(ENTITIES[entity].key.map((name) => [name, row?.[name] ?? null]));
    },
    pushBody: (entity) => ({ create: body(entity), update: { externalReference: `changed ${++serial}` } }),
    async countReference(entity, reference) {
      const { tables } = running();
      const rows = await tables.sql.query(`select 1 from ${table(entity)} where erp_reference = '${reference}'`);
      return rows.length;
    },
    faults: faultsOf(running, seedOne),
    classifications: [
      { input: { bodyCode: "postgresql/23505" }, category: "CONFLICT" },
      { input: { bodyCode: "mysql/1366" }, category: "VALIDATION" },
      { input: { bodyCode: "mssql/1205" }, category: "TRANSIENT" },
      { input: { bodyCode: "oracle/1017" }, category: "AUTH" },
    ],
  };
}
