import { sync, type Job } from "@dovetail/contracts";
import type { EntityName } from "@dovetail/domain";
import { eventually } from "@dovetail/testing";
import { World } from "./world";

const ENTITIES: EntityName[] = ["Supplier", "Part", "Customer", "Port", "Vessel", "GlAccount"];

describe("what starts pulls, and what holds them back", () => {
  let world: World;
  let most = 0;
  let holding: (() => void)[] | undefined;

  beforeAll(async () => {
    world = await World.open(Object.fromEntries(ENTITIES.map((entity) => [entity, { pageSize: 5 }])), 2);
    for (const entity of ENTITIES) world.erp.seedRows(entity, 12);
    await world.sync(ENTITIES);
    const call = world.erp.call.bind(world.erp) as (...args: unknown[]) => Promise<unknown>;
    let inFlight = 0;
    world.erp.call = (async (...args: unknown[]) => {
      most = Math.max(most, ++inFlight);
      try {
        if (holding) await new Promise<void>((go) => holding?.push(go));
        return await call(...args);
      } finally {
        inFlight--;
      }
    }) as typeof world.erp.call;
  });
  afterAll(() => world?.close());
  afterEach(() => release());

  function hold(): void {
    holding = [];
    most = 0;
  }
  function release(): void {
    const held = holding ?? [];
    holding = undefined;
    for (const go of held) go();
  }
  const jobs = async (): Promise<Job[]> => (await world.bus.call(sync.jobs, world.context, { limit: 1000 })).items;
  const running = async (): Promise<Job[]> => (await jobs()).filter(({ status }) => status === "running");
  const pulls = () => world.erp.journal.filter((entry) => entry.what === "pull").length;
  const later = async (ms: number) => {
    const from = performance.now();
    await eventually(() => expect(performance.now() - from).toBeGreaterThan(ms), { timeoutMs: ms + 5_000 });
  };

  it("SYN-1: requests that come while a job runs are one more run after it, whoever asks", async () => {
    hold();
    const [first] = await world.main.execute(["Part"]);
    await eventually(async () => expect(await running()).toHaveLength(1));
    const asked = await Promise.all([1, 2, 3].map(() => world.main.execute(["Part"])));
    const ids = new Set(asked.map(([job]) => job?.id));
    expect(ids.size).toBe(1);
    expect(ids.has(first?.id)).toBe(false);
    expect(asked.flat().filter(({ coalesced }) => coalesced)).toHaveLength(2);
    // what the ERP got after the running job had begun is covered by the one more run
    world.erp.insert("Part", { partNumber: "CAME-LATER", description: "d" });
    world.erp.advance(2_000);
    release();
    for (const id of [first?.id, ...ids]) await world.main.ended(id ?? "");
    expect(await world.record("Part", "CAME-LATER")).toMatchObject({ description: "d" });
    expect((await jobs()).filter(({ entityType, status }) => entityType === "Part" && status === "queued")).toEqual([]);
  });

  it("SYN-13: no more pulls of an integration run at once than it says, over two engines; three when it says nothing", async () => {
    hold();
    const started = await world.main.execute(ENTITIES, "full");
    await eventually(async () => expect(await running()).toHaveLength(3), { timeoutMs: 15_000 });
    await later(1_500);
    expect(await running()).toHaveLength(3);
    release();
    for (const { id } of started) await world.main.ended(id);
    world.main.change({ limits: { concurrentSyncs: 1 } });
    await world.sync(["Part"]);
    await later(2_500);
    hold();
    const single = await world.main.execute(ENTITIES, "full");
    await eventually(async () => expect(await running()).toHaveLength(1), { timeoutMs: 15_000 });
    await later(1_500);
    expect(await running()).toHaveLength(1);
    release();
    for (const { id } of single) await world.main.ended(id, 60_000);
    world.main.change({ limits: {} });
    await world.sync(["Part"]);
  });

  it("SYN-1: a paused integration's jobs wait and go on by themselves", async () => {
    hold();
    const [job] = await world.main.execute(["Part"], "full");
    await eventually(() => expect(holding).toHaveLength(1));
    await world.sql("update sync_engine.accounts set document = jsonb_set(document, '{status}', '\"PAUSED\"')");
    await later(2_500);
    release();
    await eventually(async () => {
      expect(
        await world.sql("select 1 from sync_engine.work where kind = 'pull' and lease_until is null"),
      ).toHaveLength(1);
    });
    const before = pulls();
    await later(1_500);
    expect(pulls()).toBe(before);
    await world.sql("update sync_engine.accounts set document = jsonb_set(document, '{status}', '\"ACTIVE\"')");
    const ended = await world.main.ended(job?.id ?? "");
    expect(ended).toMatchObject({ status: "completed", counts: { rejected: 0, parked: 0 } });
    expect(ended.counts.read).toBe(world.erp.table("Part").size);
  });

  it("SYN-1: inside a maintenance window nothing calls the ERP; work waits and goes on when it is over", async () => {
    const minute = { cron: "* * * * *", minutes: 1 };
    world.main.change({ syncSchedule: { enabled: false, maintenance: [minute] } });
    const [job] = await world.main.execute(["Part"]);
    await later(2_500);
    const before = world.erp.journal.length;
    const body = { partNumber: "QUIET", description: "d" };
    const { transactions } = await world.main.write({ entityType: "Part", key: "QUIET", body });
    const test = await world.bus.call(sync.test, world.context, { id: world.integration.name });
    expect(test).toMatchObject({ success: false, code: "UNAVAILABLE" });
    const [health] = await world.bus.call(sync.health, world.context, {});
    expect(health?.circuit).toMatchObject({ state: "closed", waitsFor: "maintenance" });
    await later(1_500);
    expect(world.erp.journal.length).toBe(before);
    expect(await world.bus.call(sync.job, world.context, { id: job?.id ?? "" })).toMatchObject({ status: "queued" });
    // the window is lifted: nobody asks again
    world.main.change({ syncSchedule: { enabled: false } });
    await world.bus.call(sync.fields, world.context, { integration: world.integration.name, entityType: "Part" });
    await world.main.settled(transactions[0]?.id, "confirmed");
    expect(await world.main.ended(job?.id ?? "")).toMatchObject({ status: "completed" });
  });

  it("SYN-14: the integration's batch sizes are the rows of one request", async () => {
    const pages = async () => {
      const before = pulls();
      await world.sync(["Supplier", "Part"], "full");
      return pulls() - before;
    };
    const parts = Math.ceil(world.erp.table("Part").size / 5);
    const suppliers = world.erp.table("Supplier").size;
    world.main.change({ limits: { batchSizes: { supplier_sync: 100 } } });
    expect(await pages()).toBe(1 + parts);
    world.main.change({ limits: { batchSizes: { supplier_sync: 2 } } });
    expect(await pages()).toBe(Math.ceil(suppliers / 2) + parts);
  });
});
