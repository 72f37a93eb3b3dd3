import type { Job } from "@dovetail/contracts";
import { startBulk, type RunningBulk } from "@dovetail/erp-simulator";
import { eventually, temporaryFolder } from "@dovetail/testing";
import { buildPlatform, isAlive, PlatformChild } from "./platform-child";
import { TenantWorld } from "./tenant-world";

/** More rows, and leases that run out by themselves, by hand: E2E_ROWS=100000. */
const BY_HAND = process.env["E2E_ROWS"];
const ROWS = Number(BY_HAND ?? 6000);
const PAGE = Math.ceil(ROWS / 24);
const MAIN = "odoo-bulk";
const PATIENCE_MS = 60_000 + ROWS;

let platform: PlatformChild;
let erp: RunningBulk;

beforeAll(async () => {
  buildPlatform();
  platform = await PlatformChild.on(temporaryFolder("killed"));
  await platform.start();
}, 120_000);
afterAll(async () => {
  await platform?.stop();
});
beforeEach(async () => {
  erp = await startBulk({ rows: ROWS, latencyMs: 10 });
});
afterEach(async () => {
  await erp.stop();
});

async function startAgain(env: Record<string, string> = {}): Promise<void> {
  await platform.start(env);
  if (BY_HAND === undefined) await platform.endLeases();
}

async function tenant(name: string): Promise<TenantWorld> {
  const made = await platform.operator.change<{ id: string; apiKey: { key: string } }>("POST", "/tenants", { name });
  const api = platform.client(made.apiKey.key);
  const one = new TenantWorld(made.id, name, api, { url: "", user: "", password: "" });
  const entities = { Supplier: { pageSize: PAGE } };
  await one.connectOdoo(MAIN, { url: erp.url, database: erp.database }, { entities });
  return one;
}

/** Exactly the ERP's rows are there, each once, told once; and nothing is left to write. */
async function isExact(one: TenantWorld, jobId: string): Promise<void> {
  const job = await one.ended(jobId, PATIENCE_MS);
  const none = { updated: 0, rejected: 0, parked: 0, deleted: 0 };
  expect(job).toMatchObject({ status: "completed", counts: { read: ROWS, created: ROWS, unchanged: 0, ...none } });
  expect((await one.records("Supplier")).length).toBe(ROWS);
  const told = async () => (await one.changes()).map(({ type, data }) => [type, data["count"]]);
  // The feed is numbered a moment after the job's end.
  await eventually(async () => expect(await told()).toEqual([["erp.Supplier.baseline", ROWS]]));
  const [again] = await one.sync(MAIN, { entityTypes: ["Supplier"], mode: "full" });
  expect(again?.counts).toEqual({ read: ROWS, created: 0, unchanged: ROWS, ...none });
}

it(
  "kill -9 in the middle of a pull and a restart give exactly the right counts, and leave no orphan",
  async () => {
    const one = await tenant("killed");
    const [job] = await one.execute(MAIN, { entityTypes: ["Supplier"] });
    const path = `/erp/sync-jobs/${job?.id}`;
    const half = await one.api.until<Job>(path, ({ counts }) => counts.read >= ROWS / 4, PATIENCE_MS);
    const servers = platform.serverPids();
    expect(servers.map(isAlive)).toEqual([true, true]);
    await platform.kill();
    expect([half.status, half.counts.read < ROWS]).toEqual(["running", true]);
    await eventually(() => expect(servers.map(isAlive)).toEqual([false, false]), { timeoutMs: 30_000 });
    await startAgain();
    await isExact(one, job?.id ?? "");
  },
  4 * PATIENCE_MS,
);

it(
  "so do deaths around commits, one after the other",
  async () => {
    const one = await tenant("crashed");
    await platform.stop();
    await platform.start({ CRASH_AT: "page.before-commit:3" });
    const [job] = await one.execute(MAIN, { entityTypes: ["Supplier"] });
    expect(await platform.died()).toBe("SIGKILL");
    for (const point of ["page.after-commit:3", "job.before-end"]) {
      await startAgain({ CRASH_AT: point });
      expect(await platform.died(PATIENCE_MS)).toBe("SIGKILL");
    }
    await startAgain();
    await isExact(one, job?.id ?? "");
  },
  4 * PATIENCE_MS,
);
