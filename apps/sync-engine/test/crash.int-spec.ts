import { odoo } from "@dovetail/adapter-odoo";
import type { JsonObject } from "@dovetail/domain";
import { startBulk, startSimulator, type Running, type RunningBulk } from "@dovetail/erp-simulator";
import { eventually } from "@dovetail/testing";
import { buildEngine, EngineProcess } from "./engine-process";
import type { TestTenant } from "./tenant";
import { World } from "./world";

/** Rows of the pull that is killed; CRASH_ROWS=100000 runs every point at the size that the platform promises. */
const ROWS = Number(process.env["CRASH_ROWS"] ?? 3_000);
const PAGE = Math.min(1_000, Math.ceil(ROWS / 6));
const PATIENCE = { timeoutMs: 20_000 + ROWS * 2 };

const ALL = process.env["CRASH_ROWS"] !== undefined;
const IN_PULLS = [
  "page.after-commit:2",
  "job.before-end",
  ...(ALL ? ["page.before-commit:2", "page.after-commit:5"] : []),
];
const IN_WRITES = [
  "push.after-send",
  ...(ALL ? ["write.before-commit", "write.after-commit", "push.before-send", "push.before-settle"] : []),
];

jest.setTimeout(120_000 + ROWS * 4);

function pointAt(tenant: TestTenant, url: string, database: string): void {
  tenant.credentials = { apiUsername: "admin", apiPassword: "admin" };
  tenant.change({
    erpSystem: "ODOO",
    adapter: { system: "ODOO", version: odoo.version },
    apiEndpoint: url,
    settings: { database, protocol: "jsonrpc" },
  });
  tenant.setMapping("Supplier", 1, odoo.mappings.Supplier as unknown as JsonObject);
}

describe("SYN-2: kill -9 of the engine", () => {
  let world: World;
  let bulk: RunningBulk;
  let simulator: Running;
  let engine: EngineProcess | undefined;

  beforeAll(async () => {
    buildEngine();
    world = await World.open({ Supplier: { direction: "inbound", pageSize: PAGE } }, 0);
    bulk = await startBulk({ rows: ROWS, model: "res.partner" });
    simulator = await startSimulator({ version: 17, demo: false });
  });
  afterAll(async () => {
    await engine?.stop();
    await bulk?.stop();
    await simulator?.stop();
    await world?.close();
  });

  async function restarted(): Promise<void> {
    engine = EngineProcess.start(world.environment());
    // a killed worker's lease must run out first: half a minute, shortened here
    await world.sql("update sync_engine.work set lease_until = clock_timestamp() where lease_until is not null");
  }

  describe.each(IN_PULLS)("in a first load at %s", (point) => {
    let tenant: TestTenant;

    beforeAll(() => {
      tenant = world.addTenant(`t-${point.replace(/[.:]/g, "-")}`, {
        Supplier: { direction: "inbound", pageSize: PAGE },
      });
      pointAt(tenant, bulk.url, bulk.database);
    });
    afterAll(() => engine?.stop());

    it("SYN-2, SYN-4: gives exactly the right counts after a restart, and one baseline event", async () => {
      const crashing = EngineProcess.start(world.environment(), point);
      const [queued] = await eventually(() => tenant.execute(["Supplier"], "full"), PATIENCE);
      await crashing.crashed(PATIENCE.timeoutMs);
      await restarted();
      const job = await eventually(() => tenant.ended(queued?.id ?? "", PATIENCE.timeoutMs), PATIENCE);
      expect(job).toMatchObject({ status: "completed", problem: null });
      expect(job.counts).toEqual({
        read: ROWS,
        created: ROWS,
        updated: 0,
        unchanged: 0,
        rejected: 0,
        parked: 0,
        deleted: 0,
      });
      const [stored] = await world.sql<{ records: number; changes: number; logged: number }>(
        `select (select count(*)::int from sync_engine.records where tenant_id = $1) records,
           (select count(*)::int from sync_engine.changes where tenant_id = $1) changes,
           (select count(*)::int from sync_engine.event_log where tenant_id = $1 and type = 'record.baseline') logged`,
        [tenant.tenantId],
      );
      expect(stored).toEqual({ records: ROWS, changes: ROWS, logged: 1 });
      const [again] = await tenant.sync(["Supplier"], "full");
      expect(again?.counts).toMatchObject({ read: ROWS, unchanged: ROWS });
    });
  });

  describe("in a MES change", () => {
    let tenant: TestTenant;

    beforeAll(async () => {
      tenant = world.addTenant("mes", { Supplier: {} });
      pointAt(tenant, simulator.url, "o17");
      const first = EngineProcess.start(world.environment());
      await eventually(() => tenant.sync(["Supplier"]), PATIENCE);
      await first.stop();
    });

    it.each(IN_WRITES)(
      "at %s makes one document in the ERP, and the module that repeats its request is told so",
      async (point) => {
        const key = `CRASH-${point.toUpperCase()}`;
        const body = { supplierNumber: key, name: "Crash" };
        const request = { entityType: "Supplier", key, body, eventId: key } as const;
        const crashing = EngineProcess.start(world.environment(), point);
        const asking = eventually(() => crashing.ended || tenant.write(request).then(() => true), PATIENCE);
        await Promise.all([crashing.crashed(), Promise.race([asking, crashing.crashed()])]);
        await restarted();
        const answer = await eventually(() => tenant.write(request), PATIENCE);
        const [push] = answer.transactions;
        await eventually(async () => {
          await longAgo();
          await tenant.settled(push?.id, "confirmed", 100);
        }, PATIENCE);
        await engine?.stop();
        expect(await simulator.odoo.call("res.partner", "search_count", [[["ref", "=", key]]])).toBe(1);
        const changes = await world.sql<{ version: number }>(
          "select version from sync_engine.changes where key = $1 order by version",
          [key],
        );
        expect(changes.map(({ version }) => version)).toEqual(changes.map((_, i) => i + 1));
      },
    );
  });

  /** Lets the time pass that an ERP of class L is given to show a late effect. */
  async function longAgo(): Promise<void> {
    await world.sql(
      "update sync_engine.pushes set updated_at = updated_at - interval '1 hour' where status = 'unknown'",
    );
    await world.sql(
      "update sync_engine.work set due_at = clock_timestamp() where kind = 'push' and lease_until is null",
    );
  }
});
