import { sync } from "@dovetail/contracts";
import { eventually } from "@dovetail/testing";
import { World } from "./world";

describe("rows that the ERP says are gone", () => {
  let world: World;

  beforeAll(async () => {
    // Customers are read only: an edit of ours stays here
    world = await World.open({ Supplier: {}, Customer: { direction: "inbound" } });
  });
  afterAll(() => world?.close());

  const idOf = async (key: string) => {
    const [row] = await world.sql<{ external_id: string }>(
      "select external_id from sync_engine.records where key = $1 and external_id is not null",
      [key],
    );
    return row?.external_id ?? "";
  };
  const deletedKeys = async () =>
    (await world.sql<{ key: string }>("select key from sync_engine.records where deleted order by key")).map(
      ({ key }) => key,
    );
  const listed = async () => (await world.main.letters()).map(({ kind, reason, key }) => ({ kind, reason, key }));

  function insertSupplier(n: number): string {
    const body = { ...world.erp.newBody("Supplier"), supplierNumber: `S-${n}`, name: `Supplier ${n}` };
    return world.erp.insert("Supplier", body).externalId;
  }

  it("are deleted like by any other change, once, and come back as new", async () => {
    const [id = ""] = Array.from({ length: 20 }, (_, n) => insertSupplier(n + 10));
    expect((await world.sync(["Supplier"]))[0]?.counts).toMatchObject({ created: 20, deleted: 0 });
    world.erp.remove("Supplier", id);
    expect((await world.sync(["Supplier"]))[0]).toMatchObject({ status: "completed", counts: { deleted: 1 } });
    expect(await deletedKeys()).toEqual(["S-10"]);
    const changes = await world.sql("select op, version from sync_engine.changes where key = 'S-10' order by version");
    expect(changes).toEqual([
      { op: "c", version: 1 },
      { op: "d", version: 2 },
    ]);
    expect(await listed()).toEqual([]);
    // within the look-back the ERP says so again
    expect((await world.sync(["Supplier"]))[0]?.counts).toMatchObject({ deleted: 0, parked: 0 });

    insertSupplier(10);
    const [job] = await world.sync(["Supplier"], "full");
    expect(job).toMatchObject({ status: "completed", counts: { created: 1 } });
    expect(await listed()).toEqual([]);
    expect(await deletedKeys()).toEqual([]);
    expect(world.main.documents("Supplier", "S-10")).toHaveLength(1);
  });

  it("stay and are listed when the record has changes that the ERP has not taken", async () => {
    const body = { ...world.erp.newBody("Customer"), customerNumber: "C-1", name: "Theirs" };
    const { externalId } = world.erp.insert("Customer", body);
    await world.sync(["Customer"]);
    const record = { ...(await world.record("Customer", "C-1")), name: "Ours" };
    await world.main.write({ entityType: "Customer", key: "C-1", body: record });
    world.erp.remove("Customer", externalId);
    const [job] = await world.sync(["Customer"]);
    expect(job).toMatchObject({ status: "completed", counts: { deleted: 0, parked: 1 } });
    expect(await world.record("Customer", "C-1")).toMatchObject({ name: "Ours" });
    expect(await listed()).toEqual([{ kind: "PARKED", reason: "DELETED", key: "C-1" }]);
    const [letter] = await world.main.letters();
    expect(letter?.problem?.detail).toMatch(/is gone; C-1 stays: the record has changes/);
    await world.bus.call(sync.discardDeadLetter, world.context, { id: letter?.id ?? "", reason: "kept" });
  });

  it("are a person's when they are too many at once", async () => {
    const ids = await Promise.all([20, 21, 22, 23, 24, 25].map((n) => idOf(`S-${n}`)));
    for (const id of ids) world.erp.remove("Supplier", id);
    expect((await world.sync(["Supplier"]))[0]?.counts).toMatchObject({ deleted: 0, parked: 6 });
    expect(await deletedKeys()).toEqual([]);
    const letters = await world.main.letters();
    expect(letters.map(({ reason }) => reason)).toEqual(Array(6).fill("DELETED"));

    const one = letters.find(({ key }) => key === "S-20");
    await world.bus.call(sync.retryDeadLetter, world.context, { id: one?.id ?? "" });
    await eventually(async () => expect(await deletedKeys()).toEqual(["S-20"]));
    await eventually(async () => expect(await listed()).toHaveLength(5));
  });
});
