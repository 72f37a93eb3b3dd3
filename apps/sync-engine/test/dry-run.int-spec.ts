import { sync, ProblemError, type Job } from "@dovetail/contracts";
import { eventually } from "@dovetail/testing";
import { PlanTests } from "./plan-tests";
import { World } from "./world";

describe("SYN-11: dry run, plan, approval", () => {
  let world: World;
  let plans: PlanTests;

  beforeAll(async () => {
    world = await World.open({
      Supplier: { pageSize: 4, fieldPolicy: { "*": "erp", name: "manual" } },
      Customer: { direction: "inbound" },
      PurchaseOrder: { direction: "inbound" },
      Part: {},
    });
    plans = new PlanTests(world);
  });
  afterAll(() => world?.close());

  const brief = async (job: Job) =>
    (await plans.items(job)).map(({ direction, key, operation, reason }) =>
      [direction === "outbound" ? "push" : "pull", operation, key, ...(reason ? [reason] : [])].join(" "),
    );
  const direct = (entity: "Supplier" | "Part", direction: "inbound" | "both") => {
    const { entities } = world.integration;
    const settings = entities[entity];
    if (settings) world.main.change({ entities: { ...entities, [entity]: { ...settings, direction } } });
  };
  const insertSupplier = (supplierNumber: string, name = supplierNumber) =>
    world.erp.insert("Supplier", { ...world.erp.newBody("Supplier"), supplierNumber, name }).externalId;
  const idOf = (key: string) =>
    world.erp.table("Supplier").find(world.erp.now(), ({ body }) => body["supplierNumber"] === key)[0]?.externalId ??
    "";

  it("says what a first load would create and changes nothing; approved, exactly that is done", async () => {
    for (let n = 10; n < 20; n++) insertSupplier(`S-${n}`);
    const before = await plans.store();
    const job = await plans.dryRun("Supplier");
    expect(job).toMatchObject({ status: "awaiting_approval", dryRun: true, counts: { read: 10, created: 10 } });
    expect(job.approval).toMatchObject({ kind: "sync", state: "ready", approvedBy: null, notApplied: 0 });
    const items = await plans.items(job);
    expect(items).toHaveLength(10);
    expect(items[0]).toMatchObject({ operation: "create", assumes: { version: 0 }, state: "planned" });
    expect(items[0]?.changes).toContainEqual({ field: "supplierNumber", old: null, new: "S-10" });
    expect(await plans.store()).toEqual(before);

    // nothing that comes later is part of it
    insertSupplier("S-30");
    const done = await plans.approve(job);
    expect(done).toMatchObject({ status: "completed", counts: { read: 10, created: 10 } });
    expect(done.approval).toMatchObject({ state: "applied", approvedBy: "service:test" });
    expect((await plans.items(job)).map(({ state }) => state)).toEqual(Array(10).fill("applied"));
    // the pull goes on where the plan ended
    world.erp.advance(2_000);
    expect((await world.sync(["Supplier"]))[0]?.counts).toMatchObject({ created: 1, updated: 0 });
  });

  it("plans updates, conflicts, rejected and parked rows and deletions, by page and by operation", async () => {
    await world.main.write({ entityType: "Supplier", key: "S-11", op: "patch", body: { name: "Ours" } });
    await eventually(async () => expect(world.main.documents("Supplier", "S-11")).toMatchObject([{ name: "Ours" }]));
    // edited here while the ERP cannot be reached, and there
    direct("Supplier", "inbound");
    await world.sync(["Part"]);
    await world.main.write({ entityType: "Supplier", key: "S-12", op: "patch", body: { name: "Ours" } });
    world.erp.mutate("Supplier", idOf("S-12"), { name: "Theirs" });
    world.erp.mutate("Supplier", idOf("S-13"), { email: "s13@example.com" });
    world.erp.mutate("Supplier", idOf("S-14"), { currency: "no currency" });
    world.erp.remove("Supplier", idOf("S-15"));
    world.erp.advance(2_000);
    const before = await plans.store();
    const job = await plans.dryRun("Supplier", "full");
    expect(await plans.store()).toEqual(before);
    const all = await brief(job);
    expect(all.filter((line) => !line.includes(" skip "))).toEqual([
      "pull park S-12 CONFLICT",
      "pull update S-13",
      "pull reject S-14 ERP008",
      "pull delete S-15",
    ]);
    expect(job.counts).toMatchObject({ read: 10, updated: 1, unchanged: 7, rejected: 1, parked: 1, deleted: 1 });
    expect(await plans.items(job, "update")).toMatchObject([
      { key: "S-13", changes: [{ field: "email", new: "s13@example.com" }] },
    ]);
    const first = await world.bus.call(sync.plan, world.context, { id: job.id, limit: 3 });
    const rest = await world.bus.call(sync.plan, world.context, { id: job.id, limit: 100, cursor: first.next ?? "" });
    expect(first.items.length + rest.items.length).toBe(all.length);

    const done = await plans.approve(job);
    expect(done).toMatchObject({ status: "completed", counts: job.counts, approval: { notApplied: 0 } });
    expect(await world.record("Supplier", "S-13")).toMatchObject({ email: "s13@example.com" });
    expect((await world.main.letters()).map(({ reason, key }) => `${reason} ${key}`).sort()).toEqual([
      "CONFLICT S-12",
      "ERP008 S-14",
    ]);
    expect(await world.sql("select 1 from sync_engine.records where key = 'S-15' and deleted")).toHaveLength(1);
  });

  it("completes at once when there is nothing to do", async () => {
    world.erp.seedRows("Customer", 3);
    await world.sync(["Customer"]);
    const job = await plans.dryRun("Customer", "full");
    expect(job).toMatchObject({ status: "completed", counts: { read: 3, unchanged: 3 } });
    await expect(world.bus.call(sync.approveJob, world.context, { id: job.id })).rejects.toMatchObject({
      code: "CONFLICT",
    });
  });

  it("plans pushes that are needed, with what would be sent; approved, they go first", async () => {
    const part = async (partNumber: string, name: string) =>
      world.main.write({ entityType: "Part", key: partNumber, body: { partNumber, name } });
    direct("Part", "inbound");
    await world.sync(["Part"]);
    world.erp.insert("Part", { partNumber: "P-1", name: "Bolt" });
    const { externalId } = world.erp.insert("Part", { partNumber: "P-2", name: "Nut" });
    world.erp.insert("Part", { partNumber: "P-4", name: "Washer" });
    world.erp.advance(2_000);
    expect((await world.sync(["Part"], "full"))[0]?.counts).toMatchObject({ created: 3 });
    await part("P-1", "Our bolt");
    await part("P-2", "Our nut");
    await part("P-3", "Our pin");
    world.erp.mutate("Part", externalId, { manufacturer: "Theirs" });
    direct("Part", "both");
    world.erp.advance(2_000);
    const before = await plans.store();
    const job = await plans.dryRun("Part", "full");
    expect(await plans.store()).toEqual(before);
    expect(await brief(job)).toEqual([
      "push update P-1",
      "push update P-2",
      "push create P-3",
      "pull skip P-1",
      // read before its push: it is read again
      "pull park P-2 IN_FLIGHT",
      "pull skip P-4",
    ]);
    const [update, , create] = await plans.items(job);
    expect(update).toMatchObject({
      changes: [{ field: "name", old: "Bolt", new: "Our bolt" }],
      body: { name: "Our bolt" },
      assumes: { version: 2 },
    });
    expect(create?.body).toMatchObject({ partNumber: "P-3", name: "Our pin" });
    expect(world.main.documents("Part", "P-3")).toEqual([]);

    expect(await plans.approve(job)).toMatchObject({ status: "completed", approval: { notApplied: 0 } });
    await eventually(() => {
      expect(world.main.documents("Part", "P-1")).toMatchObject([{ name: "Our bolt" }]);
      expect(world.main.documents("Part", "P-2")).toMatchObject([{ name: "Our nut", manufacturer: "Theirs" }]);
      expect(world.main.documents("Part", "P-3")).toMatchObject([{ name: "Our pin" }]);
    });
    await eventually(async () => {
      expect(await world.record("Part", "P-2")).toMatchObject({ name: "Our nut", manufacturer: "Theirs" });
      expect((await world.main.letters()).filter(({ reason }) => reason === "IN_FLIGHT")).toEqual([]);
    });
    expect(await plans.dryRun("Part", "full")).toMatchObject({ status: "completed" });
  });

  it("is refused as a whole when a record was changed since, and nothing is applied", async () => {
    world.erp.mutate("Customer", world.erp.table("Customer").find(world.erp.now(), () => true)[0]?.externalId ?? "", {
      city: "Bergen",
    });
    for (const each of world.erp.table("Customer").find(world.erp.now(), () => true))
      world.erp.mutate("Customer", each.externalId, { name: "Renamed" });
    world.erp.advance(2_000);
    const job = await plans.dryRun("Customer");
    const [item] = await plans.items(job, "update");
    await world.main.write({ entityType: "Customer", key: item?.key ?? "", op: "patch", body: { name: "Ours" } });
    const before = await plans.store();
    const refused = await world.bus
      .call(sync.approveJob, world.context, { id: job.id })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ProblemError);
    expect((refused as ProblemError).problem).toMatchObject({
      code: "STALE",
      status: 412,
      errors: [{ field: item?.key, rule: "stale", message: "planned on version 1, has version 2" }],
    });
    expect(await plans.store()).toEqual(before);
    expect(await world.bus.call(sync.job, world.context, { id: job.id })).toMatchObject({
      status: "awaiting_approval",
      approval: { state: "ready" },
    });
    await world.bus.call(sync.cancelJob, world.context, { id: job.id });
  });
});
