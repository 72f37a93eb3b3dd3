import { seededRandom } from "@dovetail/adapter-memory";
import { eventually } from "@dovetail/testing";
import { PlanTests } from "./plan-tests";
import type { TestTenant } from "./tenant";
import { World } from "./world";

/** PLAN_SEEDS=1,2,3 repeats or widens a run. */
const SEEDS = (process.env["PLAN_SEEDS"] ?? "1,2,3,4").split(",").map(Number);
const ROUNDS = 4;

/** The stored rows, without what tells apart two runs of the same: who, when, and numbers drawn from sequences. */
const ROWS = (
  table: string,
) => `select (to_jsonb(t) - '{tenant_id,integration,page_id,push_io,updated_at}'::text[])::text as row
  from sync_engine.${table} t where tenant_id = $1 order by entity, key`;

describe("SYN-11: dry run and approval leave what a direct run leaves", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({});
  });
  afterAll(() => world?.close());

  const stored = async ({ tenantId }: TestTenant) => [
    await world.sql(ROWS("records"), [tenantId]),
    await world.sql(ROWS("links"), [tenantId]),
  ];
  const letters = async (tenant: TestTenant) =>
    (await tenant.letters()).map(({ kind, reason, key, externalId }) => ({ kind, reason, key, externalId }));
  const sorted = <T>(list: T[]) => list.map((each) => JSON.stringify(each)).sort();

  it.each(SEEDS)("record by record, whatever happened before (seed %d)", async (seed) => {
    const direct = await tenantOf(`direct-${seed}`);
    const planned = await tenantOf(`planned-${seed}`);
    const plans = new PlanTests(world, planned);
    const randoms = [seededRandom(seed), seededRandom(seed)] as const;
    for (let round = 0; round < ROUNDS; round++) {
      await edit(direct, randoms[0]);
      await edit(planned, randoms[1]);
      const mode = round % 2 === 0 ? "full" : "incremental";
      const [job] = await direct.sync(["Part"], mode);
      const plan = await plans.dryRun("Part", mode);
      const done = plan.status === "awaiting_approval" ? await plans.approve(plan) : plan;
      expect(done).toMatchObject({ status: "completed", approval: { notApplied: 0 } });
      expect(await stored(planned)).toEqual(await stored(direct));
      await eventually(async () => expect(sorted(await letters(planned))).toEqual(sorted(await letters(direct))));
      const { deleted, ...counts } = job?.counts ?? { deleted: 0, read: 0 };
      expect(done.counts).toMatchObject({ ...counts, deleted });
    }
  });

  async function tenantOf(name: string): Promise<TestTenant> {
    return world.addTenant(name, {
      Part: {
        pageSize: 3,
        direction: "inbound",
        fieldPolicy: { "*": "erp", description: "mes", manufacturer: "manual" },
      },
    });
  }

  /** Changes on both sides; the same ones for the same random numbers. */
  async function edit(tenant: TestTenant, random: () => number): Promise<void> {
    const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
    const field = () => pick(["description", "manufacturer", "name"]) ?? "name";
    const { erp } = tenant;
    for (let i = 0; i < 12; i++) {
      const rows = erp.table("Part").find(erp.now(), () => true);
      const row = pick(rows.slice(0, 5));
      const what = random();
      if (!row || what < 0.3) erp.insert("Part", { partNumber: `P-${Math.floor(random() * 1e6)}`, name: "New" });
      else if (what < 0.6) erp.mutate("Part", row.externalId, { [field()]: `erp ${i} ${random()}` });
      else if (what < 0.65) erp.mutate("Part", row.externalId, { weight: "not a number" });
      else if (what < 0.7) erp.remove("Part", row.externalId);
      else {
        const key = erp.keyOf("Part", row.body) ?? "";
        const body = { [field()]: `mes ${i} ${random()}` };
        await tenant.write({ entityType: "Part", key, op: "patch", body }).catch(() => undefined);
      }
    }
    erp.advance(3_000);
  }
});
