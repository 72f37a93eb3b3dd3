import type { Json, JsonObject } from "@dovetail/domain";
import type { CallFault, CallKind } from "@dovetail/adapter-memory";
import { memory } from "@dovetail/adapter-memory";
import { sync, type Job } from "@dovetail/contracts";
import { eventually } from "@dovetail/testing";
import { World } from "./world";

describe("a pull of an ERP that fails", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({
      Supplier: { pageSize: 20 },
      Part: { pageSize: 20 },
      Customer: {},
      GlAccount: {},
      Port: {},
    });
    world.main.mappings.delete("Port");
    world.erp.seedRows("Supplier", 90);
  });
  afterAll(() => world?.close());
  afterEach(() => world.erp.faults.clear());

  /** The fault hits the n-th pull call from now. */
  function atPage(n: number, fault: CallFault): void {
    const { faults } = world.erp;
    const take = faults.take.bind(faults);
    let seen = 0;
    faults.take = (call: CallKind) => (call === "pull" && ++seen === n ? fault : take(call));
  }

  it.each([
    ["a page cut off half-way", { kind: "cutOff" }],
    ["a reset", { kind: "reset" }],
    ["a 503", { kind: "status", status: 503 }],
    ["a 429", { kind: "status", status: 429, retryAfterSeconds: 0 }],
  ] as const)("SYN-2: goes on from the last page after %s", async (_name, fault) => {
    atPage(3, fault);
    const pulls = () => world.erp.journal.filter((entry) => entry.what === "pull").length;
    const before = pulls();
    const [job] = await world.sync(["Supplier"], "full");
    expect(job).toMatchObject({ status: "completed", counts: { read: 90, rejected: 0, parked: 0 } });
    expect((job?.counts.created ?? 0) + (job?.counts.unchanged ?? 0)).toBe(90);
    // five pages; a call that reached the ERP before its answer was lost is one more
    expect(pulls() - before).toBeLessThanOrEqual(6);
  });

  it("fails with ERP002 on a wrong password, and says so of the connection", async () => {
    world.main.credentials = { ...world.main.credentials, apiPassword: "wrong" };
    world.main.change({});
    const [job] = await world.sync(["Supplier"]);
    expect(job).toMatchObject({ status: "failed", problem: { code: "ERP002" } });
    const test = await world.bus.call(sync.test, world.context, { id: world.integration.id });
    expect(test).toMatchObject({ success: false, code: "ERP002" });
    const [account] = await world.sql<{ connection_status: string }>(
      "select connection_status from sync_engine.accounts",
    );
    expect(account?.connection_status).toBe("EXPIRED");
    world.main.credentials = { ...world.main.credentials, apiPassword: world.erp.password };
    world.main.change({});
    const [again] = await world.sync(["Supplier"]);
    expect(again?.status).toBe("completed");
  });

  it("fails with ERP001 when the ERP cannot be reached", async () => {
    world.erp.faults.always({ kind: "unreachable" });
    const [job] = await world.sync(["Supplier"]);
    expect(job).toMatchObject({ status: "failed", problem: { code: "ERP001" } });
    // so many failures in a row have opened the circuit: a person's test closes it
    world.erp.faults.clear();
    const test = await world.bus.call(sync.test, world.context, { id: world.integration.id });
    expect(test.success).toBe(true);
  });

  it("fails with ERP003 without a mapping, and with STALE on a cursor of another adapter version", async () => {
    const [job] = await world.sync(["Port"]);
    expect(job).toMatchObject({ status: "failed", problem: { code: "ERP003" } });
    world.main.setMapping("Port", 1, memory.mappings.Port as unknown as JsonObject);
    expect((await world.sync(["Port"]))[0]?.status).toBe("completed");
    await world.sql(
      `update sync_engine.cursors set value = jsonb_set(value, '{adapter}', '"MEMORY@0"')
                     where entity = (select entity from sync_engine.jobs where id = $1)`,
      [job?.id],
    );
    expect((await world.sync(["Port"]))[0]).toMatchObject({ status: "failed", problem: { code: "STALE" } });
    expect((await world.sync(["Port"], "full"))[0]).toMatchObject({ status: "completed" });
  });

  it("SYN-5: rejects a row alone whose expression throws, loops or eats memory (ERP004)", async () => {
    const bodies = ["fine", "throw", "loop", "eat"];
    for (const name of bodies) world.erp.insert("GlAccount", { ...world.erp.newBody("GlAccount"), name });
    const document = structuredClone(memory.mappings.GlAccount) as unknown as { mappings: JsonObject[] };
    const field = document.mappings.find((each) => each.mesField === "name") as Record<string, Json>;
    field["transformation"] =
      'value === "throw" ? null.x : value === "loop" ? (() => { for (;;); })() : value === "eat" ? (() => { let s = "x"; for (;;) s += s; })() : value';
    world.main.setMapping("GlAccount", 2, document as unknown as JsonObject);
    const [job] = await world.sync(["GlAccount"]);
    expect(job).toMatchObject({ status: "completed", counts: { read: 4, created: 1, rejected: 3 } });
    const letters = (await world.main.letters()).filter((letter) => letter.entityType === "GlAccount");
    expect(letters.map((letter) => letter.problem?.code)).toEqual(["ERP004", "ERP004", "ERP004"]);
  });

  it("parks a document whose lines may be missing, and reads it again until it is whole", async () => {
    const id = world.erp.insert(
      "Part",
      { ...world.erp.newBody("Part"), partNumber: "HALF" },
      { childrenComplete: false },
    );
    const [job] = await world.sync(["Part"]);
    expect(job?.counts).toMatchObject({ read: 1, parked: 1 });
    expect((await world.main.letters()).find((each) => each.reason === "INCOMPLETE")).toBeDefined();
    world.erp.table("Part").put({ ...id, childrenComplete: true });
    await world.sql("update sync_engine.work set due_at = now() where kind = 'release'");
    await eventually(async () => expect(await world.record("Part", "HALF")).toMatchObject({ partNumber: "HALF" }));
    expect((await world.main.letters()).some((each) => each.reason === "INCOMPLETE")).toBe(false);
  });

  it("parks a row whose key changed, and a second claimant of a key; both settle when the ERP is put right", async () => {
    const first = world.erp.insert("Part", { ...world.erp.newBody("Part"), partNumber: "ONE" });
    await world.sync(["Part"], "full");
    world.erp.mutate("Part", first.externalId, { partNumber: "RENAMED" });
    await world.sync(["Part"], "full");
    expect(await reasons()).toEqual(["KEY_CHANGED"]);
    world.erp.mutate("Part", first.externalId, { partNumber: "ONE" });
    const second = world.erp.insert("Part", { ...world.erp.newBody("Part"), partNumber: "HALF" });
    const [job] = await world.sync(["Part"], "full");
    expect(job).toMatchObject({ status: "completed" });
    expect(await reasons()).toEqual([expect.stringMatching(/DUPLICATE_KEY|ERP008/)]);
    world.erp.mutate("Part", second.externalId, { partNumber: "TWO" });
    const [last] = await world.sync(["Part"], "full");
    expect(last?.counts).toMatchObject({ created: 1, rejected: 0, parked: 0 });
    expect(await reasons()).toEqual([]);
  });

  it("SYN-3: reads late commits inside the look-back, and a full run after incremental ones changes nothing", async () => {
    await world.sync(["Customer"]);
    world.erp.commitLate("Customer", 30_000);
    world.erp.advance(1_000);
    const [late] = await world.sync(["Customer"]);
    expect(late?.counts).toMatchObject({ created: 1 });
    const [full] = await world.sync(["Customer"], "full");
    expect(full?.counts).toMatchObject({ read: 1, unchanged: 1 });
  });

  it("SYN-3: loses no row of many with one stamp, however the pages cut them, nor one that is stamped alike later", async () => {
    const { erp } = world;
    const stamp = erp.stampOf(erp.now());
    erp.seedRows("Part", 45, { stamp });
    erp.advance(2_000);
    const [first] = await world.sync(["Part"]);
    expect(first?.counts).toMatchObject({ created: 45 });
    erp.seedRows("Part", 1, { stamp });
    const [again] = await world.sync(["Part"]);
    expect(again?.counts).toMatchObject({ created: 1 });
  });

  it("SYN-2: writes nothing for unchanged rows", async () => {
    const sizes = () =>
      world.sql(`select (select count(*) from sync_engine.changes) c, (select count(*) from sync_engine.pages) p,
        (select count(*) from sync_engine.event_log where type like 'record.%') l, (select max(xmin::text::bigint) from sync_engine.records) x`);
    const before = await sizes();
    const [job] = await world.sync(["Supplier"], "full");
    expect(job?.counts.unchanged).toBe(90);
    expect(await sizes()).toEqual(before);
  });

  it("stops a cancelled job after its page; the next one goes on", async () => {
    world.erp.seedRows("Supplier", 60);
    atPage(3, { kind: "status", status: 429, retryAfterSeconds: 2 });
    const [queued] = await world.main.execute(["Supplier"], "full");
    const id = queued?.id ?? "";
    await eventually(async () => {
      const job = await world.bus.call(sync.job, world.context, { id });
      expect(job.counts.read).toBeGreaterThan(0);
    });
    const cancelled = await world.bus.call(sync.cancelJob, world.context, { id });
    expect(cancelled.status).toBe("cancelled");
    await expect(world.bus.call(sync.cancelJob, world.context, { id })).rejects.toMatchObject({ code: "CONFLICT" });
    const [next] = await world.sync(["Supplier"], "full");
    expect(next).toMatchObject({ status: "completed", counts: { read: 150 } });
    expect((await world.bus.call(sync.job, world.context, { id })).status).toBe("cancelled");
  });

  it("SYN-1: makes one of wishes that have not started, and full when one of them is", async () => {
    atPage(1, { kind: "status", status: 429, retryAfterSeconds: 1 });
    const [running] = await world.main.execute(["Supplier"]);
    await eventually(async () => {
      const job = await world.bus.call(sync.job, world.context, { id: running?.id ?? "" });
      expect(job.status).toBe("running");
    });
    const [second] = await world.main.execute(["Supplier"]);
    const [third] = await world.main.execute(["Supplier"], "full");
    expect(second?.coalesced).toBe(false);
    expect(third).toMatchObject({ id: second?.id, coalesced: true });
    const job: Job = await world.main.ended(third?.id ?? "");
    expect(job).toMatchObject({ mode: "full", counts: { read: 150 } });
    await world.main.ended(running?.id ?? "");
  });

  it("SYN-1: runs a schedule that was missed once", async () => {
    world.main.change({ syncSchedule: { enabled: true, interval: "0 3 1 1 *" } });
    const { id } = world.integration;
    await world.main.execute(["Customer"]);
    const [account] = await world.sql<{ num: number }>(
      "select num from sync_engine.accounts where integration_id = $1",
      [id],
    );
    const work = (await world.sql<{ entity: number }>("select distinct entity from sync_engine.jobs order by 1"))[0]
      ?.entity;
    await world.sql(
      `insert into sync_engine.work (tenant_id, kind, id, due_at) values ($1, 'schedule', $2, now() - interval '3 days')`,
      [world.context.tenantId, `${account?.num}:${work}`],
    );
    const scheduled = () => world.sql("select id from sync_engine.jobs where trigger = 'schedule'");
    await eventually(async () => expect(await scheduled()).toHaveLength(1));
    await eventually(async () => {
      const [turn] = await world.sql<{ days: number }>(
        "select extract(epoch from due_at - now()) / 86400 days from sync_engine.work where kind = 'schedule'",
      );
      expect(Number(turn?.days)).toBeGreaterThan(0);
    });
    expect(await scheduled()).toHaveLength(1);
  });

  const reasons = async () =>
    (await world.main.letters()).filter((letter) => letter.entityType === "Part").map((letter) => letter.reason);
});
