import { sync } from "@dovetail/contracts";
import { eventually } from "@dovetail/testing";
import { World } from "./world";

describe("the watch on purchase orders", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({ PurchaseOrder: {} }, 0);
    await world.startEngine({ ERP_STATUS_WATCH_INTERVAL: "200" });
  });
  afterAll(() => world?.close());

  /** As when integration-config says that the integration changed. */
  const changed = () =>
    world.sql("insert into sync_engine.work (tenant_id, kind, id) values ($1, 'account', $2)", [
      world.context.tenantId,
      world.integration.id,
    ]);

  it("SYN-17: brings a status to the other side without notices and long before the schedule", async () => {
    const { supplier: _none, ...rest } = world.erp.newBody("PurchaseOrder");
    const body = { ...rest, poNumber: "PO-1", status: "APPROVED" };
    const { externalId } = world.erp.insert("PurchaseOrder", body);
    await world.sync(["PurchaseOrder"]);
    world.main.change({ syncSchedule: { enabled: true, interval: "0 3 1 1 *" } });
    await changed();
    world.erp.mutate("PurchaseOrder", externalId, { status: "SENT" });
    world.erp.advance(2_000);
    await eventually(
      async () => expect(await world.record("PurchaseOrder", "PO-1")).toMatchObject({ status: "SENT" }),
      {
        timeoutMs: 30_000,
      },
    );
    // it comes again by itself
    world.erp.mutate("PurchaseOrder", externalId, { status: "RECEIVED" });
    world.erp.advance(2_000);
    await eventually(
      async () => expect(await world.record("PurchaseOrder", "PO-1")).toMatchObject({ status: "RECEIVED" }),
      { timeoutMs: 30_000 },
    );
  });

  it("SYN-8: it and the scans at night go on after recovery", async () => {
    const id = world.integration.name;
    await world.sync(["PurchaseOrder"]);
    world.main.change({ syncSchedule: { enabled: true, interval: "0 3 1 1 *" } });
    await changed();
    const rounds = () => world.sql("select kind from sync_engine.work where kind in ('scan', 'watch') order by kind");
    await eventually(async () => expect(await rounds()).toEqual([{ kind: "scan" }, { kind: "watch" }]));
    await world.bus.call(sync.reset, world.context, { id });
    await world.sql("update sync_engine.work set due_at = clock_timestamp() where kind in ('scan', 'watch')");
    await eventually(async () => expect(await rounds()).toEqual([]), { timeoutMs: 30_000 });
    await world.bus.call(sync.release, world.context, { id, force: true });
    expect(await rounds()).toEqual([{ kind: "scan" }, { kind: "watch" }]);
  });
});
