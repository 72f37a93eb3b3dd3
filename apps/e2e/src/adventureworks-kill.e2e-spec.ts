import { randomUUID } from "node:crypto";
import { eventually, temporaryFolder } from "@dovetail/testing";
import { connectAdventureWorks, countsOf, newOrder, summaryOf, takeOrder } from "./adventureworks/adventureworks-world";
import {
  ADVENTUREWORKS_ENTITIES,
  EXPECTED,
  hasAdventureWorks,
  NO_ADVENTUREWORKS,
  wholeData,
} from "./adventureworks/data";
import { fileRoot, folderPlace, postgresPlace, type Place } from "./adventureworks/places";
import { buildPlatform, PlatformChild } from "./platform-child";
import { TenantWorld } from "./tenant-world";

const ERP = "plant";
const PATIENCE_MS = 60_000;
const root = fileRoot();
const places: Record<string, Place> = {};
const tenants: Record<string, TenantWorld> = {};
let platform: PlatformChild;

const env = (crashAt?: string): Record<string, string> => ({
  ERP_FILE_ROOTS: root,
  ...(crashAt === undefined ? {} : { CRASH_AT: crashAt }),
});

/** Lets the process die at one point after the other, each time taken up where it stood. */
async function diesAt(...points: string[]): Promise<void> {
  expect(await platform.died(PATIENCE_MS)).toBe("SIGKILL");
  for (const point of points) {
    // It may be dead before it serves, or before the leases of the one before have ended.
    if (await platform.launch(env(point))) await platform.endLeases().catch(() => undefined);
    expect([point, await platform.died(PATIENCE_MS)]).toEqual([point, "SIGKILL"]);
  }
}

async function goesOn(crashAt?: string): Promise<void> {
  await platform.start(env(crashAt));
  await platform.endLeases();
}

async function tenantAt(name: string, place: Place): Promise<TenantWorld> {
  const made = await platform.operator.change<{ id: string; apiKey: { key: string } }>("POST", "/tenants", { name });
  const tenant = new TenantWorld(made.id, name, platform.client(made.apiKey.key), { url: "", user: "", password: "" });
  const pageSizes = Object.fromEntries(ADVENTUREWORKS_ENTITIES.map((entity) => [entity, 400]));
  await connectAdventureWorks(tenant.api, ERP, place.source, { pageSizes });
  return tenant;
}

if (!hasAdventureWorks) it("is skipped", () => console.warn(NO_ADVENTUREWORKS));

(hasAdventureWorks ? describe : describe.skip)("purchasing data and kill -9", () => {
  beforeAll(async () => {
    buildPlatform();
    platform = await PlatformChild.on(temporaryFolder("killed-works"));
    places["folder"] = await folderPlace(root);
    places["postgresql"] = await postgresPlace();
    await platform.start(env("page.before-commit:8"));
    for (const [name, place] of Object.entries(places)) {
      await place.source.load(wholeData());
      tenants[name] = await tenantAt(name, place);
    }
  }, 120_000);
  afterAll(async () => {
    await platform?.stop();
    for (const place of Object.values(places)) await place.stop();
  });

  // The last start of a pull has the point at which the process dies in what comes next.
  it.each([
    ["folder", "page.before-commit:12"],
    ["postgresql", "push.before-send:3"],
  ])(
    "a pull that dies around commits and at its end brings every row once: %s",
    async (name, next) => {
      const tenant = tenants[name] as TenantWorld;
      const jobs = await tenant.execute(ERP);
      await diesAt("page.after-commit:5", "job.before-end");
      await goesOn(next);
      const ended = [];
      for (const { id } of jobs) ended.push(await tenant.ended(id, PATIENCE_MS));
      const { Supplier, Part, PurchaseOrder, InventoryBalance, lines, totalDue } = EXPECTED;
      const counts = { Supplier, Part, PurchaseOrder, InventoryBalance };
      const none = { updated: 0, unchanged: 0, rejected: 0, parked: 0, deleted: 0 };
      for (const [entity, rows] of Object.entries(counts))
        expect([entity, countsOf(ended)[entity]]).toEqual([entity, { ...none, read: rows, created: rows }]);
      expect(await summaryOf(tenant)).toEqual({ counts, lines, totalDue, unequal: [], dangling: 0 });
      // The feed is numbered a moment after the job's end.
      await eventually(async () => {
        const told = (await tenant.changes()).map(({ type, data }) => [type, data["count"]]);
        expect(told.sort()).toEqual(
          Object.entries(counts)
            .map(([e, n]) => [`erp.${e}.baseline`, n])
            .sort(),
        );
      });
      expect(await tenant.api.all("/erp/dead-letters")).toEqual([]);
    },
    4 * PATIENCE_MS,
  );

  it.each(["postgresql", "folder"])(
    "orders whose pushes die before, behind and after sending stand in the target once: %s",
    async (name) => {
      const [tenant, { source }] = [tenants[name] as TenantWorld, places[name] as Place];
      const numbers = ["900001", "900002", "900003", "900004"];
      const keys = numbers.map(() => randomUUID());
      const write = (number: string, index: number) =>
        tenant.api.send("PUT", `/erp/records/PurchaseOrder/${number}`, {
          body: newOrder(number),
          headers: { "idempotency-key": keys[index] ?? "" },
        });
      // Some of these get no answer any more; they are repeated, as a client does.
      await Promise.allSettled(numbers.map(write));
      await diesAt("push.after-send");
      // The ERP takes what it finds while nobody is there to hear of it.
      for (const one of await source.waiting()) await takeOrder(source, one);
      await diesAt("push.before-settle:3");
      await goesOn();
      for (const [index, number] of numbers.entries()) expect((await write(number, index)).status).toBe(202);
      const confirmed = async (number: string) => {
        const { sync } = await tenant.record("PurchaseOrder", number);
        return sync.some(({ direction, state }) => direction === "outbound" && state === "SYNCED");
      };
      await eventually(
        async () => {
          for (const one of await source.waiting()) await takeOrder(source, one);
          for (const number of numbers) if (!(await confirmed(number))) throw new Error(`${number} is not confirmed`);
        },
        { timeoutMs: PATIENCE_MS },
      );
      const handed = (await source.handedOver()).map(({ head, op }) => [String(head["PurchaseOrderID"]), op]);
      expect(handed.sort()).toEqual(numbers.map((number) => [number, "create"]));
      const [job] = await tenant.sync(ERP, { entityTypes: ["PurchaseOrder"] });
      expect(job?.counts).toMatchObject({ created: 0, updated: 0, rejected: 0, parked: 0 });
      expect(await tenant.api.all("/erp/dead-letters")).toEqual([]);
      if (name !== "postgresql") return;
      await platform.stop();
      await platform.start(env("push.before-send:3"));
    },
    4 * PATIENCE_MS,
  );
});
