import type { Job, PlanItem } from "@dovetail/contracts";
import { startSimulator, type Running as RunningSimulator } from "@dovetail/erp-simulator";
import { eventually } from "@dovetail/testing";
import type { TenantWorld } from "./tenant-world";
import { World } from "./world";

const MAIN = "odoo-main";

describe("SYN-11, SYN-12: plans through the whole platform", () => {
  let world: World;
  let erp: RunningSimulator;
  let acme: TenantWorld;

  beforeAll(async () => {
    [world, erp] = await Promise.all([World.open({ local: true }), startSimulator({ version: 14, seed: 3 })]);
    acme = await world.tenant("acme");
    await acme.connectOdoo(MAIN, erp);
  }, 90_000);
  afterAll(async () => {
    await erp?.stop();
    await world?.close();
  });

  const path = (job: Job, rest = "") => `/erp/sync-jobs/${job.id}${rest}`;
  const planned = (job: Job) =>
    acme.api.until<Job>(path(job), ({ status }) => !["queued", "running"].includes(status), 60_000);

  it("a dry run is read, approved, followed in the feed, and taken back", async () => {
    const [started] = await acme.execute(MAIN, { entityTypes: ["Supplier"], dryRun: true });
    const job = await planned({ id: started?.id } as Job);
    expect(job).toMatchObject({
      status: "awaiting_approval",
      dryRun: true,
      approval: { kind: "sync", state: "ready" },
    });
    expect(await acme.records("Supplier")).toEqual([]);
    const items = await acme.api.all<PlanItem>(path(job, "/plan?operation=create"));
    expect(items).toHaveLength(job.counts.created);
    expect(items.length).toBeGreaterThan(0);

    const foreign = await acme.api.send("POST", path(job, "/approve"), { body: { digest: "another" } });
    expect([foreign.status, foreign.body["code"]]).toEqual([412, "STALE"]);
    const approved = await acme.api.send<Job>("POST", path(job, "/approve"), {
      body: { digest: job.approval?.digest },
    });
    expect([approved.status, approved.body.approval?.state]).toEqual([202, "approved"]);
    await acme.ended(job.id);
    expect(await acme.records("Supplier")).toHaveLength(items.length);
    const again = await acme.api.send("POST", path(job, "/approve"));
    expect([again.status, again.body["code"]]).toEqual([409, "CONFLICT"]);

    const undo = await acme.api.send<Job>("POST", path(job, "/rollback"));
    expect([undo.status, undo.body.approval]).toEqual([
      202,
      expect.objectContaining({ kind: "rollback", reverts: job.id }),
    ]);
    const plan = await planned(undo.body);
    expect(plan).toMatchObject({ status: "awaiting_approval", counts: { deleted: items.length } });
    await acme.api.change("POST", path(plan, "/approve"));
    await acme.ended(plan.id);
    expect(await acme.records("Supplier")).toEqual([]);
    // The feed is numbered a moment after the job's end.
    await eventually(async () => {
      const deleted = (await acme.changes()).filter(({ type }) => type === "erp.Supplier.deleted");
      expect(deleted).toHaveLength(items.length);
    });
    expect((await acme.api.send("GET", "/erp/sync-jobs/not-an-id/plan")).status).toBe(404);
  }, 120_000);
});
