import { memory } from "@dovetail/adapter-memory";
import type { JsonObject } from "@dovetail/domain";
import { eventually } from "@dovetail/testing";
import { World } from "./world";

/** The memory ERP's mapping with suppliers of orders told by external id. */
function byExternalId(): JsonObject {
  const document = structuredClone(memory.mappings.PurchaseOrder) as unknown as { mappings: JsonObject[] };
  for (const field of document.mappings)
    if (field.mesField === "supplier") Object.assign(field, { references: "Supplier", referenceBy: "externalId" });
  return document as unknown as JsonObject;
}

describe("the order of pushes", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({ Supplier: {}, PurchaseOrder: {} });
    world.main.setMapping("PurchaseOrder", 1, byExternalId());
  });
  afterAll(() => world?.close());

  const order = (poNumber: string, supplier: string): JsonObject => ({ poNumber, supplier, lines: [] });

  it("nothing is created before the first load is complete", async () => {
    await world.main.execute(["PurchaseOrder"]);
    const answer = await world.main.write({ entityType: "Supplier", key: "S-1", body: { supplierNumber: "S-1" } });
    await world.main.settled(answer.transactions[0]?.id, "parked");
    expect(world.main.documents("Supplier", "S-1")).toEqual([]);
    await world.sync(["Supplier"]);
    await world.main.settled(answer.transactions[0]?.id, "confirmed");
    expect(world.main.documents("Supplier", "S-1")).toHaveLength(1);
  });

  it("SYN-6: an order waits for its supplier and goes out with the supplier's external id", async () => {
    world.erp.faults.next({ kind: "status", status: 429, retryAfterSeconds: 1 }, { calls: ["push"] });
    await world.main.write({ entityType: "Supplier", key: "S-2", body: { supplierNumber: "S-2" } });
    const answer = await world.main.write({ entityType: "PurchaseOrder", key: "PO-1", body: order("PO-1", "S-2") });
    await world.main.settled(answer.transactions[0]?.id, "confirmed");
    const [supplier] = world.erp.table("Supplier").find(world.erp.now(), (row) => row.body.supplierNumber === "S-2");
    expect(world.main.documents("PurchaseOrder", "PO-1")).toMatchObject([{ supplier: supplier?.externalId }]);
  });

  it("SYN-6: an order pulled before its supplier is parked, and released when the supplier arrives", async () => {
    world.erp.insert("PurchaseOrder", order("PO-2", "777"));
    world.erp.advance(2_000);
    const [job] = await world.sync(["PurchaseOrder"]);
    expect(job?.counts).toMatchObject({ parked: 1 });
    expect(await world.main.letters()).toMatchObject([{ kind: "PARKED", reason: "UNKNOWN_PARENT" }]);
    world.erp.insert("Supplier", { supplierNumber: "S-777" }, { externalId: "777" });
    world.erp.advance(2_000);
    await world.sync(["Supplier"]);
    await eventually(async () =>
      expect(await world.record("PurchaseOrder", "PO-2")).toMatchObject({ supplier: "S-777" }),
    );
    expect(await world.main.letters()).toEqual([]);
    const after = await world.main.ended(job?.id ?? "");
    expect(after.counts).toMatchObject({ parked: 0, created: 1 });
  });

  it("SYN-9: a page read before a push does not revert it: the row waits and is read again", async () => {
    world.erp.insert("Supplier", { supplierNumber: "RACE", name: "old" });
    world.erp.advance(2_000);
    await world.sync(["Supplier"]);
    const [row] = world.erp.table("Supplier").find(world.erp.now(), (each) => each.body.supplierNumber === "RACE");
    world.erp.mutate("Supplier", row?.externalId ?? "", { externalReference: "new there" });
    const paused = world.erp.faults.pauseSender();
    const answer = await world.main.write({ entityType: "Supplier", key: "RACE", op: "patch", body: { name: "new" } });
    await paused.held;
    const [job] = await world.sync(["Supplier"], "full");
    expect(job?.counts).toMatchObject({ parked: 1 });
    expect(await world.record("Supplier", "RACE")).toMatchObject({ name: "new" });
    await paused.release();
    await world.main.settled(answer.transactions[0]?.id, "confirmed");
    await eventually(async () => expect(await world.main.letters()).toEqual([]), { timeoutMs: 10_000 });
    const both = { name: "new", externalReference: "new there" };
    await eventually(async () => expect(await world.record("Supplier", "RACE")).toMatchObject(both));
    expect(world.main.documents("Supplier", "RACE")).toMatchObject([both]);
  });

  it("a deletion here stands while the ERP shows the row as before", async () => {
    world.main.change({
      entities: { Supplier: { ...world.integration.entities.Supplier, direction: "inbound" } as never },
    });
    await world.sync(["Supplier"]);
    await world.main.write({ entityType: "Supplier", key: "S-777", op: "delete" });
    const [job] = await world.sync(["Supplier"], "full");
    expect(job).toMatchObject({ status: "completed", counts: { created: 0, updated: 0, parked: 0 } });
    const [row] = world.erp.table("Supplier").find(world.erp.now(), (each) => each.body.supplierNumber === "S-777");
    world.erp.mutate("Supplier", row?.externalId ?? "", { name: "alive" });
    const [again] = await world.sync(["Supplier"], "full");
    expect(again?.counts).toMatchObject({ created: 1 });
    expect(await world.record("Supplier", "S-777")).toMatchObject({ name: "alive" });
  });
});
