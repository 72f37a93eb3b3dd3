import { sync } from "@dovetail/contracts";
import { eventually } from "@dovetail/testing";
import { buildEngine, EngineProcess } from "./engine-process";
import { PlanTests } from "./plan-tests";
import { World } from "./world";

const PATIENCE = { timeoutMs: 60_000 };

jest.setTimeout(180_000);

describe("kill -9 in the middle of a plan", () => {
  let world: World;

  beforeAll(async () => {
    buildEngine();
    world = await World.open({ Part: { pageSize: 3 } });
    await world.sync(["Part"]);
  });
  afterAll(() => world?.close());

  it("SYN-11: its slice is as if it had not begun; another engine goes on there, nothing is done twice", async () => {
    const plans = new PlanTests(world);
    world.erp.seedRows("Part", 9);
    world.erp.advance(2_000);
    const job = await plans.dryRun("Part");
    expect(job.counts).toMatchObject({ created: 9 });
    await world.engines.pop()?.stop();
    const crashing = EngineProcess.start(world.environment(), "plan.before-commit:2");
    await eventually(() => world.bus.call(sync.approveJob, world.context, { id: job.id }), PATIENCE);
    await crashing.crashed(PATIENCE.timeoutMs);
    const records = () =>
      world.sql<{ n: number; versions: number }>(
        "select count(*)::int n, max(version) versions from sync_engine.records",
      );
    expect(await records()).toEqual([{ n: 3, versions: 1 }]);

    await world.startEngine();
    // a killed worker's lease must run out first: half a minute, shortened here
    await world.sql("update sync_engine.work set lease_until = clock_timestamp() where lease_until is not null");
    const done = await world.main.ended(job.id, PATIENCE.timeoutMs);
    expect(done).toMatchObject({ status: "completed", counts: { read: 9, created: 9 }, approval: { notApplied: 0 } });
    expect(await records()).toEqual([{ n: 9, versions: 1 }]);
    expect((await world.sync(["Part"]))[0]?.counts).toMatchObject({ created: 0, updated: 0 });
  });
});
