import { sync } from "@dovetail/contracts";
import { eventually } from "@dovetail/testing";
import { PlanTests } from "./plan-tests";
import type { TestTenant } from "./tenant";
import { World } from "./world";

describe("SYN-12: roll-back of a job", () => {
  let world: World;
  let second: TestTenant;
  let plans: PlanTests;

  beforeAll(async () => {
    world = await World.open({
      Supplier: { direction: "inbound" },
      PurchaseOrder: { direction: "inbound" },
      Receipt: {},
    });
    plans = new PlanTests(world);
    second = await world.addBeside({ Supplier: { direction: "outbound", master: false } });
  });
  afterAll(() => world?.close());

  const ids = new Map<string, string>();

  function insert(...numbers: string[]): void {
    for (const supplierNumber of numbers) {
      const body = { ...world.erp.newBody("Supplier"), supplierNumber, name: `Name of ${supplierNumber}` };
      ids.set(supplierNumber, world.erp.insert("Supplier", body).externalId);
    }
  }
  const rename = (key: string, name: string) => world.erp.mutate("Supplier", ids.get(key) ?? "", { name });
  const pull = async () => {
    world.erp.advance(2_000);
    const [job] = await world.sync(["Supplier"]);
    if (!job) throw new Error("no job");
    return job;
  };
  const stateOf = async (key: string) => {
    const [row] = await world.sql<{ version: number; deleted: boolean; name: string; same: boolean }>(
      `select version, deleted, doc->>'name' as name, hash = shadow_hash as same from sync_engine.records where key = $1`,
      [key],
    );
    return row;
  };
  /** What the second ERP, which only gets pushes, has of a key. */
  const there = (key: string) => second.documents("Supplier", key).map(({ name }) => name);

  it("plans it, and holds what was touched since or is referred to", async () => {
    insert("S-1", "S-2", "S-3");
    await pull();
    await eventually(() => expect(there("S-1")).toEqual(["Name of S-1"]));
    rename("S-1", "Renamed");
    rename("S-2", "Renamed too");
    insert("S-8", "S-9");
    const bad = await pull();
    expect(bad.counts).toMatchObject({ updated: 2, created: 2 });
    await world.main.write({ entityType: "Supplier", key: "S-2", op: "patch", body: { name: "By the MES" } });
    world.erp.insert("PurchaseOrder", {
      ...world.erp.newBody("PurchaseOrder"),
      poNumber: "PO-1",
      supplier: "S-9",
    });
    await world.sync(["PurchaseOrder"]);
    await eventually(() =>
      expect([there("S-1"), there("S-8"), there("S-2")]).toEqual([["Renamed"], ["Name of S-8"], ["By the MES"]]),
    );

    const before = await plans.store();
    const plan = await plans.rollback(bad.id);
    expect(plan).toMatchObject({
      status: "awaiting_approval",
      approval: { kind: "rollback", state: "ready", reverts: bad.id },
    });
    expect(await plans.store()).toEqual(before);
    const items = await plans.items(plan);
    expect(items.map(({ key, operation, reason }) => ({ key, operation, reason }))).toEqual([
      { key: "S-1", operation: "update", reason: null },
      { key: "S-2", operation: "hold", reason: "TOUCHED" },
      { key: "S-8", operation: "delete", reason: null },
      { key: "S-9", operation: "hold", reason: "REFERENCED" },
    ]);
    expect(items[0]).toMatchObject({
      changes: [{ field: "name", old: "Renamed", new: "Name of S-1" }],
      assumes: { version: 2 },
      pushes: [{ integration: "memory-two", operation: "update", offered: true }],
    });

    const done = await plans.approve(plan);
    expect(done).toMatchObject({ status: "completed", approval: { state: "applied", notApplied: 0 } });
    expect(done.counts).toMatchObject({ read: 3, updated: 1, parked: 2, deleted: 1 });
    // versions go on; the shadow is what the ERP shows
    expect(await stateOf("S-1")).toEqual({ version: 3, deleted: false, name: "Name of S-1", same: false });
    expect(await stateOf("S-8")).toMatchObject({ version: 2, deleted: true });
    expect(await stateOf("S-2")).toMatchObject({ version: 3, name: "By the MES" });
    expect(await stateOf("S-9")).toMatchObject({ version: 1, deleted: false });
    await eventually(() => expect([there("S-1"), there("S-8")]).toEqual([["Name of S-1"], []]));
  });

  it("is not redone by the next reads of the same rows, and gives way to what the ERP changes then", async () => {
    world.erp.advance(2_000);
    expect((await world.sync(["Supplier"], "full"))[0]?.counts).toMatchObject({ created: 0, updated: 0, deleted: 0 });
    expect(await stateOf("S-1")).toMatchObject({ version: 3, name: "Name of S-1" });
    expect(await stateOf("S-8")).toMatchObject({ deleted: true });
    // another field is taken, the field that was taken back stays
    world.erp.mutate("Supplier", ids.get("S-1") ?? "", { email: "new@example.com" });
    await pull();
    expect(await world.record("Supplier", "S-1")).toMatchObject({ name: "Name of S-1", email: "new@example.com" });
    // the same field: the ERP owns it
    rename("S-1", "Renamed again");
    await pull();
    expect(await stateOf("S-1")).toMatchObject({ name: "Renamed again", same: true });
  });

  it("tells its changes in the feed", async () => {
    const seen = await world.sql<{ source: string; n: number }>(
      `select source, n from sync_engine.event_log where source = '/services/test' and type = 'record.page'`,
    );
    expect(seen.length).toBeGreaterThanOrEqual(2);
    let cursor: string | undefined;
    const events: string[] = [];
    for (;;) {
      const page = await world.bus.call(sync.changes, world.context, cursor ? { cursor } : {});
      events.push(...page.items.map(({ type, subject, data }) => `${type} ${subject} ${String(data["version"])}`));
      if (page.items.length === 0) break;
      cursor = page.next ?? undefined;
    }
    expect(events).toEqual(expect.arrayContaining(["erp.Supplier.updated S-1 3", "erp.Supplier.deleted S-8 2"]));
  });

  it("can be taken back itself", async () => {
    rename("S-3", "Wrong");
    const bad = await pull();
    const undone = await plans.approve(await plans.rollback(bad.id));
    expect(await stateOf("S-3")).toMatchObject({ version: 3, name: "Name of S-3" });
    const redone = await plans.approve(await plans.rollback(undone.id));
    expect(redone.status).toBe("completed");
    expect(await stateOf("S-3")).toEqual({ version: 4, deleted: false, name: "Wrong", same: true });
    // taken back already: nothing is left of it
    const again = await plans.rollback(undone.id);
    expect(again).toMatchObject({ status: "completed", counts: { parked: 1 } });
    expect((await plans.items(again)).map(({ operation, reason }) => [operation, reason])).toEqual([
      ["hold", "TOUCHED"],
    ]);
  });

  it("brings back what the job deleted", async () => {
    insert("S-5");
    await pull();
    world.erp.remove("Supplier", ids.get("S-5") ?? "");
    const gone = await pull();
    expect(gone.counts).toMatchObject({ deleted: 1 });
    const plan = await plans.rollback(gone.id);
    expect(await plans.items(plan)).toMatchObject([{ key: "S-5", operation: "create" }]);
    await plans.approve(plan);
    expect(await stateOf("S-5")).toMatchObject({ version: 3, deleted: false, name: "Name of S-5" });
    await eventually(() => expect(there("S-5")).toEqual(["Name of S-5"]));
  });

  it("holds facts: they are only reversed", async () => {
    world.erp.seedRows("Receipt", 2);
    const [job] = await world.sync(["Receipt"]);
    expect(job?.counts.created).toBe(2);
    const plan = await plans.rollback(job?.id ?? "");
    expect(plan.status).toBe("completed");
    expect((await plans.items(plan)).map(({ reason }) => reason)).toEqual(["FACT", "FACT"]);
  });
});
