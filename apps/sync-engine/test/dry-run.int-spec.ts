import { sync, type Job, type PlanItem } from "@dovetail/contracts";
import type { EntityName } from "@dovetail/domain";
import { eventually } from "@dovetail/testing";
import { World } from "./world";

describe("SYN-11: a dry run", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({ Supplier: { pageSize: 4 }, Customer: { direction: "inbound" } });
  });
  afterAll(() => world?.close());

  async function dryRun(entity: EntityName, mode: "incremental" | "full" = "incremental"): Promise<Job> {
    const input = { integration: "memory-one", entityTypes: [entity], mode, dryRun: true };
    const [job] = (await world.bus.call(sync.execute, world.context, input)).jobs;
    return world.main.ended(job?.id ?? "");
  }

  async function planOf(job: Job, operation?: PlanItem["operation"]): Promise<PlanItem[]> {
    const input = { id: job.id, limit: 1000, ...(operation ? { operation } : {}) };
    return (await world.bus.call(sync.plan, world.context, input)).items;
  }

  /** Everything that a dry run must leave as it was. */
  async function store(): Promise<unknown> {
    const tables = ["records", "links", "cursors", "changes", "pages", "pushes", "dead_letters", "event_log"];
    const rows = tables.map((table) =>
      world.sql(`select to_jsonb(t) - 'at' as row from sync_engine.${table} t order by 1::text`),
    );
    return Promise.all(rows);
  }

  it("says what a first load would create, and changes nothing", async () => {
    world.erp.seedRows("Supplier", 10);
    const before = await store();
    const job = await dryRun("Supplier");
    expect(job).toMatchObject({ status: "awaiting_approval", dryRun: true, counts: { read: 10, created: 10 } });
    expect(job.approval).toMatchObject({ kind: "sync", state: "ready", approvedBy: null, notApplied: 0 });
    const items = await planOf(job);
    expect(items).toHaveLength(10);
    expect(items[0]).toMatchObject({
      operation: "create",
      direction: "inbound",
      assumes: { version: 0 },
      state: "planned",
    });
    expect(items[0]?.changes).toContainEqual({ field: "supplierNumber", old: null, new: items[0]?.key });
    expect(await store()).toEqual(before);
  });

  it("is applied as it was approved", async () => {
    const job = await dryRun("Supplier");
    const approved = await world.bus.call(sync.approveJob, world.context, {
      id: job.id,
      digest: job.approval?.digest ?? "",
    });
    expect(approved).toMatchObject({ status: "running", approval: { state: "approved", approvedBy: "service:test" } });
    const done = await world.main.ended(job.id);
    expect(done).toMatchObject({
      status: "completed",
      counts: { read: 10, created: 10 },
      approval: { state: "applied" },
    });
    expect((await planOf(job)).map(({ state }) => state)).toEqual(Array(10).fill("applied"));
    // the pull goes on where the plan ended
    await eventually(async () =>
      expect((await world.sync(["Supplier"]))[0]?.counts).toMatchObject({ created: 0, updated: 0 }),
    );
  });
});
