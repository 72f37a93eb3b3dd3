import { memory } from "@dovetail/adapter-memory";
import type { JsonObject } from "@dovetail/domain";
import { World } from "./world";

describe("an integration that only gets pushes", () => {
  let world: World;

  beforeAll(async () => {
    const outbound = { direction: "outbound", master: false } as const;
    const Supplier = { ...outbound, pageSize: 500 };
    world = await World.open({ Part: outbound, Supplier, PurchaseOrder: outbound });
    // Of an address this ERP knows the city; its orders point at suppliers by its own ids.
    const city = { mesField: "city", erpField: "city" };
    setRule("Supplier", { mesField: "address", erpField: "address", dataType: "object", fields: [city] });
    const by = { dataType: "reference", references: "Supplier", referenceBy: "externalId" };
    setRule("PurchaseOrder", { mesField: "supplier", erpField: "supplier", ...by });
  });
  afterAll(() => world?.close());

  /** The usual mapping with one rule replaced. */
  function setRule(entity: "Supplier" | "PurchaseOrder", rule: JsonObject): void {
    const document = memory.mappings[entity] as unknown as JsonObject;
    const rest = (document["mappings"] as JsonObject[]).filter(({ mesField }) => mesField !== rule["mesField"]);
    world.main.setMapping(entity, 1, { ...document, mappings: [...rest, rule] });
  }

  const write = async (entityType: "Part" | "Supplier", key: string, body: JsonObject, op: "put" | "patch" = "put") => {
    const { transactions } = await world.main.write({ entityType, key, op, body });
    await world.main.settled(transactions[0]?.id, "confirmed");
  };
  const calls = () => world.erp.journal.filter(({ what }) => what === "push").length;

  it("its first load of orders waits until the suppliers' links stand, which are made row by row", async () => {
    const ids = world.erp.seedRows("Supplier", 300);
    for (const [n, supplier] of ids.entries()) world.erp.insert("PurchaseOrder", { poNumber: `PO-${n}`, supplier });
    world.erp.advance(2_000);
    const [suppliers, orders] = await world.sync(["Supplier", "PurchaseOrder"]);
    expect(suppliers?.counts).toMatchObject({ read: 300, parked: 0 });
    expect(orders?.counts).toMatchObject({ read: 300, parked: 0 });
    expect(await world.sql("select 1 from sync_engine.dead_letters where reason = 'UNKNOWN_PARENT'")).toEqual([]);
  });

  it("changes no record by what it sets of itself", async () => {
    await world.sync(["Part"]);
    world.erp.faults.normalise = (_entity, body) => {
      body["manufacturer"] = "set by the ERP";
    };
    await write("Part", "ALONE", { partNumber: "ALONE", name: "Bolt" });
    delete world.erp.faults.normalise;
    expect(world.main.documents("Part", "ALONE")).toMatchObject([{ manufacturer: "set by the ERP" }]);
    expect(await world.record("Part", "ALONE")).not.toHaveProperty("manufacturer");
  });

  it("is not called for what comes to the same there", async () => {
    const address = { city: "Bergen", line1: "Bryggen 1" };
    await write("Supplier", "S-1", { supplierNumber: "S-1", name: "Fjord", address });
    const before = calls();
    await write("Supplier", "S-1", { address: { line1: "Bryggen 2" } }, "patch");
    expect(calls()).toBe(before);
    await write("Supplier", "S-1", { address: { city: "Oslo" } }, "patch");
    expect(calls()).toBe(before + 1);
    expect(world.main.documents("Supplier", "S-1")).toMatchObject([{ address: { city: "Oslo" } }]);
  });
});
