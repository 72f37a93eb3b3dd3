import { odoo } from "@dovetail/adapter-odoo";
import { sync, type BulkJob, type DeadLetter, type LetterFilter, type RetryDeadLetter } from "@dovetail/contracts";
import type { EntityName, JsonObject } from "@dovetail/domain";
import { startSimulator, type Running } from "@dovetail/erp-simulator";
import { eventually } from "@dovetail/testing";
import type { TestTenant } from "./tenant";
import { World } from "./world";

const push = { calls: ["push"] } as const;
const KEYS: Partial<Record<EntityName, string>> = { Part: "partNumber", CostPosting: "costPostingNumber" };

describe("dead letters", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({ Part: {}, CostPosting: {}, Supplier: {} });
    await world.sync(["Supplier", "Part", "CostPosting"]);
  });
  afterAll(() => world?.close());
  afterEach(() => world.erp.faults.clear());

  async function create(entity: EntityName, key: string, part: JsonObject = {}): Promise<string | undefined> {
    const body = { ...world.erp.newBody(entity), [KEYS[entity] ?? ""]: key, ...part };
    return (await world.main.write({ entityType: entity, key, body })).transactions[0]?.id;
  }

  /** A push of a new part that the ERP refuses. */
  async function refused(key: string): Promise<{ id: string | undefined; letter: DeadLetter }> {
    world.erp.faults.next({ kind: "status", status: 422 }, push);
    const id = await create("Part", key);
    await world.main.settled(id, "rejected");
    return { id, letter: await letterOf(key) };
  }

  const letterOf = (key: string) =>
    eventually(async () => {
      const found = (await world.main.letters()).find((each) => each.key === key);
      if (!found) throw new Error(`${key} is not listed`);
      return found;
    });
  const read = (id: string) => world.bus.call(sync.deadLetter, world.context, { id });
  const retry = (input: RetryDeadLetter) => world.bus.call(sync.retryDeadLetter, world.context, input);
  const bulk = (filter?: LetterFilter) => world.bus.call(sync.bulkRetry, world.context, filter ? { filter } : {});
  const ended = (id: string): Promise<BulkJob> =>
    eventually(async () => {
      const job = await world.bus.call(sync.bulkJob, world.context, { id });
      if (job.status === "queued" || job.status === "running") throw new Error(job.status);
      return job;
    });

  it("ERR-1: are listed by kind, reason, entity, key, status and time, page by page", async () => {
    const before = new Date(Date.now() - 1_000).toISOString();
    for (const key of ["L1", "L2", "L3"]) await refused(key);
    const list = (query: object) => world.bus.call(sync.deadLetters, world.context, query);
    const first = await list({ kind: "PUSH", reason: "ERP008", entityType: "Part", from: before, limit: 2 });
    expect(first.items.map(({ key }) => key)).toEqual(["L3", "L2"]);
    const second = await list({ kind: "PUSH", from: before, limit: 2, cursor: first.next });
    expect(second).toMatchObject({ items: [{ key: "L1" }], next: null });
    expect((await list({ key: "L2" })).items).toHaveLength(1);
    for (const none of [{ kind: "EVENT" }, { reason: "ERP001" }, { entityType: "Supplier" }, { to: before }])
      expect(await list(none)).toEqual({ items: [], next: null });
    await expect(list({ from: "yesterday" })).rejects.toMatchObject({ code: "ERP008" });
    await expect(list({ from: "2026-13-45T00:00:00Z" })).rejects.toMatchObject({ code: "ERP008" });
    const job = await ended((await bulk({ kind: "PUSH" })).id);
    expect(job.counts).toEqual({ seen: 3, done: 3 });
    await eventually(async () => expect(await world.main.letters()).toEqual([]));
  });

  it("ERR-1: an edited record is a new version by the operator, and the older letter is closed by name", async () => {
    const { id, letter } = await refused("EDIT");
    const record = { ...(await world.record("Part", "EDIT")), description: "corrected" };
    await expect(retry({ id: letter.id, record, ifVersion: letter.version + 1 })).rejects.toMatchObject({
      code: "STALE",
      problem: { current: { version: letter.version, status: "OPEN" } },
    });
    await retry({ id: letter.id, record, ifVersion: letter.version });
    await eventually(() => expect(world.main.documents("Part", "EDIT")).toMatchObject([{ description: "corrected" }]));
    await world.main.settled(id, "superseded");
    expect(await world.view("Part", "EDIT")).toMatchObject({ version: 2 });
    const [change] = await world.sql<{ actor: string }>(
      "select p.actor from sync_engine.changes c join sync_engine.pages p using (tenant_id, page_id) where c.key = 'EDIT' and c.version = 2",
    );
    expect(change).toEqual({ actor: "/services/test" });
    expect(await read(letter.id)).toMatchObject({ status: "RESOLVED" });
    await expect(retry({ id: letter.id })).rejects.toMatchObject({
      code: "CONFLICT",
      problem: { current: { status: "RESOLVED" } },
    });
  });

  it("ERR-1: an edit of a record that has moved on is refused with the current state, and changes nothing", async () => {
    const { letter } = await refused("MOVED");
    // the ERP's own change came in meanwhile: the letter stays, its push is of an earlier version
    await world.sql("update sync_engine.pushes set version = 0 where key = 'MOVED'");
    const record = { ...(await world.record("Part", "MOVED")), description: "from long ago" };
    await expect(retry({ id: letter.id, record })).rejects.toMatchObject({
      code: "CONFLICT",
      problem: { current: { pushStatus: "rejected", recordVersion: 1 } },
    });
    expect(await world.view("Part", "MOVED")).toMatchObject({ version: 1 });
    await world.sql("update sync_engine.pushes set version = 1, status = 'superseded' where key = 'MOVED'");
    await expect(retry({ id: letter.id })).rejects.toMatchObject({
      code: "CONFLICT",
      problem: { current: { pushStatus: "superseded" } },
    });
    expect((await read(letter.id)).version).toBe(letter.version);
    await world.bus.call(sync.discardDeadLetter, world.context, { id: letter.id, reason: "passed over" });
    expect(await read(letter.id)).toMatchObject({
      status: "DISCARDED",
      note: "passed over",
      closedBy: "/services/test",
    });
  });

  it("ERR-1: an older error of the same record resolves itself when a later one succeeds", async () => {
    const { letter } = await refused("LATER");
    const body = { description: "a later version" };
    await world.main.write({ entityType: "Part", key: "LATER", op: "patch", body });
    await eventually(() => expect(world.main.documents("Part", "LATER")).toMatchObject([body]));
    expect(await read(letter.id)).toMatchObject({ status: "RESOLVED", closedBy: null });
  });

  it("ERR-1: bulk retry is a job that leaves what only a person may decide, and its counts add up", async () => {
    const good = [await refused("B1"), await refused("B2")];
    const passed = await refused("B3");
    await world.sql("update sync_engine.pushes set status = 'superseded' where key = 'B3'");
    world.erp.faults.next({ kind: "timeoutAfter" }, push);
    const unknown = await create("CostPosting", "N-BULK");
    await world.main.settled(unknown, "unknown");
    const left = await letterOf("N-BULK");
    const calls = () => world.erp.journal.filter((entry) => entry.what === "push" && entry.entity === "CostPosting");
    const before = calls().length;
    const queued = await bulk({ integration: "memory-one", kind: "PUSH" });
    expect(queued).toMatchObject({ kind: "retry", status: "queued", createdBy: "/services/test" });
    const job = await ended(queued.id);
    expect(job).toMatchObject({
      status: "completed",
      total: 4,
      counts: { seen: 4, done: 2 },
      left: { MOVED_ON: 1, UNKNOWN: 1 },
    });
    for (const { id } of good) await world.main.settled(id, "confirmed");
    expect(calls()).toHaveLength(before);
    expect((await world.main.settled(unknown, "unknown")).status).toBe("unknown");
    expect(world.main.documents("CostPosting", "N-BULK")).toHaveLength(1);
    const record = await world.record("CostPosting", "N-BULK");
    await expect(retry({ id: left.id, record })).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await read(left.id)).toMatchObject({ status: "OPEN" });
    for (const { id } of [left, passed.letter])
      await world.bus.call(sync.discardDeadLetter, world.context, { id, reason: "seen to" });
  });

  it("ERR-1: a cancelled bulk job takes nothing more up; one that has ended is not cancelled again", async () => {
    const many = 400;
    await world.sql(
      `insert into sync_engine.dead_letters (tenant_id, id, kind, direction, integration, entity, key, reason)
       select $1, sync_engine.new_id(), 'PUSH', 'outbound', 1, 1, 'C-' || i, 'CANCEL' from generate_series(1, $2) i`,
      [world.main.tenantId, many],
    );
    const queued = await bulk({ reason: "CANCEL" });
    const cancelled = await world.bus.call(sync.cancelBulkJob, world.context, { id: queued.id });
    expect(cancelled).toMatchObject({ status: "cancelled" });
    expect(cancelled.counts.seen).toBeLessThanOrEqual(many);
    await eventually(async () =>
      expect(await world.sql("select 1 from sync_engine.work where kind = 'bulk'")).toEqual([]),
    );
    const after = await world.bus.call(sync.bulkJob, world.context, { id: queued.id });
    expect(after.counts).toEqual(cancelled.counts);
    await expect(world.bus.call(sync.cancelBulkJob, world.context, { id: queued.id })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    expect((await world.bus.call(sync.bulkJobs, world.context, { status: "cancelled" })).items).toMatchObject([
      { id: queued.id },
    ]);
    await world.sql("delete from sync_engine.dead_letters where reason = 'CANCEL'");
  });
});

describe("dead letters of an ERP behind HTTP", () => {
  let world: World;
  let simulator: Running;
  let tenant: TestTenant;

  beforeAll(async () => {
    world = await World.open({ Supplier: {} });
    simulator = await startSimulator({ version: 17, demo: false });
    tenant = world.main;
    tenant.credentials = { apiUsername: "admin", apiPassword: "admin" };
    tenant.change({
      erpSystem: "ODOO",
      adapter: { system: "ODOO", version: odoo.version },
      apiEndpoint: simulator.url,
      settings: { database: "o17", protocol: "jsonrpc" },
    });
    tenant.setMapping("Supplier", 1, odoo.mappings.Supplier as unknown as JsonObject);
    await tenant.sync(["Supplier"]);
  });
  afterAll(async () => {
    await simulator?.stop();
    await world?.close();
  });

  it("ERR-1: show the request and the answer, secrets masked, and keep both encrypted", async () => {
    simulator.odoo.addFault({
      kind: "error",
      model: "res.partner",
      method: "create",
      count: 1,
      name: "odoo.exceptions.ValidationError",
      message: "no such supplier",
    });
    const body = { supplierNumber: "MASKED", name: "Masked" };
    const written = await tenant.write({ entityType: "Supplier", key: "MASKED", body });
    await tenant.settled(written.transactions[0]?.id, "rejected");
    const [listed] = await tenant.letters();
    const letter = await world.bus.call(sync.deadLetter, tenant.context, { id: listed?.id ?? "" });
    expect(letter.request?.head).toBe("POST res.partner.create");
    expect(letter.request?.body).toContain("MASKED");
    expect(JSON.stringify(letter)).not.toContain('"admin"');
    expect(letter.response?.head).toBe("200 odoo.exceptions.ValidationError");
    expect(letter.response?.body).toContain("no such supplier");
    const [stored] = await world.sql<{ text: string }>("select payload::text as text from sync_engine.dead_letters");
    expect(stored?.text).not.toContain("MASKED");
  });
});
