import { sync } from "@dovetail/contracts";
import { eventually } from "@dovetail/testing";
import { World } from "./world";

describe("ERP_INTEGRATION_ENABLED=false", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({ Part: {} }, 0);
  });
  afterAll(() => world?.close());

  it("answers, takes changes and jobs in, and calls no ERP until an engine that is switched on goes on", async () => {
    const off = await world.startEngine({ ERP_INTEGRATION_ENABLED: "false" });
    world.erp.seedRows("Part", 3);
    world.erp.advance(5_000);
    const { jobs } = await world.bus.call(sync.execute, world.context, { integration: world.integration.name });
    const id = jobs[0]?.id ?? "";
    // the relay of the switched-off engine numbers its log: by then a worker would have taken the job up
    await world.main.write({ entityType: "Part", key: "P-OFF", body: { partNumber: "P-OFF", description: "kept" } });
    await eventually(async () => {
      const page = await world.bus.call(sync.changes, world.context, {});
      expect(page.items).toHaveLength(1);
    });
    expect((await world.bus.call(sync.job, world.context, { id })).status).toBe("queued");
    expect(world.erp.journal.filter(({ what }) => what === "pull" || what === "push")).toHaveLength(0);
    await off.stop();
    await world.startEngine();
    expect((await world.main.ended(id)).counts.created).toBe(3);
    await eventually(() => expect(world.main.documents("Part", "P-OFF")).toHaveLength(1));
  });
});
