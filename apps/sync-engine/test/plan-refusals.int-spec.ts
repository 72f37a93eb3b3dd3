import { ProblemError, sync, type Job } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { memory } from "@dovetail/adapter-memory";
import { eventually } from "@dovetail/testing";
import { PlanTests } from "./plan-tests";
import { World } from "./world";

const UNKNOWN = "0198f3d2-7c1e-7000-8000-000000000003";

describe("SYN-11, SYN-12: what is refused leaves everything as it was", () => {
  let world: World;
  let plans: PlanTests;

  beforeAll(async () => {
    world = await World.open({ Supplier: { pageSize: 2, direction: "inbound" } });
    plans = new PlanTests(world);
    world.erp.seedRows("Supplier", 4);
    await world.sync(["Supplier"]);
  });
  afterAll(() => world?.close());

  const rows = () => world.erp.table("Supplier").find(world.erp.now(), () => true);
  /** Every supplier changes in the ERP. */
  let edits = 0;
  function edit(): void {
    const name = `Edit ${++edits}`;
    for (const { externalId } of rows()) world.erp.mutate("Supplier", externalId, { name });
    world.erp.advance(2_000);
  }
  async function ready(): Promise<Job> {
    edit();
    const job = await plans.dryRun("Supplier");
    expect(job).toMatchObject({ status: "awaiting_approval", counts: { updated: 4 } });
    return job;
  }
  async function refused(
    job: { id: string; digest?: string },
    context = world.context,
  ): Promise<ProblemError["problem"]> {
    const before = [await plans.store(), await stateOf(job.id)];
    const answer = await world.bus.call(sync.approveJob, context, job).catch((error: unknown) => error);
    expect(answer).toBeInstanceOf(ProblemError);
    expect([await plans.store(), await stateOf(job.id)]).toEqual(before);
    return (answer as ProblemError).problem;
  }
  const stateOf = (id: string) => world.sql("select status, approval from sync_engine.jobs where id::text = $1", [id]);
  const cancel = (job: Job) => world.bus.call(sync.cancelJob, world.context, { id: job.id });
  const error = async (work: Promise<unknown>) =>
    work.then(
      () => "none",
      (reason: unknown) => (reason as ProblemError).code,
    );

  it("an approval that names another plan", async () => {
    const job = await ready();
    expect(await refused({ id: job.id, digest: "0".repeat(64) })).toMatchObject({
      code: "STALE",
      status: 412,
      current: { digest: job.approval?.digest },
    });
    await cancel(job);
  });

  it("a plan whose items were changed, added or taken away", async () => {
    const job = await ready();
    for (const edit of [
      "update sync_engine.plan_items set doc = replace(doc, 'Edit', 'Forged') where job_id = $1 and n = 0 and page = 1",
      "delete from sync_engine.plan_items where job_id = $1 and n = 1 and page = 1",
      "delete from sync_engine.plan_pages where job_id = $1 and page = 2",
    ]) {
      await world.sql(edit, [job.id]);
      expect(await refused({ id: job.id })).toMatchObject({
        code: "CONFLICT",
        detail: expect.stringMatching(/items were changed/) as string,
      });
    }
    await cancel(job);
  });

  it("a plan that has expired", async () => {
    const job = await ready();
    // its work rests until then
    await eventually(async () => {
      const rests = await world.sql(
        "select 1 from sync_engine.work where kind = 'plan' and id like '%' || $1::text and lease_until is null and due_at > now()",
        [job.id],
      );
      expect(rests).toHaveLength(1);
    });
    await world.sql(
      `update sync_engine.jobs set approval = approval || '{"expiresAt":"2020-01-01T00:00:00.000Z"}' where id = $1`,
      [job.id],
    );
    expect(await refused({ id: job.id })).toMatchObject({
      code: "STALE",
      detail: expect.stringMatching(/expired/) as string,
    });
    // its time comes: nobody approves it any more
    await eventually(async () => {
      await world.sql(
        "update sync_engine.work set due_at = now() where kind = 'plan' and id like '%' || $1::text and lease_until is null",
        [job.id],
      );
      expect(await stateOf(job.id)).toMatchObject([{ status: "cancelled" }]);
    });
  });

  it("a plan after a pull of the entity, a change of the mapping or of the integration", async () => {
    const overtaken = await ready();
    await world.sync(["Supplier"]);
    expect(await refused({ id: overtaken.id })).toMatchObject({ code: "STALE", current: { cursor: "moved" } });
    await cancel(overtaken);

    const mapped = await ready();
    world.main.setMapping("Supplier", 2, memory.mappings["Supplier"] as unknown as JsonObject);
    expect(await refused({ id: mapped.id })).toMatchObject({ code: "STALE", current: { mappingVersion: 2 } });
    await cancel(mapped);

    const changed = await ready();
    world.main.change({ description: "changed" });
    expect(await refused({ id: changed.id })).toMatchObject({ code: "STALE", current: { version: 2 } });
    await cancel(changed);
  });

  it("a plan while a full run waits that has read no page yet, and after that run was cancelled", async () => {
    const job = await ready();
    world.erp.faults.always({ kind: "unreachable" }, ["pull"]);
    const [full] = await world.main.execute(["Supplier"], "full");
    const rewound = async () => {
      const [cursor] = await world.sql("select value from sync_engine.cursors");
      expect(cursor).toEqual({ value: null });
      expect(await stateOf(full?.id ?? "")).toMatchObject([{ status: "running" }]);
    };
    await eventually(rewound);
    expect(await refused({ id: job.id })).toMatchObject({
      code: "CONFLICT",
      detail: expect.stringMatching(/is running/) as string,
    });
    await world.bus.call(sync.cancelJob, world.context, { id: full?.id ?? "" });
    expect(await refused({ id: job.id })).toMatchObject({ code: "STALE", current: { cursor: "moved" } });
    world.erp.faults.clear();
    await cancel(job);
    await world.sql("update sync_engine.work set due_at = clock_timestamp() where kind = 'pull'");
    expect((await world.sync(["Supplier"], "full"))[0]).toMatchObject({ status: "completed", counts: { read: 4 } });
  });

  it("a second approval, and one of what is over", async () => {
    const job = await ready();
    await plans.approve(job);
    expect(await refused({ id: job.id })).toMatchObject({ code: "CONFLICT" });
    const other = await ready();
    await cancel(other);
    expect(await refused({ id: other.id })).toMatchObject({ code: "CONFLICT" });
  });

  it("what is not there, or another tenant's", async () => {
    const job = await ready();
    const stranger = world.addTenant("stranger", { Supplier: {} }).context;
    for (const [id, context] of [
      [UNKNOWN, world.context],
      ["no id", world.context],
      [job.id, stranger],
    ] as const) {
      expect(await refused({ id }, context)).toMatchObject({ code: "NOT_FOUND" });
      expect(await error(world.bus.call(sync.plan, context, { id }))).toBe("NOT_FOUND");
      expect(await error(world.bus.call(sync.rollbackJob, context, { id }))).toBe("NOT_FOUND");
    }
    expect(await error(world.bus.call(sync.plan, world.context, { id: job.id, cursor: "strange" }))).toBe("ERP008");
    await cancel(job);
  });

  it("a roll-back of a job that has not ended, and one without the right to take away", async () => {
    const job = await ready();
    const before = await plans.store();
    expect(await error(world.bus.call(sync.rollbackJob, world.context, { id: job.id }))).toBe("CONFLICT");
    expect(await plans.store()).toEqual(before);
    await plans.approve(job);
    const plan = await plans.rollback(job.id);
    const { actor } = world.context;
    const operator = { ...world.context, actor: { ...actor, permissions: ["erp:view", "erp:sync"] as const } };
    expect(await refused({ id: plan.id }, operator)).toMatchObject({ code: "FORBIDDEN" });
    expect(await plans.approve(plan)).toMatchObject({ status: "completed", counts: { updated: 4 } });
  });

  it("SYN-7: a plan of more deletions than a run makes by itself, of an operator", async () => {
    const operator = {
      ...world.context,
      actor: { ...world.context.actor, permissions: ["erp:view", "erp:sync"] as const },
    };
    world.erp.seedRows("Supplier", 6);
    // an incremental read ends before the second in which it begins
    world.erp.advance(2_000);
    await world.sync(["Supplier"]);
    for (const { externalId } of rows().slice(-6)) world.erp.remove("Supplier", externalId);
    world.erp.advance(2_000);
    const job = await plans.dryRun("Supplier", "full");
    expect(job).toMatchObject({ status: "awaiting_approval", counts: { deleted: 6 } });
    expect(await refused({ id: job.id }, operator)).toMatchObject({ code: "FORBIDDEN" });
    await cancel(job);
  });

  it("SYN-8: a plan while the integration is in recovery", async () => {
    const job = await ready();
    await world.sql("update sync_engine.accounts set generation = 0, recovery_begun = sync_engine.current_generation()");
    expect(await refused({ id: job.id })).toMatchObject({
      code: "CONFLICT",
      detail: expect.stringMatching(/in recovery/) as string,
    });
    await world.bus.call(sync.release, world.context, { id: world.integration.name, force: true });
    await cancel(job);
  });

  it("a dry run of an unknown entity, of one that is not carried, and of a scan", async () => {
    const before = await plans.store();
    const jobs = await world.sql("select count(*) from sync_engine.jobs");
    const execute = (input: object) =>
      error(world.bus.call(sync.execute, world.context, { integration: "memory-one", dryRun: true, ...input }));
    expect(await execute({ entityTypes: ["Nonsense"] })).toBe("ERP008");
    expect(await execute({ entityTypes: ["Invoice"] })).toBe("ERP008");
    expect(await execute({ entityTypes: ["Supplier"], mode: "scan" })).toBe("ERP008");
    expect(await plans.store()).toEqual(before);
    expect(await world.sql("select count(*) from sync_engine.jobs")).toEqual(jobs);
  });

  it("fails without a trace when the ERP cannot be read", async () => {
    world.erp.faults.next({ kind: "status", status: 403 }, { calls: ["pull"], times: 5 });
    const before = await plans.store();
    const job = await plans.dryRun("Supplier");
    expect(job).toMatchObject({ status: "failed" });
    expect(await plans.store()).toEqual(before);
    world.erp.faults.clear();
  });

  it("leaves out what becomes stale while the plan is applied, lists it, and the next pull brings it", async () => {
    const job = await ready();
    const [, , third] = await plans.items(job);
    const key = third?.key ?? "";
    await world.sql("begin");
    await world.sql("select 1 from sync_engine.records where key = $1 for update", [key]);
    await world.bus.call(sync.approveJob, world.context, { id: job.id });
    await eventually(async () => {
      const { items } = await world.bus.call(sync.plan, world.context, { id: job.id, state: "applied" });
      expect(items).toHaveLength(2);
    });
    await world.sql(`update sync_engine.records set version = version + 1 where key = $1`, [key]);
    await world.sql("commit");
    const done = await world.main.ended(job.id);
    expect(done).toMatchObject({
      status: "completed",
      approval: { state: "applied", notApplied: 1 },
      counts: { read: 4, updated: 3, parked: 1 },
    });
    const { items } = await world.bus.call(sync.plan, world.context, { id: job.id, state: "stale" });
    expect(items).toMatchObject([{ key, reason: expect.stringMatching(/^it was planned on version/) as string }]);
    expect(await world.record("Supplier", key)).not.toMatchObject({ name: `Edit ${edits}` });
    expect((await world.sync(["Supplier"]))[0]?.counts).toMatchObject({ updated: 1 });
    expect(await world.record("Supplier", key)).toMatchObject({ name: `Edit ${edits}` });
  });
});
