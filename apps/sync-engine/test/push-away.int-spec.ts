import { sync } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { eventually } from "@dovetail/testing";
import { World } from "./world";

describe("pushes while something is away", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({ Part: {}, Supplier: {} });
    await world.sync(["Part", "Supplier"]);
  });
  afterAll(() => world?.close());
  afterEach(() => world.erp.faults.clear());

  const part = (partNumber: string, more: JsonObject = {}): JsonObject => ({ partNumber, description: "x", ...more });
  const write = async (key: string, more: JsonObject = {}) =>
    (await world.main.write({ entityType: "Part", key, body: part(key, more) })).transactions[0]?.id;

  it("a second change while the first is on its way: both settled, one document in the newest version", async () => {
    const paused = world.erp.faults.pauseSender();
    const first = await write("TWO", { description: "one" });
    await paused.held;
    const second = await write("TWO", { description: "two" });
    await paused.release();
    await world.main.settled(first, "confirmed");
    await world.main.settled(second, "confirmed");
    expect(world.main.documents("Part", "TWO")).toMatchObject([{ description: "two" }]);
    expect(await world.record("Part", "TWO")).toMatchObject({ description: "two" });
  });

  it("a deletion while the create is on its way: nothing is left there", async () => {
    const paused = world.erp.faults.pauseSender();
    await write("SHORT");
    await paused.held;
    const gone = await world.main.write({ entityType: "Part", key: "SHORT", op: "delete" });
    await paused.release();
    await world.main.settled(gone.transactions[0]?.id, "confirmed");
    expect(world.main.documents("Part", "SHORT")).toEqual([]);
  });

  it("a deletion after a create whose outcome is unknown: nothing is left there", async () => {
    world.erp.faults.next({ kind: "timeoutAfter" }, { calls: ["push"] });
    await write("GHOST");
    await eventually(() => expect(world.main.documents("Part", "GHOST")).toHaveLength(1));
    const gone = await world.main.write({ entityType: "Part", key: "GHOST", op: "delete" });
    await world.main.settled(gone.transactions[0]?.id, "confirmed");
    await eventually(() => expect(world.main.documents("Part", "GHOST")).toEqual([]));
  });

  it("revived while the deletion is on its way: it stands there again", async () => {
    await world.main.settled(await write("BACK"), "confirmed");
    const paused = world.erp.faults.pauseSender();
    await world.main.write({ entityType: "Part", key: "BACK", op: "delete" });
    await paused.held;
    const again = await write("BACK");
    await paused.release();
    await world.main.settled(again, "confirmed");
    expect(world.main.documents("Part", "BACK")).toHaveLength(1);
  });

  it("a discarded unknown update frees its link: later reads and later versions go through", async () => {
    await world.main.settled(await write("FREE"), "confirmed");
    world.erp.faults.always({ kind: "unreachable" }, ["lookup"]);
    world.erp.faults.next({ kind: "timeoutBefore" }, { calls: ["push"] });
    const id = await write("FREE", { description: "lost" });
    await world.main.settled(id, "unknown");
    await world.sql(
      `insert into sync_engine.dead_letters (tenant_id, id, kind, direction, integration, entity, key, reason, push_id)
       select tenant_id, gen_random_uuid(), 'PUSH', 'outbound', integration, entity, key, 'UNKNOWN', id from sync_engine.pushes where id = $1`,
      [id],
    );
    const letter = (await world.main.letters()).find((each) => each.key === "FREE");
    await world.bus.call(sync.discardDeadLetter, world.context, { id: letter?.id ?? "", reason: "lost" });
    world.erp.faults.clear();
    const [row] = world.erp.table("Part").find(world.erp.now(), (each) => each.body.partNumber === "FREE");
    world.erp.mutate("Part", row?.externalId ?? "", { manufacturer: "theirs" });
    const [job] = await world.sync(["Part"], "full");
    expect(job?.counts.parked).toBe(0);
    expect(await world.record("Part", "FREE")).toMatchObject({ manufacturer: "theirs" });
    const next = await world.main.write({
      entityType: "Part",
      key: "FREE",
      op: "patch",
      body: { description: "found" },
    });
    await world.main.settled(next.transactions[0]?.id, "confirmed");
    expect(world.main.documents("Part", "FREE")).toMatchObject([{ description: "found", manufacturer: "theirs" }]);
  });

  it("forth, lost on the way, back and forth again: the ERP gets it the second time", async () => {
    await world.main.settled(await write("AGAIN", { description: "old" }), "confirmed");
    world.erp.faults.always({ kind: "unreachable" }, ["lookup"]);
    world.erp.faults.next({ kind: "timeoutBefore" }, { calls: ["push"] });
    const lost = await write("AGAIN", { description: "new" });
    await world.main.settled(lost, "unknown");
    const back = await write("AGAIN", { description: "old" });
    world.erp.faults.clear();
    await world.main.settled(lost, "confirmed");
    await world.main.settled(back, "confirmed");
    await world.main.settled(await write("AGAIN", { description: "new" }), "confirmed");
    expect(world.main.documents("Part", "AGAIN")).toMatchObject([{ description: "new" }]);
  });

  it("refused when it was sent again after a doubt: what stands there already is not made a second time", async () => {
    world.erp.faults.next({ kind: "timeoutAfter" }, { calls: ["push"] });
    const id = await write("DOUBT");
    await eventually(() => expect(world.main.documents("Part", "DOUBT")).toHaveLength(1));
    world.erp.faults.next({ kind: "status", status: 422 }, { calls: ["push"] });
    await world.main.settled(id, "rejected");
    const letter = (await world.main.letters()).find((each) => each.key === "DOUBT");
    await world.bus.call(sync.retryDeadLetter, world.context, { id: letter?.id ?? "" });
    await world.main.settled(id, "confirmed");
    expect(world.main.documents("Part", "DOUBT")).toHaveLength(1);
  });

  it("jobs and pushes go on while the broker is away", async () => {
    const [before] = await world.main.execute(["Part"], "full");
    await world.main.ended(before?.id ?? "");
    world.erp.faults.next({ kind: "status", status: 429, retryAfterSeconds: 2 }, { calls: ["pull", "push"], times: 2 });
    const id = await write("OFFLINE");
    const [queued] = await world.main.execute(["Supplier"], "full");
    await world.nats.kill();
    await eventually(
      async () => {
        const [job] = await world.sql<{ status: string }>("select status from sync_engine.jobs where id = $1", [
          queued?.id,
        ]);
        expect(job?.status).toBe("completed");
        const [push] = await world.sql<{ status: string }>("select status from sync_engine.pushes where id = $1", [id]);
        expect(push?.status).toBe("confirmed");
      },
      { timeoutMs: 15_000 },
    );
    await world.nats.restart();
    await eventually(async () => expect(await world.record("Part", "OFFLINE")).toBeDefined(), { timeoutMs: 15_000 });
  });
});
