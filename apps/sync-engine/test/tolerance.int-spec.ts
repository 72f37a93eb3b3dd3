import { World } from "./world";

describe("the tolerance of an entity", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({
      Supplier: { tolerance: { count: 2 } },
      Part: { tolerance: { rate: 0.1 } },
      Customer: {},
    });
  });
  afterAll(() => world?.close());

  const bad = (entity: "Supplier" | "Part" | "Customer", n: number) =>
    Array.from({ length: n }, () => world.erp.insert(entity, { ...world.erp.newBody(entity), active: "perhaps" }));

  it("SYN-5: a bad row never fails a run by itself, however many there are", async () => {
    bad("Customer", 30);
    const [job] = await world.sync(["Customer"]);
    expect(job).toMatchObject({ status: "completed", counts: { read: 30, rejected: 30 } });
  });

  it("SYN-5: more rejected rows than its count fail the run, which names them; the next goes on behind it", async () => {
    world.erp.seedRows("Supplier", 10);
    bad("Supplier", 3);
    world.erp.advance(2_000);
    const [job] = await world.sync(["Supplier"]);
    expect(job).toMatchObject({
      status: "failed",
      counts: { read: 13, created: 10, rejected: 3 },
      problem: { code: "ERP008" },
    });
    expect(job?.problem?.errors).toHaveLength(3);
    expect(job?.problem?.errors?.[0]).toMatchObject({
      field: expect.stringMatching(/: active$/),
      rule: expect.any(String),
    });
    const letters = (await world.main.letters()).filter(({ entityType }) => entityType === "Supplier");
    expect(letters).toHaveLength(3);

    for (const { externalId } of letters) world.erp.mutate("Supplier", externalId ?? "", { active: true });
    world.erp.advance(2_000);
    const [next] = await world.sync(["Supplier"]);
    expect(next).toMatchObject({ status: "completed", counts: { created: 3, rejected: 0 } });
  });

  it("SYN-5: a share of the rows read fails it above, not at, the rate", async () => {
    world.erp.seedRows("Part", 18);
    const rows = bad("Part", 2);
    expect((await world.sync(["Part"], "full"))[0]).toMatchObject({ status: "completed", counts: { rejected: 2 } });
    bad("Part", 1);
    const [job] = await world.sync(["Part"], "full");
    expect(job).toMatchObject({ status: "failed", problem: { code: "ERP008" } });
    expect(job?.problem?.detail).toMatch(/3 of 21 rows/);
    for (const { externalId } of rows) world.erp.mutate("Part", externalId, { active: true });
    expect((await world.sync(["Part"], "full"))[0]?.status).toBe("completed");
  });

  it("SYN-7: a run that fails so deletes nothing", async () => {
    const [id = ""] = world.erp.seedRows("Part", 1);
    await world.sync(["Part"], "full");
    bad("Part", 5);
    world.erp.remove("Part", id);
    expect((await world.sync(["Part"], "full"))[0]).toMatchObject({ status: "failed", counts: { deleted: 0 } });
    expect(await world.sql("select key from sync_engine.records where deleted")).toEqual([]);
  });
});
