import { sync } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import type { Running } from "@dovetail/service-kit";
import { eventually } from "@dovetail/testing";
import { AccountService } from "../src/accounts/account.service";
import { World } from "./world";

describe("two tenants and two engines on one database", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({ Part: { pageSize: 20 } }, 2);
  });
  afterAll(() => world?.close());

  const part = (partNumber: string, description: string): JsonObject => ({ partNumber, description });

  it("tenants with equal keys and external ids never see each other", async () => {
    const other = world.addTenant("other", { Part: {} });
    world.erp.insert("Part", part("SAME", "ours"), { externalId: "1" });
    other.erp.insert("Part", part("SAME", "theirs"), { externalId: "1" });
    other.erp.insert("Part", part("ONLY-THEIRS", "theirs"), { externalId: "2" });
    await Promise.all([world.sync(["Part"]), other.sync(["Part"])]);
    expect(await world.record("Part", "SAME")).toMatchObject({ description: "ours" });
    expect(await other.record("Part", "SAME")).toMatchObject({ description: "theirs" });
    await expect(world.record("Part", "ONLY-THEIRS")).rejects.toMatchObject({ code: "NOT_FOUND" });
    const write = await other.write({ entityType: "Part", key: "SAME", op: "patch", body: { description: "changed" } });
    const [transaction] = write.transactions;
    await other.settled(transaction?.id, "confirmed");
    expect(world.main.documents("Part", "SAME")).toMatchObject([{ description: "ours" }]);
    const id = transaction?.id ?? "";
    await expect(world.bus.call(sync.transaction, world.context, { id })).rejects.toMatchObject({ code: "NOT_FOUND" });
    const jobs = await world.bus.call(sync.jobs, other.context, {});
    for (const job of jobs.items)
      await expect(world.bus.call(sync.job, world.context, { id: job.id })).rejects.toMatchObject({
        code: "NOT_FOUND",
      });
    const feed = await world.bus.call(sync.changes, world.context, { limit: 1000 });
    expect(feed.items.every((event) => event["tenant"] === "acme")).toBe(true);
  });

  it("SYN-13: work of an account that another engine has just heard of is not dropped", async () => {
    const accounts = (world.engines[0]?.app as Running["app"]).get(AccountService);
    await accounts.all(world.main.tenantId);
    await world.sql(
      `insert into sync_engine.accounts (tenant_id, integration_id, tenant, name, document, version, deleted)
       select tenant_id, gen_random_uuid(), tenant, 'just-made', document, 1, true from sync_engine.accounts where name = $1 and tenant_id = $2`,
      [world.integration.name, world.main.tenantId],
    );
    const [made] = await world.sql<{ num: number }>("select num from sync_engine.accounts where name = 'just-made'");
    expect(await accounts.byNumber(world.main.tenantId, made?.num ?? 0)).toMatchObject({ name: "just-made" });
    await world.sql("delete from sync_engine.accounts where name = 'just-made'");
  });

  it("SYN-13: engines share the work and never double a push", async () => {
    const keys = Array.from({ length: 60 }, (_, i) => `SHARED-${i}`);
    const answers = await Promise.all(
      keys.map((key) => world.main.write({ entityType: "Part", key, body: part(key, "one") })),
    );
    await Promise.all(
      keys.map((key) => world.main.write({ entityType: "Part", key, op: "patch", body: { description: "two" } })),
    );
    expect(answers).toHaveLength(60);
    await eventually(
      async () => {
        const [open] = await world.sql<{ n: number }>(
          "select count(*)::int n from sync_engine.pushes where status not in ('confirmed', 'superseded')",
        );
        expect(open?.n).toBe(0);
      },
      { timeoutMs: 30_000 },
    );
    for (const key of keys) expect(world.main.documents("Part", key)).toMatchObject([{ description: "two" }]);
    const created = world.erp.journal.filter((entry) => entry.what === "created" && entry.reference !== undefined);
    expect(new Set(created.map(({ reference }) => reference)).size).toBe(created.length);
    expect(world.erp.journal.filter((entry) => entry.what === "merged")).toEqual([]);
  });

  it("SYN-13: a worker whose lease was taken cannot commit, and the job still ends with the right counts", async () => {
    world.erp.seedRows("Part", 100);
    const { faults } = world.erp;
    const take = faults.take.bind(faults);
    let hung = false;
    faults.take = (call) => {
      if (call !== "pull" || hung) return take(call);
      hung = true;
      return { kind: "status", status: 429, retryAfterSeconds: 2 };
    };
    const [queued] = await world.main.execute(["Part"], "full");
    await eventually(() => hung);
    await world.sql("update sync_engine.work set lease_until = clock_timestamp() - interval '1 s' where kind = 'pull'");
    const job = await world.main.ended(queued?.id ?? "");
    const { read, created, updated, unchanged, rejected, parked } = job.counts;
    expect(job.status).toBe("completed");
    expect(read).toBe(world.erp.table("Part").size);
    expect(created + updated + unchanged + rejected + parked).toBe(read);
    const [row] = await world.sql<{ attempts: number }>("select attempts from sync_engine.jobs where id = $1", [
      job.id,
    ]);
    expect(row?.attempts).toBe(2);
    await eventually(async () =>
      expect(await world.sql("select 1 from sync_engine.work where kind = 'pull'")).toEqual([]),
    );
    expect((await world.bus.call(sync.job, world.context, { id: job.id })).counts).toEqual(job.counts);
  });

  it("cancels what is queued of an integration that is gone", async () => {
    const gone = world.addTenant("gone", { Part: {} });
    await gone.sync(["Part"]);
    gone.erp.faults.always({ kind: "status", status: 429, retryAfterSeconds: 1 }, ["pull"]);
    const [running] = await gone.execute(["Part"]);
    await eventually(async () => {
      const job = await world.bus.call(sync.job, gone.context, { id: running?.id ?? "" });
      expect(job.status).toBe("running");
    });
    const [queued] = await gone.execute(["Part"]);
    await world.sql("update sync_engine.accounts set deleted = true where tenant_id = $1", [gone.tenantId]);
    await world.sql(
      "update sync_engine.work set lease_until = clock_timestamp() - interval '1 s' where tenant_id = $1",
      [gone.tenantId],
    );
    await eventually(
      async () => {
        const [open] = await world.sql<{ n: number }>(
          "select count(*)::int n from sync_engine.jobs where tenant_id = $1 and status in ('queued', 'running')",
          [gone.tenantId],
        );
        expect(open?.n).toBe(0);
      },
      { timeoutMs: 40_000 },
    );
    expect(queued).toBeDefined();
  });
});
