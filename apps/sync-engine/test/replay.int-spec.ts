import { sync, type BulkJob, type ReplayTransactions } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { memory } from "@dovetail/adapter-memory";
import { eventually } from "@dovetail/testing";
import { World } from "./world";

const push = { calls: ["push"] } as const;

/** The ERP's own mapping with every description set to a word. */
function marked(word: string): JsonObject {
  const document = memory.mappings.Part as unknown as { mappings: JsonObject[] } & JsonObject;
  const mappings = document.mappings.map((rule) =>
    rule["mesField"] === "description" ? { ...rule, inboundTransformation: `"${word}"` } : rule,
  );
  return { ...document, mappings };
}

describe("replay", () => {
  let world: World;
  let began: string;

  beforeAll(async () => {
    world = await World.open({ Part: {}, CostPosting: {} });
    for (let i = 0; i < 12; i++) world.erp.insert("Part", { ...world.erp.newBody("Part"), description: "seeded" });
    began = new Date(Date.now() - 1_000).toISOString();
    await world.sync(["Part", "CostPosting"]);
  });
  afterAll(() => world?.close());
  afterEach(() => world.erp.faults.clear());

  const start = (input: Omit<ReplayTransactions, "integration">) =>
    world.bus.call(sync.replay, world.context, { integration: "memory-one", ...input });
  const ended = (id: string): Promise<BulkJob> =>
    eventually(
      async () => {
        const job = await world.bus.call(sync.bulkJob, world.context, { id });
        if (job.status === "queued" || job.status === "running") throw new Error(job.status);
        return job;
      },
      { timeoutMs: 20_000 },
    );
  const create = async (entityType: "Part" | "CostPosting", key: string) => {
    const name = entityType === "Part" ? "partNumber" : "costPostingNumber";
    const text: JsonObject = entityType === "Part" ? { description: "ours" } : {};
    const body = { ...world.erp.newBody(entityType), [name]: key, ...text };
    return (await world.main.write({ entityType, key, body })).transactions[0]?.id;
  };
  const pushes = () => world.erp.journal.filter(({ what }) => what === "push").length;
  const descriptions = async () => {
    const page = await world.bus.call(sync.records, world.context, { entityType: "Part", limit: 100 });
    return new Set(page.items.map(({ record }) => record["description"]));
  };

  it("ERR-2: rows that came in are read again, with the mapping of now or of then; twice changes nothing more", async () => {
    const to = new Date().toISOString();
    world.main.setMapping("Part", 2, marked("second"));
    world.main.change({});
    await world.main.execute(["CostPosting"]);
    const now = await ended((await start({ from: began, direction: "inbound", mapping: "current" })).id);
    expect(now).toMatchObject({ kind: "replay", status: "completed", counts: { seen: 12, done: 12 }, left: {} });
    expect(await descriptions()).toEqual(new Set(["second"]));
    const changes = () => world.sql<{ n: number }>("select count(*)::int n from sync_engine.changes");
    const before = await changes();
    const again = await ended((await start({ from: began, direction: "inbound" })).id);
    expect(again.counts.done).toBe(again.counts.seen);
    expect(await changes()).toEqual(before);
    const then = await ended((await start({ from: began, to, direction: "inbound", mapping: "original" })).id);
    expect(then).toMatchObject({ status: "completed", counts: { seen: 12, done: 12 } });
    expect(await descriptions()).toEqual(new Set(["seeded"]));
  });

  it("ERR-2: of what went out only what surely had no effect is sent again", async () => {
    const since = new Date().toISOString();
    const good = await create("Part", "R-OK");
    await world.main.settled(good, "confirmed");
    world.erp.faults.next({ kind: "status", status: 422 }, push);
    const bad = await create("Part", "R-BAD");
    await world.main.settled(bad, "rejected");
    world.erp.faults.next({ kind: "timeoutAfter" }, push);
    const open = await create("CostPosting", "R-OPEN");
    await world.main.settled(open, "unknown");
    const before = pushes();
    const job = await ended((await start({ from: since, direction: "outbound" })).id);
    expect(job).toMatchObject({
      status: "completed",
      total: 3,
      counts: { seen: 3, done: 1 },
      left: { CONFIRMED: 1, UNKNOWN: 1 },
    });
    await world.main.settled(bad, "confirmed");
    expect(pushes()).toBe(before + 1);
    expect(world.main.documents("CostPosting", "R-OPEN")).toHaveLength(1);
  });

  it("ERR-2: a confirmed push is sent again only by force, one by one, and only as far as it is needed", async () => {
    const id = (await create("Part", "FORCE")) as string;
    await world.main.settled(id, "confirmed");
    const replayOne = (force: boolean, of = id) => world.bus.call(sync.replayOne, world.context, { id: of, force });
    await expect(replayOne(false)).rejects.toMatchObject({ code: "CONFLICT" });
    const [row] = world.erp.table("Part").find(world.erp.now(), ({ body }) => body["partNumber"] === "FORCE");
    world.erp.mutate("Part", row?.externalId ?? "", { description: "lost there" });
    const first = await replayOne(true);
    expect(first).toMatchObject({ key: "FORCE", version: 1 });
    await eventually(() => expect(world.main.documents("Part", "FORCE")).toMatchObject([{ description: "ours" }]));
    await world.main.settled(first.id, "confirmed");
    // restored from a backup, the ERP lacks it: it is made anew, once
    world.erp.remove("Part", row?.externalId ?? "");
    const second = await replayOne(true, first.id);
    await world.main.settled(second.id, "confirmed");
    expect(world.main.documents("Part", "FORCE")).toHaveLength(1);
  });

  it("ERR-2: a fact that the ERP still has is never written twice; one that it lost is posted anew", async () => {
    const id = (await create("CostPosting", "FACT")) as string;
    await world.main.settled(id, "confirmed");
    const replayOne = (of: string) => world.bus.call(sync.replayOne, world.context, { id: of, force: true });
    await expect(replayOne(id)).rejects.toMatchObject({ code: "CONFLICT" });
    expect(world.main.documents("CostPosting", "FACT")).toHaveLength(1);
    const found = world.erp
      .table("CostPosting")
      .find(world.erp.now(), ({ body }) => body["costPostingNumber"] === "FACT");
    world.erp.remove("CostPosting", found[0]?.externalId ?? "");
    const again = await replayOne(id);
    await world.main.settled(again.id, "confirmed");
    expect(world.main.documents("CostPosting", "FACT")).toHaveLength(1);
  });

  it("ERR-2: what cannot be asked about is not sent again by force: no second document, not even of a fact", async () => {
    for (const [entity, key] of [
      ["CostPosting", "LOST-FACT"],
      ["Part", "LOST-PART"],
    ] as const) {
      const id = (await create(entity, key)) as string;
      await world.main.settled(id, "confirmed");
      for (const table of ["records", "links"])
        await world.sql(`update sync_engine.${table} set external_id = null where key = $1`, [key]);
      const forced = world.bus.call(sync.replayOne, world.context, { id, force: true });
      await expect(forced).rejects.toMatchObject({
        code: "CONFLICT",
        message: expect.stringMatching(/link .* is lost/) as string,
      });
      const pushed = await world.sql("select status from sync_engine.pushes where key = $1", [key]);
      expect(pushed).toEqual([{ status: "confirmed" }]);
      expect(world.main.documents(entity, key)).toHaveLength(1);
    }
  });

  it("ERR-2: waits while the ERP is away and goes on; cancelled it stops", async () => {
    world.erp.faults.always({ kind: "unreachable" }, ["lookup"]);
    const queued = await start({ from: began, direction: "inbound" });
    await eventually(async () => {
      const [work] = await world.sql<{ due: boolean }>(
        "select due_at > clock_timestamp() due from sync_engine.work where kind = 'bulk' and lease_until is null",
      );
      expect(work).toEqual({ due: true });
    });
    world.erp.faults.clear();
    await world.sql("update sync_engine.work set due_at = clock_timestamp() where kind = 'bulk'");
    expect(await ended(queued.id)).toMatchObject({ status: "completed", left: {} });
    world.erp.faults.always({ kind: "unreachable" }, ["lookup"]);
    const another = await start({ from: began });
    await world.bus.call(sync.cancelBulkJob, world.context, { id: another.id });
    expect(await ended(another.id)).toMatchObject({ status: "cancelled" });
  });

  it("ERR-2: refuses what cannot be meant, and queues nothing", async () => {
    for (const bad of [
      { from: "yesterday" },
      { from: "2026-11-20T12:00:00Z", to: "2026-11-20T11:00:00Z" },
      { from: began, entityTypes: ["Nonsense"] },
    ])
      await expect(start(bad)).rejects.toMatchObject({ code: "ERP008" });
    await expect(
      world.bus.call(sync.replay, world.context, { integration: "nobody", from: began }),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
