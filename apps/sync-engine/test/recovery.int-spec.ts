import { sync, type Recovery } from "@dovetail/contracts";
import type { EntityName, JsonObject } from "@dovetail/domain";
import { eventually, temporaryFolder } from "@dovetail/testing";
import { RestorableCluster } from "./restored-cluster";
import { World } from "./world";

const KEYS: Partial<Record<EntityName, string>> = {
  Part: "partNumber",
  InventoryTransaction: "inventoryTransactionNumber",
  CostPosting: "costPostingNumber",
};
const PATIENCE = { timeoutMs: 60_000 };
const CARRIED: EntityName[] = ["Supplier", "Part", "InventoryTransaction", "CostPosting"];
const OPEN: [EntityName, string][] = [
  ["Part", "OPEN-K"],
  ["InventoryTransaction", "OPEN-L"],
  ["CostPosting", "OPEN-N"],
];

jest.setTimeout(180_000);

function helpers(world: World) {
  const id = world.integration.name;
  return {
    async create(entityType: EntityName, key: string, part: JsonObject = {}): Promise<string | undefined> {
      const body = { ...world.erp.newBody(entityType), [KEYS[entityType] ?? ""]: key, ...part };
      return (await world.main.write({ entityType, key, body })).transactions[0]?.id;
    },
    pushes: () => world.erp.journal.filter(({ what }) => what === "push").length,
    recovery: (): Promise<Recovery> => world.bus.call(sync.recovery, world.context, { id }),
    release: (force?: boolean) =>
      world.bus.call(sync.release, world.context, { id, ...(force === undefined ? {} : { force }) }),
    changes: (cursor?: string) => world.bus.call(sync.changes, world.context, cursor ? { cursor } : { limit: 1000 }),
    hurry: () =>
      world.sql("update sync_engine.work set due_at = clock_timestamp() where kind = 'push' and lease_until is null"),
  };
}

describe("a database restored to an earlier moment", () => {
  let cluster: RestorableCluster;
  let world: World;

  beforeAll(async () => {
    cluster = await RestorableCluster.create(temporaryFolder("restore"));
    world = await World.open(
      { Supplier: {}, Part: {}, InventoryTransaction: {}, CostPosting: {} },
      1,
      cluster.database,
    );
  });
  afterAll(async () => {
    await world?.close();
    await cluster?.stop();
  });

  it("SYN-8: is noticed; nothing is pushed twice, nothing deleted, and a person releases each integration", async () => {
    const { create, pushes, recovery, release, changes, hurry } = helpers(world);
    const restart = async (change: () => Promise<void>) => {
      await world.engines.pop()?.stop();
      await change();
      await eventually(() => world.startEngine(), PATIENCE);
    };
    world.erp.seedRows("Supplier", 5);
    await world.sync(CARRIED);
    await world.main.settled(await create("Part", "KEEP", { description: "before" }), "confirmed");
    world.main.change({ status: "PAUSED" });
    await world.main.execute(["Part"]).catch(() => undefined);
    const open = new Map<string, string | undefined>();
    for (const [entity, key] of OPEN) open.set(key, await create(entity, key));
    const { next: cursor } = await changes();

    await restart(async () => {
      world.main.change({ status: "ACTIVE" });
      await world.sql(`update sync_engine.accounts set document = jsonb_set(document, '{status}', '"ACTIVE"')`);
      await cluster.backUp();
    });
    // all of this is lost with the database, and stands in the ERP
    await eventually(async () => {
      await hurry();
      for (const id of open.values()) await world.main.settled(id, "confirmed", 100);
    }, PATIENCE);
    await world.main.settled(await create("Part", "LOST", { description: "made after the backup" }), "confirmed");
    const edit = { entityType: "Part", key: "KEEP", op: "patch", body: { description: "after" } } as const;
    await world.main.settled((await world.main.write(edit)).transactions[0]?.id, "confirmed");
    const before = pushes();

    await restart(() => cluster.restore(true));
    await eventually(async () => expect(await recovery()).toMatchObject({ recovering: true, unread: [] }), PATIENCE);
    expect(await recovery()).toMatchObject({ reason: "database" });
    const [health] = await world.bus.call(sync.health, world.context, {});
    expect(health).toMatchObject({ recovering: true });
    await expect(changes(cursor ?? "")).rejects.toMatchObject({ problem: { status: 410 } });
    for (const [key, id] of open) expect([key, await world.main.settled(id, "unknown")]).toMatchObject([key, {}]);
    // the ERP's side is read and linked, and what a client writes meanwhile waits
    expect(await world.record("Part", "LOST")).toMatchObject({ description: "made after the backup" });
    expect(await world.record("Part", "KEEP")).toMatchObject({ description: "after" });
    const meanwhile = await create("Part", "MEANWHILE");
    await hurry();
    await eventually(async () =>
      expect(
        await world.sql("select 1 from sync_engine.work where kind = 'push' and due_at <= clock_timestamp()"),
      ).toEqual([]),
    );
    expect((await world.main.settled(meanwhile, "pending")).attempts).toBe(0);
    expect(pushes()).toBe(before);

    expect(await release()).toMatchObject({ recovering: false });
    await eventually(async () => {
      await hurry();
      for (const key of ["OPEN-K", "OPEN-L"]) await world.main.settled(open.get(key), "confirmed", 100);
      await world.main.settled(meanwhile, "confirmed", 100);
    }, PATIENCE);
    for (const [entity, key] of [...OPEN, ["Part", "LOST"], ["Part", "KEEP"], ["Part", "MEANWHILE"]] as const)
      expect([key, world.main.documents(entity, key).length]).toEqual([key, 1]);
    await eventually(async () =>
      expect(await world.main.letters()).toMatchObject([{ key: "OPEN-N", reason: "UNKNOWN" }]),
    );
    await expect(release()).rejects.toMatchObject({ code: "CONFLICT" });
    const links = await world.sql("select 1 from sync_engine.records where external_id is null and not deleted");
    expect(links).toEqual([]);
  });

  it("SYN-8: an older copy of the folder, put in its place, is betrayed by the broker", async () => {
    const { create, pushes, recovery, release } = helpers(world);
    const restart = async (change: () => Promise<void>) => {
      await world.engines.pop()?.stop();
      await change();
      await eventually(() => world.startEngine(), PATIENCE);
    };
    await restart(() => cluster.backUp());
    expect(await recovery()).toMatchObject({ recovering: false });
    await world.main.settled(await create("Part", "AFTER-COPY"), "confirmed");
    await eventually(async () =>
      expect(await world.sql("select 1 from sync_engine.log_heads where published < position")).toEqual([]),
    );
    const before = pushes();
    await restart(() => cluster.restore(false));
    await eventually(async () => expect(await recovery()).toMatchObject({ recovering: true, unread: [] }), PATIENCE);
    expect(await world.record("Part", "AFTER-COPY")).toBeDefined();
    expect(pushes()).toBe(before);
    await release();
    // noticed once: the next start finds the database that it left
    await restart(() => Promise.resolve());
    expect(await recovery()).toMatchObject({ recovering: false });
  });
});

describe("reset", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({ Supplier: {}, Part: {} });
    world.erp.seedRows("Supplier", 5);
    await world.sync(["Supplier", "Part"]);
  });
  afterAll(() => world?.close());

  it("SYN-8: reads all anew and keeps every link; pushes wait for the release, which waits for the scan", async () => {
    const { create, recovery, release } = helpers(world);
    await world.main.settled(await create("Part", "LINKED"), "confirmed");
    const links = () =>
      world.sql(
        "select key, external_id, encode(shadow_hash, 'hex') h from sync_engine.records where key <> 'WAITS' order by key",
      );
    const before = await links();
    world.erp.faults.always({ kind: "unreachable" }, ["pull"]);
    const reset = await world.bus.call(sync.reset, world.context, { id: world.integration.name });
    expect(reset).toMatchObject({ recovering: true, reason: "reset", unread: ["Supplier", "Part"] });
    const waiting = await create("Part", "WAITS");
    await expect(release()).rejects.toMatchObject({
      code: "CONFLICT",
      problem: { current: { unread: ["Supplier", "Part"] } },
    });
    world.erp.faults.clear();
    await world.sync(["Supplier", "Part"], "full");
    expect(await recovery()).toMatchObject({ recovering: true, unread: [] });
    expect(await links()).toEqual(before);
    expect((await world.main.settled(waiting, "pending")).attempts).toBe(0);
    expect(world.main.documents("Part", "WAITS")).toEqual([]);
    await release();
    await world.main.settled(waiting, "confirmed");
    expect(world.main.documents("Part", "WAITS")).toHaveLength(1);
    expect(world.main.documents("Part", "LINKED")).toHaveLength(1);
  });

  it("SYN-7: in recovery a row that is gone in the ERP stays", async () => {
    const { release } = helpers(world);
    const [row] = world.erp.table("Part").find(world.erp.now(), ({ body }) => body["partNumber"] === "LINKED");
    world.erp.remove("Part", row?.externalId ?? "");
    await world.bus.call(sync.reset, world.context, { id: world.integration.name });
    await world.sync(["Supplier", "Part"], "full");
    expect(await world.view("Part", "LINKED")).toMatchObject({ deleted: false });
    await release(true);
    await world.sync(["Part"], "full");
    await eventually(async () =>
      expect(await world.sql("select 1 from sync_engine.records where key = 'LINKED' and deleted")).toHaveLength(1),
    );
  });
});
