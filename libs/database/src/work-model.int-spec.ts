import { testDatabase, WorkModel, type ModelClaim, type TestDatabase } from "@dovetail/testing";
import fc from "fast-check";
import { Client } from "pg";
import { openDatabase, type Database } from "./database";
import { sqlMigration } from "./sql-migration";
import { claimWork, enqueue, finishWork, renewWork, rescheduleWork, type Claim } from "./work";
import { WORK_TABLE_SQL } from "./work-table";

const TENANT = "0198f3a0-0000-7000-8000-00000000000a";
const HOUR = 3_600_000;

type Step =
  | { do: "enqueue"; id: string; later: boolean; priority: number }
  | { do: "claim" }
  | { do: "expire"; nth: number }
  | { do: "renew" | "finish" | "again" | "later"; nth: number };

const nth = fc.nat(5);
const steps = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant("enqueue" as const),
      id: fc.constantFrom("a", "b", "c"),
      later: fc.boolean(),
      priority: fc.constantFrom(2, 5),
    }),
    fc.record({ do: fc.constant("claim" as const) }),
    fc.record({ do: fc.constant("expire" as const), nth }),
    fc.record({ do: fc.constantFrom("renew" as const, "finish" as const, "again" as const, "later" as const), nth }),
  ),
  { maxLength: 25 },
);

describe("the model of the work table", () => {
  let test: TestDatabase;
  let admin: Client;
  let db: Database;

  beforeAll(async () => {
    test = await testDatabase([
      { schema: "sample", migrations: [sqlMigration("Initial", 1763600000000, WORK_TABLE_SQL("sample"))] },
    ]);
    admin = new Client(test.adminUrl);
    await admin.connect();
    const urls = { url: test.urlFor("sample", "run"), dispatchUrl: test.urlFor("sample", "dispatch") };
    db = await openDatabase({ ...urls, schema: "sample", applicationName: "spec" });
  });
  afterAll(async () => {
    await db?.close();
    await admin?.end();
    await test?.drop();
  });

  it("SYN-13: gives what the table gives, step by step", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        await admin.query("truncate sample.work");
        let now = 0;
        const model = new WorkModel(() => now);
        const claims: { real: Claim; model: ModelClaim }[] = [];
        for (const step of list) {
          now++;
          await play(step, model, claims);
          expect(await rows()).toEqual(told(model, now));
        }
      }),
      { numRuns: 40 },
    );
  });

  async function play(step: Step, model: WorkModel, claims: { real: Claim; model: ModelClaim }[]): Promise<void> {
    const inTenant = <T>(work: (tx: Parameters<typeof enqueue>[0]) => Promise<T>) => db.transaction(TENANT, work);
    if (step.do === "enqueue") {
      const item = { kind: "job", id: step.id, priority: step.priority, dueInMs: step.later ? HOUR : 0 };
      model.enqueue(item);
      return inTenant((tx) => enqueue(tx, item));
    }
    if (step.do === "claim") {
      const [real] = await claimWork(db, { kinds: ["job"], owner: "spec", limit: 1, leaseMs: HOUR });
      const mine = model.claim(["job"], HOUR);
      expect(mine?.id).toBe(real?.id);
      if (real && mine) claims.push({ real, model: mine });
      return;
    }
    const claim = claims[step.nth % Math.max(1, claims.length)];
    if (!claim) return;
    if (step.do === "expire") {
      const held = model.held(claim.model);
      if (held) held.leaseUntil = -HOUR;
      await admin.query(
        "update sample.work set lease_until = clock_timestamp() - interval '1 hour' where epoch = $1 and lease_until is not null",
        [claim.real.epoch],
      );
    } else if (step.do === "renew") expect(await renewWork(db, claim.real, HOUR)).toBe(model.renew(claim.model, HOUR));
    else if (step.do === "finish")
      expect(await inTenant((tx) => finishWork(tx, claim.real))).toBe(model.finish(claim.model));
    else {
      const dueInMs = step.do === "later" ? HOUR : 0;
      expect(await inTenant((tx) => rescheduleWork(tx, claim.real, dueInMs))).toBe(
        model.reschedule(claim.model, dueInMs),
      );
    }
  }

  async function rows(): Promise<object[]> {
    const text = `select id, priority, again, lease_until is not null leased, lease_until < clock_timestamp() expired,
      due_at <= clock_timestamp() due from sample.work order by id`;
    const found = await admin.query<{ expired: boolean | null }>(text);
    return found.rows.map((row) => ({ ...row, expired: row.expired ?? false }));
  }
});

function told(model: WorkModel, now: number): object[] {
  const list = [...model.rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return list.map(({ id, priority, again, leaseUntil, dueAt }) => ({
    ...{ id, priority, again, leased: leaseUntil !== null, expired: leaseUntil !== null && leaseUntil < now },
    due: dueAt <= now,
  }));
}
