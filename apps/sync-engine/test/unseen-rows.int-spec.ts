import type { CallFault, CallKind } from "@dovetail/adapter-memory";
import { sync } from "@dovetail/contracts";
import { eventually } from "@dovetail/testing";
import type { EntityName } from "@dovetail/domain";
import { World } from "./world";

describe("rows that a full run does not show", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({
      Supplier: { pageSize: 7 },
      Part: { pageSize: 7 },
      Customer: { pageSize: 7 },
      Contact: { direction: "outbound", master: false },
    });
  });
  afterAll(() => world?.close());
  afterEach(() => world.erp.faults.clear());

  const deletedKeys = async () =>
    (await world.sql<{ key: string }>("select key from sync_engine.records where deleted order by key")).map(
      ({ key }) => key,
    );
  const listed = async () => (await world.main.letters()).map(({ kind, reason, key }) => ({ kind, reason, key }));
  const noted = () => world.sql<{ ids: string }>("select ids from sync_engine.seen");

  function insert(entity: EntityName, key: string): string {
    const name = entity === "Supplier" ? "supplierNumber" : entity === "Part" ? "partNumber" : "customerNumber";
    const { externalId } = world.erp.insert(entity, { ...world.erp.newBody(entity), [name]: key });
    // an incremental read ends before the second in which it begins
    world.erp.advance(1_000);
    return externalId;
  }

  /** Takes the row out without the ERP ever naming it. */
  function vanish(entity: EntityName, externalId: string): void {
    const table = world.erp.table(entity);
    const told = table.removedBetween.bind(table);
    world.erp.remove(entity, externalId);
    table.removedBetween = (from, to) => told(from, to).filter((id) => id !== externalId);
  }

  /** The fault hits the n-th call of a kind from now. */
  function atCall(kind: CallKind, n: number, fault: CallFault): void {
    const { faults } = world.erp;
    const take = faults.take.bind(faults);
    let seen = 0;
    faults.take = (call: CallKind) => (call === kind && ++seen === n ? fault : take(call));
  }

  /** The n-th call of a kind from now waits until it is released; `begun` tells how many came. */
  function hold(held: CallKind, n: number): { release: () => void; begun: () => number } {
    const call = world.erp.call.bind(world.erp);
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let seen = 0;
    world.erp.call = async (kind, login, signal, effect) => {
      if (kind === held && ++seen === n) await released;
      return call(kind, login, signal, effect);
    };
    return { release: () => release(), begun: () => seen };
  }

  const lookups = () => world.erp.journal.filter(({ what }) => what === "lookup").length;

  it("SYN-7: an incremental run never deletes, a full one does when the row is surely gone; it revives when it is back", async () => {
    const ids = Array.from({ length: 20 }, (_, n) => insert("Supplier", `S-${n + 10}`));
    expect((await world.sync(["Supplier"]))[0]?.counts).toMatchObject({ created: 20 });
    vanish("Supplier", ids[0] ?? "");
    expect((await world.sync(["Supplier"]))[0]?.counts).toMatchObject({ deleted: 0 });
    expect(await deletedKeys()).toEqual([]);
    const [job] = await world.sync(["Supplier"], "full");
    expect(job).toMatchObject({ status: "completed", counts: { read: 19, unchanged: 19, deleted: 1 } });
    expect(await deletedKeys()).toEqual(["S-10"]);
    expect(await noted()).toEqual([]);
    const changes = await world.sql("select op, version from sync_engine.changes where key = 'S-10' order by version");
    expect(changes).toEqual([
      { op: "c", version: 1 },
      { op: "d", version: 2 },
    ]);
    insert("Supplier", "S-10");
    expect((await world.sync(["Supplier"], "full"))[0]?.counts).toMatchObject({ created: 1, deleted: 0 });
    expect(await deletedKeys()).toEqual([]);
    expect(await listed()).toEqual([]);
  });

  it("SYN-7: a row that the listing lacks and the ERP has is read, not deleted", async () => {
    const id = insert("Supplier", "LATE");
    await world.sync(["Supplier"]);
    const row = world.erp.table("Supplier").get(id, world.erp.now());
    const table = world.erp.table("Supplier");
    const page = table.page.bind(table);
    table.page = (after, limit, now, matches) =>
      page(after, limit, now, (each) => each.externalId !== id && matches(each));
    table.put({ ...row!, body: { ...row!.body, name: "Changed behind the listing" }, version: "v-late" });
    const [job] = await world.sync(["Supplier"], "full");
    table.page = page;
    expect(job).toMatchObject({ status: "completed", counts: { deleted: 0 } });
    await eventually(async () =>
      expect(await world.record("Supplier", "LATE")).toMatchObject({ name: "Changed behind the listing" }),
    );
  });

  it("SYN-7: what was seen before an interruption counts; a run that is cut off deletes nothing wrongly", async () => {
    const gone = insert("Supplier", "GONE");
    await world.sync(["Supplier"]);
    vanish("Supplier", gone);
    atCall("pull", 3, { kind: "cutOff" });
    const before = lookups();
    const [job] = await world.sync(["Supplier"], "full");
    expect(job).toMatchObject({ status: "completed", counts: { deleted: 1 } });
    // one row was asked about, twice: before the decision and at it
    expect(lookups() - before).toBe(2);
    expect(await deletedKeys()).toEqual(["GONE"]);

    const cut = insert("Supplier", "CUT");
    await world.sync(["Supplier"]);
    vanish("Supplier", cut);
    world.erp.faults.always({ kind: "status", status: 403 }, ["pull"]);
    expect((await world.sync(["Supplier"], "full"))[0]?.status).toBe("failed");
    expect(await deletedKeys()).toEqual(["GONE"]);
    expect(await noted()).toEqual([]);
  });

  it("SYN-7: another worker takes the run over where it was left, and does not lose what was seen", async () => {
    const ids = Array.from({ length: 20 }, (_, n) => insert("Part", `P-${n + 10}`));
    await world.sync(["Part"]);
    vanish("Part", ids[4] ?? "");
    await world.startEngine();
    const { release } = hold("pull", 3);
    const [queued] = await world.main.execute(["Part"], "full");
    await eventually(async () => expect(await noted()).toHaveLength(2));
    // the lease of the worker that hangs runs out: half a minute, shortened here
    await world.sql("update sync_engine.work set lease_until = clock_timestamp() where kind = 'pull'");
    const job = await world.main.ended(queued?.id ?? "");
    release();
    expect(job).toMatchObject({ status: "completed", counts: { read: 19, unchanged: 19, deleted: 1 } });
    expect(await deletedKeys()).toEqual(["GONE", "P-14"]);
  });

  it("SYN-7: more than a run may delete wait for approval; then those go that are still gone", async () => {
    const ids = Array.from({ length: 20 }, (_, n) => insert("Customer", `C-${n + 10}`));
    await world.sync(["Customer"]);
    for (const id of ids.slice(0, 6)) vanish("Customer", id);
    const [queued] = await world.main.execute(["Customer"], "full");
    const id = queued?.id ?? "";
    const stopped = await world.main.ended(id);
    expect(stopped).toMatchObject({ status: "awaiting_approval", counts: { deleted: 0 } });
    expect(stopped.problem?.detail).toMatch(/gone/);
    expect(await deletedKeys()).toEqual(["GONE", "P-14"]);
    insert("Customer", "C-10");
    await world.sync(["Customer"]);

    await world.bus.call(sync.approveJob, world.context, { id });
    const done = await eventually(async () => {
      const job = await world.bus.call(sync.job, world.context, { id });
      expect(job.status).toBe("completed");
      return job;
    });
    expect(done.counts.deleted).toBe(6);
    // the row that came under a key of one that is gone has its turn now
    await eventually(async () =>
      expect(await deletedKeys()).toEqual(["C-11", "C-12", "C-13", "C-14", "C-15", "GONE", "P-14"]),
    );
    expect(await listed()).toEqual([]);
    await expect(world.bus.call(sync.approveJob, world.context, { id })).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it.each([
    ["cancelled", (id: string) => world.bus.call(sync.cancelJob, world.context, { id })],
    ["overtaken by a reset", () => world.bus.call(sync.reset, world.context, { id: world.integration.name })],
    [
      "overtaken by a restored database",
      () => world.sql("update sync_engine.accounts set generation = generation - 1, recovery_begun = null"),
    ],
  ])("SYN-7: a full run that is %s while it asks for what it deletes, deletes nothing", async (how, stop) => {
    const key = `STOP-${how}`.replaceAll(" ", "-");
    const id = insert("Part", key);
    await world.sync(["Part"], "full");
    vanish("Part", id);
    const before = await deletedKeys();
    // it is asked for once more when it is to go
    const { release, begun } = hold("lookup", 2);
    const [queued] = await world.main.execute(["Part"], "full");
    await eventually(() => expect(begun()).toBe(2));
    await stop(queued?.id ?? "");
    release();
    await eventually(async () =>
      expect(await world.sql("select 1 from sync_engine.work where kind = 'pull' and lease_until is not null")).toEqual(
        [],
      ),
    );
    await world.main.ended(queued?.id ?? "");
    expect(await deletedKeys()).toEqual(before);
    if (how !== "cancelled")
      await world.bus.call(sync.release, world.context, { id: world.integration.name, force: true });
    // after recovery the first one loads, and the next one compares
    await world.sync(["Part"], "full");
    await world.sync(["Part"], "full");
    await eventually(async () => expect(await deletedKeys()).toEqual([...before, key].sort()));
  });

  it("SYN-7: a row of an integration that only gets pushes is listed as gone, the record stays", async () => {
    const { transactions } = await world.main.write({
      entityType: "Contact",
      key: "K-1",
      body: { contactNumber: "K-1", name: "Ours" },
    });
    await world.sync(["Contact"]);
    const { externalId } = await world.main.settled(transactions[0]?.id, "confirmed");
    await world.sync(["Contact"]);
    vanish("Contact", externalId ?? "");
    expect((await world.sync(["Contact"], "full"))[0]).toMatchObject({ status: "completed", counts: { deleted: 0 } });
    expect(await world.record("Contact", "K-1")).toMatchObject({ name: "Ours" });
    expect(await listed()).toEqual([{ kind: "PARKED", reason: "DELETED", key: "K-1" }]);
    const { sync: state } = await world.view("Contact", "K-1");
    expect(state.find(({ direction }) => direction === "outbound")?.state).toBe("ORPHANED");
    // nothing more is asked or listed by the next run
    const before = lookups();
    await world.sync(["Contact"], "full");
    expect(lookups()).toBe(before);

    // the person has it made anew
    const [letter] = await world.main.letters();
    await world.bus.call(sync.retryDeadLetter, world.context, { id: letter?.id ?? "" });
    await eventually(() => expect(world.main.documents("Contact", "K-1")).toHaveLength(1));
    await eventually(async () => expect(await listed()).toEqual([]));
  });
});
