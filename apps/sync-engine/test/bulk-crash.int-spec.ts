import { sync } from "@dovetail/contracts";
import { eventually } from "@dovetail/testing";
import { buildEngine, EngineProcess } from "./engine-process";
import { World } from "./world";

const LETTERS = 130;
const PATIENCE = { timeoutMs: 60_000 };

jest.setTimeout(180_000);

describe("kill -9 in the middle of a bulk job", () => {
  let world: World;
  let engine: EngineProcess | undefined;

  beforeAll(async () => {
    buildEngine();
    world = await World.open({ Part: {} });
    await world.sync(["Part"]);
    await world.engines.pop()?.stop();
  });
  afterAll(async () => {
    await engine?.stop();
    await world?.close();
  });

  it("ERR-1: goes on from its last slice; every letter is counted and taken up once", async () => {
    const crashing = EngineProcess.start(world.environment(), "bulk.after-slice:1");
    await world.sql(
      `insert into sync_engine.dead_letters (tenant_id, id, kind, direction, integration, entity, external_id, reason)
       select $1, sync_engine.new_id(), 'REJECTED', 'inbound', a.num, (select min(entity) from sync_engine.cursors), 'row-' || i, 'ERP008'
       from sync_engine.accounts a, generate_series(1, $2) i`,
      [world.main.tenantId, LETTERS],
    );
    const queued = await eventually(() => world.bus.call(sync.bulkRetry, world.context, {}), PATIENCE);
    await crashing.crashed(PATIENCE.timeoutMs);
    const [halfWay] = await world.sql<{ seen: number }>("select seen::int from sync_engine.bulk_jobs");
    expect(halfWay?.seen).toBeGreaterThan(0);
    expect(halfWay?.seen).toBeLessThan(LETTERS);
    engine = EngineProcess.start(world.environment());
    // a killed worker's lease must run out first: half a minute, shortened here
    await world.sql("update sync_engine.work set lease_until = clock_timestamp() where kind = 'bulk'");
    const job = await eventually(async () => {
      const found = await world.bus.call(sync.bulkJob, world.context, { id: queued.id });
      if (found.status !== "completed") throw new Error(found.status);
      return found;
    }, PATIENCE);
    expect(job).toMatchObject({ total: LETTERS, counts: { seen: LETTERS, done: LETTERS }, left: {} });
    // no ERP answers this process: what was taken up still waits for it
    const [asked] = await world.sql<{ n: number }>(
      "select count(*)::int n from sync_engine.work where kind = 'reread' and id like '%:row-%'",
    );
    expect(asked?.n).toBe(LETTERS);
  });
});
