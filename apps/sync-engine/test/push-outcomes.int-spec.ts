import { sync } from "@dovetail/contracts";
import type { EntityName, JsonObject } from "@dovetail/domain";
import { eventually } from "@dovetail/testing";
import { World } from "./world";

describe("outcomes of a push", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({ Part: {}, InventoryTransaction: {}, CostPosting: {}, Supplier: {} });
    await world.sync(["Supplier", "Part", "InventoryTransaction", "CostPosting"]);
  });
  afterAll(() => world?.close());
  afterEach(() => world.erp.faults.clear());

  const keyField: Partial<Record<EntityName, string>> = {
    Part: "partNumber",
    InventoryTransaction: "inventoryTransactionNumber",
    CostPosting: "costPostingNumber",
  };
  const bodyOf = (entity: EntityName, key: string, part: JsonObject = {}): JsonObject => ({
    ...world.erp.newBody(entity),
    [keyField[entity] ?? ""]: key,
    ...part,
  });
  const push = { calls: ["push"] } as const;

  async function create(entity: EntityName, key: string, part: JsonObject = {}) {
    const answer = await world.main.write({ entityType: entity, key, body: bodyOf(entity, key, part) });
    return answer.transactions[0]?.id;
  }

  async function linked(key: string, part: JsonObject = {}) {
    await world.main.settled(await create("Part", key, part), "confirmed");
  }

  const patch = async (key: string, body: JsonObject) =>
    (await world.main.write({ entityType: "Part", key, op: "patch", body })).transactions[0]?.id;

  it.each([
    ["a time-out after the effect", { kind: "timeoutAfter" }],
    ["a time-out before the effect", { kind: "timeoutBefore" }],
    ["an answer cut off", { kind: "cutOff" }],
    ["a reset", { kind: "reset" }],
    ["a 503 after sending", { kind: "status", status: 503 }],
    ["an unreachable host", { kind: "unreachable" }],
    ["a late effect", { kind: "late", ms: 300 }],
  ] as const)("class K, %s: one document in the end", async (name, fault) => {
    const key = `K ${name}`;
    world.erp.faults.next(fault, push);
    const id = await create("Part", key);
    await world.main.settled(id, "confirmed");
    expect(world.main.documents("Part", key)).toHaveLength(1);
  });

  it("class L, whatever became of the request: looked up before anything is sent again", async () => {
    const faults = [{ kind: "timeoutAfter" }, { kind: "late", ms: 3_000 }, { kind: "reset" }] as const;
    const ids: (string | undefined)[] = [];
    for (const fault of faults) {
      world.erp.faults.next(fault, push);
      ids.push(await create("InventoryTransaction", `L ${fault.kind}`));
      await world.main.settled(ids.at(-1), "unknown");
    }
    for (const id of ids) await world.main.settled(id, "confirmed", 20_000);
    for (const { kind } of faults) expect(world.main.documents("InventoryTransaction", `L ${kind}`)).toHaveLength(1);
  });

  it("class N: listed unknown, never resent by a machine; a person's discard frees the rest", async () => {
    world.erp.faults.next({ kind: "timeoutAfter" }, push);
    const id = await create("CostPosting", "N-1");
    await world.main.settled(id, "unknown");
    const letter = await eventually(async () => {
      const found = (await world.main.letters()).find((each) => each.key === "N-1");
      if (!found) throw new Error("not listed");
      return found;
    });
    expect(letter).toMatchObject({ reason: "UNKNOWN", problem: { code: "ERP001" } });
    expect(world.main.documents("CostPosting", "N-1")).toHaveLength(1);
    const calls = () => world.erp.journal.filter((entry) => entry.what === "push").length;
    const before = calls();
    await world.sql("update sync_engine.work set due_at = now() where kind = 'push'");
    await eventually(async () =>
      expect(await world.sql("select 1 from sync_engine.work where kind = 'push'")).toEqual([]),
    );
    expect(calls()).toBe(before);
    await world.bus.call(sync.discardDeadLetter, world.context, { id: letter.id, reason: "it is there" });
    await world.main.settled(id, "discarded");
  });

  it("a newer version while the outcome of a create is unknown: the same document, in the newest version", async () => {
    world.erp.faults.next({ kind: "timeoutAfter" }, push);
    await create("Part", "NEWER", { description: "one" });
    await eventually(() => expect(world.main.documents("Part", "NEWER")).toHaveLength(1));
    const second = await patch("NEWER", { description: "two" });
    await world.main.settled(second, "confirmed");
    expect(world.main.documents("Part", "NEWER")).toMatchObject([{ description: "two" }]);
    expect(await world.record("Part", "NEWER")).toMatchObject({ description: "two" });
  });

  it("an update whose answer was lost is asked about, not repeated blindly", async () => {
    await linked("UPD");
    world.erp.faults.next({ kind: "timeoutAfter" }, push);
    await world.main.settled(await patch("UPD", { description: "changed" }), "confirmed");
    expect(world.main.documents("Part", "UPD")).toMatchObject([{ description: "changed" }]);
  });

  it("429 waits as long as the ERP says and is sent again", async () => {
    world.erp.faults.next({ kind: "status", status: 429, retryAfterSeconds: 1 }, push);
    const started = performance.now();
    const id = await create("Part", "SLOW");
    const done = await world.main.settled(id, "confirmed");
    expect(done.attempts).toBe(2);
    expect(performance.now() - started).toBeGreaterThan(950);
  });

  it("a stale version is read again, merged and sent again", async () => {
    await linked("STALE", { description: "ours" });
    const [row] = world.erp.table("Part").find(world.erp.now(), (each) => each.body.partNumber === "STALE");
    world.erp.mutate("Part", row?.externalId ?? "", { manufacturer: "theirs" });
    await world.main.settled(await patch("STALE", { description: "ours again" }), "confirmed");
    const both = { description: "ours again", manufacturer: "theirs" };
    expect(world.main.documents("Part", "STALE")).toMatchObject([both]);
    await eventually(async () => expect(await world.record("Part", "STALE")).toMatchObject(both));
  });

  it("a refusal is rejected and listed; corrected by an operator it goes out as a new version", async () => {
    world.erp.faults.next({ kind: "status", status: 422 }, push);
    const id = await create("Part", "BAD", { description: "refused" });
    const refused = await world.main.settled(id, "rejected");
    expect(refused.problem).toMatchObject({ code: "ERP008" });
    const letter = (await world.main.letters()).find((each) => each.key === "BAD");
    expect(letter).toMatchObject({ kind: "PUSH", direction: "outbound" });
    const record = { ...(await world.record("Part", "BAD")), description: "corrected" };
    await world.bus.call(sync.retryDeadLetter, world.context, { id: letter?.id ?? "", record });
    await eventually(() => expect(world.main.documents("Part", "BAD")).toMatchObject([{ description: "corrected" }]));
    expect((await world.main.settled(id, "superseded")).status).toBe("superseded");
    await eventually(async () => expect((await world.main.letters()).some((each) => each.key === "BAD")).toBe(false));
  });

  it("versions passed over while the ERP is away are superseded, and only the newest is sent", async () => {
    await linked("MANY");
    world.main.change({ status: "PAUSED" });
    await world.bus.call(sync.execute, world.context, { integration: "memory-one" }).catch(() => undefined);
    const ids = [];
    for (const description of ["1", "2", "3"]) ids.push(await patch("MANY", { description }));
    world.main.change({ status: "ACTIVE" });
    await world.main.execute(["Supplier"]);
    await world.sql("update sync_engine.work set due_at = now() where kind = 'push'");
    await world.main.settled(ids[2], "confirmed");
    expect((await world.main.settled(ids[0], "superseded")).attempts).toBe(0);
    await world.main.settled(ids[1], "superseded");
    expect(world.main.documents("Part", "MANY")).toMatchObject([{ description: "3" }]);
  });

  it("A to B to A before anything was sent needs no call", async () => {
    await linked("ABA", { description: "A" });
    world.main.change({ status: "PAUSED" });
    await world.bus.call(sync.execute, world.context, { integration: "memory-one" }).catch(() => undefined);
    await patch("ABA", { description: "B" });
    const back = await patch("ABA", { description: "A" });
    const calls = () => world.erp.journal.filter((entry) => entry.what === "push").length;
    const before = calls();
    world.main.change({ status: "ACTIVE" });
    await world.main.execute(["Supplier"]);
    await world.sql("update sync_engine.work set due_at = now() where kind = 'push'");
    await world.main.settled(back, "confirmed");
    expect(calls()).toBe(before);
  });

  it("what the ERP normalises is accepted: neither sent again nor taken for a change", async () => {
    world.erp.faults.normalise = (_entity, body) => {
      if (typeof body["description"] === "string") body["description"] = body["description"].toUpperCase();
    };
    await linked("NORM", { description: "lower case" });
    expect(world.main.documents("Part", "NORM")).toMatchObject([{ description: "LOWER CASE" }]);
    expect(await world.record("Part", "NORM")).toMatchObject({ description: "lower case" });
    const [job] = await world.sync(["Part"], "full");
    expect(job?.counts).toMatchObject({ created: 0, updated: 0 });
    expect(await world.record("Part", "NORM")).toMatchObject({ description: "lower case" });
    const calls = () => world.erp.journal.filter((entry) => entry.what === "push").length;
    const before = calls();
    await world.main.settled(await patch("NORM", { manufacturer: "another" }), "confirmed");
    expect(calls()).toBe(before + 1);
    expect(world.main.documents("Part", "NORM")).toMatchObject([
      { description: "LOWER CASE", manufacturer: "another" },
    ]);
  });

  it("what was accepted stays accepted while the ERP changes something else", async () => {
    world.erp.faults.normalise = (_entity, body) => {
      if (typeof body["description"] === "string") body["description"] = body["description"].toUpperCase();
    };
    await linked("KEPT", { description: "lower case" });
    const [row] = world.erp.table("Part").find(world.erp.now(), ({ body }) => body.partNumber === "KEPT");
    const calls = () => world.erp.journal.filter((entry) => entry.what === "push").length;
    const before = calls();
    world.erp.mutate("Part", row?.externalId ?? "", { manufacturer: "theirs" });
    await world.sync(["Part"], "full");
    expect(await world.record("Part", "KEPT")).toMatchObject({ description: "lower case", manufacturer: "theirs" });
    const open = "select 1 from sync_engine.pushes where key = 'KEPT' and status not in ('confirmed', 'superseded')";
    await eventually(async () => expect(await world.sql(open)).toEqual([]));
    expect(calls()).toBe(before);
    world.erp.mutate("Part", row?.externalId ?? "", { description: "ANOTHER" });
    await world.sync(["Part"], "full");
    expect(await world.record("Part", "KEPT")).toMatchObject({ description: "ANOTHER" });
  });

  it("deleted and revived: deleted there, then created anew", async () => {
    await linked("PHOENIX");
    const body = await world.record("Part", "PHOENIX");
    const gone = await world.main.write({ entityType: "Part", key: "PHOENIX", op: "delete" });
    await world.main.settled(gone.transactions[0]?.id, "confirmed");
    expect(world.main.documents("Part", "PHOENIX")).toEqual([]);
    const again = await world.main.write({ entityType: "Part", key: "PHOENIX", body });
    await world.main.settled(again.transactions[0]?.id, "confirmed");
    expect(world.main.documents("Part", "PHOENIX")).toHaveLength(1);
  });

  it("what is gone there already counts as deleted", async () => {
    await linked("GONE");
    const [row] = world.erp.table("Part").find(world.erp.now(), (each) => each.body.partNumber === "GONE");
    world.erp.remove("Part", row?.externalId ?? "");
    const gone = await world.main.write({ entityType: "Part", key: "GONE", op: "delete" });
    await world.main.settled(gone.transactions[0]?.id, "confirmed");
  });

  it("created on both sides under one key: one document, linked, both sides' values merged", async () => {
    world.erp.insert("Part", bodyOf("Part", "BOTH", { description: "there", manufacturer: "theirs" }));
    // the push comes later than the pull (a 429 would hold both back)
    world.erp.faults.next({ kind: "unreachable" }, { ...push, times: 2 });
    await create("Part", "BOTH", { description: "here" });
    world.erp.advance(2_000);
    await world.sync(["Part"]);
    await eventually(
      async () => {
        const [open] = await world.sql<{ n: number }>(
          "select count(*)::int n from sync_engine.pushes where key = 'BOTH' and status not in ('confirmed', 'superseded')",
        );
        expect(open?.n).toBe(0);
      },
      { timeoutMs: 10_000 },
    );
    expect(world.main.documents("Part", "BOTH")).toHaveLength(1);
  });
});
