import { ENTITIES, type EntityName } from "@dovetail/domain";
import { eventually } from "@dovetail/testing";
import { World } from "./world";

describe("a listing of stamps", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({ Supplier: { lookbackSeconds: 0 }, Part: {}, Customer: {} });
  });
  afterAll(() => world?.close());
  afterEach(() => world.erp.faults.clear());

  const calls = (kind: string) => world.erp.journal.filter(({ what }) => what === kind).length;
  const scan = async (entity: EntityName) => {
    const [job] = await world.main.sync([entity], "scan");
    if (!job) throw new Error("no job");
    return job;
  };
  const count = (table: string) => world.sql<{ n: number }>(`select count(*)::int n from sync_engine.${table}`);

  it("SYN-3: finds what was committed late behind the watermark, and reads nothing else", async () => {
    world.erp.seedRows("Supplier", 2_500);
    world.erp.advance(2_000);
    await world.sync(["Supplier"]);
    await world.sync(["Supplier"]);
    const late = world.erp.commitLate("Supplier", 3_600_000);
    world.erp.advance(2_000);
    const [incremental] = await world.sync(["Supplier"]);
    expect(incremental?.counts).toMatchObject({ created: 0 });
    const before = calls("lookup");
    const job = await scan("Supplier");
    expect(job).toMatchObject({ status: "completed", mode: "scan" });
    expect(job.counts).toMatchObject({ read: 2_501, created: 1, unchanged: 2_500 });
    expect(calls("lookup") - before).toBe(1);
    const found = await world.sql("select 1 from sync_engine.records where external_id = $1", [late]);
    expect(found).toHaveLength(1);
  });

  it("SYN-3: reads a row whose stamp moved unseen, and settles one whose content did not, once", async () => {
    const table = world.erp.table("Supplier");
    const row = table.get("7", world.erp.now())!;
    table.put({ ...row, version: "v-hidden", body: { ...row.body, name: "Changed unseen" } });
    table.put({ ...table.get("8", world.erp.now())!, version: "v-touched" });
    expect((await scan("Supplier")).counts).toMatchObject({ read: 2_501, updated: 1, unchanged: 2_500 });
    const before = calls("lookup");
    expect((await scan("Supplier")).counts).toMatchObject({ read: 2_501, unchanged: 2_501 });
    expect(calls("lookup")).toBe(before);
  });

  it("SYN-7: what it does not list is asked about, and deleted when it is gone", async () => {
    const table = world.erp.table("Supplier");
    const told = table.removedBetween.bind(table);
    world.erp.remove("Supplier", "9");
    table.removedBetween = (from, to) => told(from, to).filter((id) => id !== "9");
    expect((await scan("Supplier")).counts).toMatchObject({ read: 2_500, unchanged: 2_500, deleted: 1 });
    expect(await count("seen")).toEqual([{ n: 0 }]);
  });

  it("SYN-4: a rejected row is not read again until its stamp moves", async () => {
    const id = world.erp.insert("Supplier", { ...world.erp.newBody("Supplier"), active: "perhaps" }).externalId;
    expect((await scan("Supplier")).counts).toMatchObject({ read: 2_501, unchanged: 2_500, rejected: 1 });
    const [letter] = await world.main.letters();
    expect((await scan("Supplier")).counts).toMatchObject({ read: 2_501, unchanged: 2_501, rejected: 0 });
    expect(await world.main.letters()).toMatchObject([{ id: letter?.id, kind: "REJECTED" }]);
    world.erp.mutate("Supplier", id, { active: true });
    expect((await scan("Supplier")).counts).toMatchObject({ read: 2_501, created: 1 });
    expect(await world.main.letters()).toEqual([]);
  });

  it("begins anew when the ERP fails on the way, and counts each row once", async () => {
    world.erp.seedRows("Part", 20);
    world.erp.advance(2_000);
    await world.sync(["Part"]);
    world.erp.commitLate("Part", 3_600_000);
    world.erp.commitLate("Part", 3_600_000);
    world.erp.faults.next({ kind: "status", status: 503 }, { calls: ["lookup"] });
    expect((await scan("Part")).counts).toMatchObject({ read: 22, created: 2, unchanged: 20 });
  });

  /** Runs a scan whose first single read opens the circuit: it is put back, and taken up again when the ERP is well. */
  async function takenUpAgain(entity: EntityName) {
    // the fifth failure in a row opens it
    await world.sql("update sync_engine.call_budgets set failures = 4");
    world.erp.faults.always({ kind: "unreachable" }, ["lookup"]);
    const [queued] = await world.main.execute([entity], "scan");
    await eventually(async () => {
      const waiting = await world.sql(
        `select j.status from sync_engine.work w, sync_engine.jobs j where w.kind = 'pull' and w.lease_until is null
           and w.due_at > clock_timestamp() and j.id = $1`,
        [queued?.id],
      );
      expect(waiting).toEqual([{ status: "running" }]);
    });
    world.erp.faults.clear();
    await world.sql("update sync_engine.call_budgets set open_until = clock_timestamp()");
    await world.sql("update sync_engine.work set due_at = clock_timestamp() where kind = 'pull'");
    return world.main.ended(queued?.id ?? "");
  }

  it("SYN-2, SYN-3: taken up again it reads what differs on its last page, which was not read yet", async () => {
    const late = [world.erp.commitLate("Part", 3_600_000), world.erp.commitLate("Part", 3_600_000)];
    const job = await takenUpAgain("Part");
    expect(job).toMatchObject({ status: "completed", counts: { read: 24, created: 2, unchanged: 22 } });
    const found = await world.sql("select 1 from sync_engine.records where entity = $1 and external_id = any($2)", [
      ENTITIES.Part.code,
      late,
    ]);
    expect(found).toHaveLength(2);
  });

  it("leaves more rows than are read one by one to a full run", async () => {
    world.erp.seedRows("Customer", 3_000);
    world.erp.advance(2_000);
    await world.sync(["Customer"]);
    const table = world.erp.table("Customer");
    for (const row of table.find(world.erp.now(), () => true)) table.put({ ...row, version: `${row.version}-moved` });
    const job = await scan("Customer");
    expect(job.counts.read).toBeLessThan(3_000);
    const full = await eventually(
      async () => {
        const [found] = await world.sql<{ status: string; read: number }>(
          "select status, read::int from sync_engine.jobs where mode = 'full' and trigger = 'schedule'",
        );
        expect(found?.status).toBe("completed");
        return found;
      },
      { timeoutMs: 30_000 },
    );
    expect(full?.read).toBe(3_000);
  });
});
