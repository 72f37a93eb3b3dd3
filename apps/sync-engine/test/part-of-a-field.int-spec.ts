import { memory } from "@dovetail/adapter-memory";
import type { JsonObject } from "@dovetail/domain";
import { World } from "./world";

describe("an ERP that knows a part of a field, and no versions", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({ Supplier: {} });
    const document = memory.mappings.Supplier as unknown as JsonObject;
    const rest = (document["mappings"] as JsonObject[]).filter(({ mesField }) => mesField !== "address");
    const city = { mesField: "city", erpField: "city" };
    const rule = { mesField: "address", erpField: "address", dataType: "object", fields: [city] };
    world.main.setMapping("Supplier", 1, { ...document, mappings: [...rest, rule] });
    await world.sync(["Supplier"]);
  });
  afterAll(() => world?.close());

  const write = async (body: JsonObject, op: "put" | "patch" = "patch") => {
    const { transactions } = await world.main.write({ entityType: "Supplier", key: "S-1", op, body });
    await world.main.settled(transactions[0]?.id, "confirmed");
  };

  it("its change of that part comes in, though a push of another field meets it first", async () => {
    const address = { city: "Bergen", line1: "Bryggen 1" };
    await write({ supplierNumber: "S-1", name: "Fjord", address }, "put");
    const [row] = world.erp.table("Supplier").find(world.erp.now(), ({ body }) => body.supplierNumber === "S-1");
    world.erp.mutate("Supplier", row?.externalId ?? "", { address: { city: "Oslo" } });
    await world.sql("update sync_engine.records set erp_version = null where key = 'S-1'");
    await write({ name: "Fjord AS", address: { line1: "Bryggen 2" } });
    expect(world.main.documents("Supplier", "S-1")).toMatchObject([{ name: "Fjord AS", address: { city: "Oslo" } }]);
    expect(await world.record("Supplier", "S-1")).toMatchObject({ name: "Fjord AS", address: { city: "Oslo" } });
  });
});
