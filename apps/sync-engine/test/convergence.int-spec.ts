import { seededRandom, type CallFault } from "@dovetail/adapter-memory";
import { sync } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { eventually } from "@dovetail/testing";
import { World } from "./world";

const KEYS = ["A", "B", "C", "D"];
const FAULTS: CallFault[] = [
  { kind: "timeoutAfter" },
  { kind: "timeoutBefore" },
  { kind: "reset" },
  { kind: "cutOff" },
  { kind: "unreachable" },
  { kind: "status", status: 503 },
  { kind: "status", status: 409 },
  { kind: "status", status: 429, retryAfterSeconds: 0 },
];
/** CONVERGENCE_SEEDS=1,2,3 repeats or widens a run. */
const SEEDS = (process.env["CONVERGENCE_SEEDS"] ?? "11,12").split(",").map(Number);

describe("both sides edited at random while everything fails", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({}, 2);
  });
  afterAll(() => world?.close());

  it.each(SEEDS)("end equal, with one document per record (seed %d)", async (seed) => {
    const tenant = world.addTenant(`seed-${seed}`, { Part: { pageSize: 3 } });
    const random = seededRandom(seed);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
    const jobs: string[] = [];
    await tenant.sync(["Part"]);

    const acts: (() => Promise<unknown>)[] = [
      () => {
        const key = pick(KEYS);
        return tenant.write({ entityType: "Part", key, body: { partNumber: key, description: `mes ${random()}` } });
      },
      () => {
        const body = { [pick(["description", "manufacturer"])]: `mes ${random()}` };
        return tenant.write({ entityType: "Part", key: pick(KEYS), op: "patch", body });
      },
      () => tenant.write({ entityType: "Part", key: pick(KEYS), op: "delete" }),
      async () => {
        const rows = tenant.erp.table("Part").find(tenant.erp.now(), () => true);
        if (rows.length === 0) return;
        const change = { [pick(["description", "manufacturer"])]: `erp ${random()}` };
        tenant.erp.mutate("Part", pick(rows).externalId, change);
      },
      async () => tenant.erp.faults.next(pick(FAULTS), { calls: [pick(["push", "pull", "lookup"] as const)] }),
      async () =>
        jobs.push(...(await tenant.execute(["Part"], pick(["full", "incremental"] as const))).map(({ id }) => id)),
    ];
    for (let i = 0; i < 60; i++) await pick(acts)().catch(refusals);

    tenant.erp.faults.clear();
    for (const id of jobs) await tenant.ended(id);
    await settle();
    await tenant.sync(["Part"], "full");
    await settle();
    await tenant.sync(["Part"], "full");
    await settle();
    const page = await world.bus.call(sync.records, tenant.context, { entityType: "Part", includeDeleted: true });
    for (const { key, deleted, record } of page.items) {
      const documents = tenant.documents("Part", key).map(told);
      expect({ key, documents }).toEqual({ key, documents: deleted ? [] : [told(record)] });
    }

    async function settle(): Promise<void> {
      await eventually(
        async () => {
          await world.bus.call(sync.bulkRetry, tenant.context, {});
          await world.sql("update sync_engine.work set due_at = now() where kind in ('push', 'reread', 'release')");
          const open = await world.sql(
            `select key, status from sync_engine.pushes where tenant_id = $1 and status not in ('confirmed', 'superseded')
             union all select key, reason from sync_engine.dead_letters where tenant_id = $1 and status = 'OPEN'`,
            [tenant.tenantId],
          );
          expect(open).toEqual([]);
        },
        { timeoutMs: 30_000 },
      );
    }
  });
});

/** Patching what is not there is refused; everything else is a fault of ours. */
function refusals(error: unknown): void {
  if ((error as { code?: string }).code !== "NOT_FOUND") throw error;
}

/** What a document says: null and no value are the same, and so are no own fields. */
function told({ custom: _none, ...fields }: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as JsonObject;
}
