import { eventually, FakeClock, testDatabase, type TestDatabase } from "@dovetail/testing";
import { Client } from "pg";
import { openDatabase, type Database } from "./database";
import { forgetRequests, rememberRequest } from "./requests";
import type { ServiceSchema } from "./service-schema";
import { sqlMigration } from "./sql-migration";
import {
  assertHeld,
  claimWork,
  enqueue,
  finishWork,
  renewWork,
  rescheduleWork,
  WorkLostError,
  type Claim,
} from "./work";
import { WorkRunner } from "./work-runner";
import { REQUESTS_TABLE_SQL, WORK_TABLE_SQL } from "./work-table";

const A = "0198f3a0-0000-7000-8000-00000000000a";
const B = "0198f3a0-0000-7000-8000-00000000000b";
const LEASE = 30_000;

const service: ServiceSchema = {
  schema: "sample",
  migrations: [
    sqlMigration(
      "Initial",
      1763600000000,
      `${WORK_TABLE_SQL("sample")} ${REQUESTS_TABLE_SQL("sample")}
       create table effects (tenant_id uuid not null, id text not null, primary key (tenant_id, id));`,
    ),
  ],
};

let test: TestDatabase;
let admin: Client;
let db: Database;
const open = () =>
  openDatabase({
    url: test.urlFor("sample", "run"),
    dispatchUrl: test.urlFor("sample", "dispatch"),
    schema: "sample",
    applicationName: "spec",
  });

beforeAll(async () => {
  test = await testDatabase([service]);
  admin = new Client(test.adminUrl);
  await admin.connect();
  db = await open();
});
afterAll(async () => {
  await db?.close();
  await admin?.end();
  await test?.drop();
});
beforeEach(() => admin.query("truncate sample.work, sample.effects, sample.requests"));

const ask = (id: string, more: { tenant?: string; kind?: string; dueInMs?: number; priority?: number } = {}) => {
  const { tenant = A, kind = "k", ...rest } = more;
  return db.transaction(tenant, (tx) => enqueue(tx, { kind, id, ...rest }));
};
const claim = (limit = 10, owner = "spec") => claimWork(db, { kinds: ["k"], owner, limit, leaseMs: LEASE });
const claimOne = async (): Promise<Claim> => {
  const [only] = await claim(1);
  if (!only) throw new Error("nothing to claim");
  return only;
};
const inTx = <T>(work: Claim, fn: (tx: Parameters<typeof finishWork>[0], work: Claim) => Promise<T>) =>
  db.transaction(work.tenantId, (tx) => fn(tx, work));
const expire = () =>
  admin.query("update sample.work set lease_until = clock_timestamp() - interval '1 s' where lease_until is not null");
const left = async () =>
  (await admin.query("select id from sample.work order by id")).rows.map(({ id }) => id as string);

describe("the work table", () => {
  it("gives due work of its kinds, by priority and due time, across tenants, once", async () => {
    await ask("late", { dueInMs: -10_000, priority: 5 });
    await ask("early", { dueInMs: -20_000, priority: 5, tenant: B });
    await ask("urgent", { priority: 1 });
    await ask("future", { dueInMs: 60_000 });
    await ask("other", { kind: "x" });
    expect((await claim(2)).map(({ id }) => id).sort()).toEqual(["early", "urgent"]);
    expect((await claim()).map(({ id }) => id)).toEqual(["late"]);
    expect(await claim()).toEqual([]);
  });

  it("collapses wishes that have not started, and does the work again when asked during it", async () => {
    await ask("a");
    await ask("a");
    const first = await claimOne();
    expect(await claim()).toEqual([]);
    await ask("a");
    await ask("a");
    expect(await inTx(first, finishWork)).toBe(true);
    const second = await claimOne();
    expect(second.epoch).toBeGreaterThan(first.epoch);
    expect(await inTx(second, finishWork)).toBe(true);
    expect(await left()).toEqual([]);
  });

  it("reschedules, sooner when asked meanwhile", async () => {
    await ask("a");
    expect(await inTx(await claimOne(), (tx, held) => rescheduleWork(tx, held, 60_000))).toBe(true);
    expect(await claim()).toEqual([]);
    await ask("a");
    const again = await claimOne();
    await ask("a");
    await inTx(again, (tx, held) => rescheduleWork(tx, held, 60_000));
    expect(await claim()).toHaveLength(1);
  });

  it("fences a worker whose lease ran out and was taken over", async () => {
    await ask("a");
    const stale = await claimOne();
    await expire();
    const held = await claimOne();
    expect(await renewWork(db, stale, LEASE)).toBe(false);
    expect(await inTx(stale, finishWork)).toBe(false);
    expect(await inTx(stale, (tx, each) => rescheduleWork(tx, each, 0))).toBe(false);
    const effect = (work: Claim, id: string) =>
      inTx(work, async (tx) => {
        await tx.execute("insert into effects values ($1, $2)", [A, id]);
        await assertHeld(tx, work);
      });
    await expect(effect(stale, "stale")).rejects.toBeInstanceOf(WorkLostError);
    await effect(held, "held");
    expect((await admin.query("select id from sample.effects")).rows).toEqual([{ id: "held" }]);
    expect(await renewWork(db, held, LEASE)).toBe(true);
  });

  it("does not let a claim return with a row that was deleted and made again", async () => {
    await ask("a");
    const stale = await claimOne();
    await expire();
    await inTx(await claimOne(), finishWork);
    await ask("a");
    await claimOne();
    expect(await inTx(stale, finishWork)).toBe(false);
  });

  it("cannot be taken between the check and the commit", async () => {
    await ask("a");
    const held = await claimOne();
    await inTx(held, async (tx) => {
      await assertHeld(tx, held);
      const expired = await db.dispatch(
        "select 1 as x from work where lease_until < clock_timestamp() + interval '1 hour'",
      );
      expect(expired).toHaveLength(1);
      expect(await claim()).toEqual([]);
    });
  });

  it("shows the dispatch role routing columns of all tenants and nothing else", async () => {
    await ask("a");
    await ask("b", { tenant: B });
    expect(await db.dispatch("select tenant_id from work")).toHaveLength(2);
    for (const text of [
      "select * from effects",
      "delete from work",
      "update work set tenant_id = tenant_id",
      "insert into work (tenant_id, kind, id) values (gen_random_uuid(), 'k', 'x')",
      "select result from requests",
    ]) {
      await expect(db.dispatch(text)).rejects.toMatchObject({ code: "42501" });
    }
    expect(await db.call({ text: "select * from work", values: [] })).toEqual([]);
  });
});

describe("WorkRunner", () => {
  it("never has one row done by two runners at once, and does every row", async () => {
    const others = await open();
    const active = new Set<string>();
    const done = new Map<string, number>();
    let clashes = 0;
    const handler = async ({ id }: Claim) => {
      if (active.has(id)) clashes++;
      active.add(id);
      await new Promise((resolve) => setImmediate(resolve));
      active.delete(id);
      done.set(id, (done.get(id) ?? 0) + 1);
      return { done: true } as const;
    };
    const runners = [db, others].map((each) => new WorkRunner({ db: each, kinds: ["k"], concurrency: 5, handler }));
    await db.transaction(A, async (tx) => {
      for (let i = 0; i < 200; i++) await enqueue(tx, { kind: "k", id: `w${i}` });
    });
    runners.forEach((runner) => runner.start());
    await eventually(() => done.size === 200, { timeoutMs: 15_000 });
    await eventually(async () => expect(await left()).toEqual([]));
    expect(clashes).toBe(0);
    expect([...done.values()].every((n) => n === 1)).toBe(true);
    await Promise.all(runners.map((runner) => runner.stop()));
    await others.close();
  });

  it("looks at once when nudged, repeats what threw, and reports it", async () => {
    const clock = new FakeClock();
    const errors: unknown[] = [];
    const ids: string[] = [];
    const runner = new WorkRunner({
      db,
      kinds: ["k"],
      concurrency: 1,
      clock,
      retryMs: 0,
      onError: (error) => errors.push(error),
      handler: async ({ id }) => {
        ids.push(id);
        if (ids.length === 1) throw new Error("first");
        return { done: true };
      },
    });
    runner.start();
    await eventually(() => clock.waiting === 1);
    await ask("a");
    runner.nudge();
    await eventually(() => ids.length === 2);
    await runner.stop();
    expect(errors).toEqual([new Error("first")]);
    expect(await left()).toEqual([]);
  });

  it("renews at a third of the lease; aborts the handler when the claim is lost", async () => {
    const clock = new FakeClock();
    let signal: AbortSignal | undefined;
    const runner = new WorkRunner({
      db,
      kinds: ["k"],
      concurrency: 1,
      clock,
      handler: async (_, given) => {
        signal = given;
        await new Promise((_resolve, reject) => given.addEventListener("abort", () => reject(given.reason)));
        return { done: true };
      },
    });
    await ask("a");
    runner.start();
    await eventually(() => signal !== undefined);
    const until = async () =>
      (await admin.query("select lease_until::text as t from sample.work")).rows[0]?.t as string;
    const before = await until();
    await clock.advance(10_000);
    await eventually(async () => expect(await until()).not.toBe(before));
    expect(signal?.aborted).toBe(false);
    await admin.query("update sample.work set epoch = nextval('sample.work_epochs')");
    await clock.advance(10_000);
    await eventually(() => signal?.aborted === true);
    expect(signal?.reason).toBeInstanceOf(WorkLostError);
    await eventually(() => runner.busy === 0);
    await runner.stop();
  });

  it("aborts at the holder's own deadline when renewals cannot reach the database", async () => {
    const clock = new FakeClock();
    const cut = await open();
    let signal: AbortSignal | undefined;
    const runner = new WorkRunner({
      db: cut,
      kinds: ["k"],
      concurrency: 1,
      clock,
      handler: async (_, given) => {
        signal = given;
        await new Promise((resolve) => given.addEventListener("abort", resolve));
        return { done: true };
      },
    });
    await ask("a");
    runner.start();
    await eventually(() => signal !== undefined);
    jest.spyOn(cut, "dispatch").mockImplementation(() => new Promise(() => undefined));
    await clock.advance(29_999);
    expect(signal?.aborted).toBe(false);
    await clock.advance(1);
    expect(signal?.aborted).toBe(true);
    await eventually(() => runner.busy === 0);
    jest.restoreAllMocks();
    await cut.close();
  });

  it("stops after its handlers have ended", async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let started = false;
    const handler = async () => {
      started = true;
      await gate;
      return { done: true } as const;
    };
    const runner = new WorkRunner({ db, kinds: ["k"], concurrency: 2, handler });
    await ask("a");
    runner.start();
    await eventually(() => started);
    let stopped = false;
    const stop = runner.stop().then(() => (stopped = true));
    await ask("b");
    expect(stopped).toBe(false);
    release();
    await stop;
    expect(await left()).toEqual(["b"]);
  });
});

describe("rememberRequest", () => {
  const request = { sender: "/modules/mes", eventId: "e1", bodyHash: "h1" };
  const remember = (tenant: string, bodyHash: string, run: () => Promise<{ n: number }>) =>
    db.transaction(tenant, (tx) => rememberRequest(tx, { ...request, bodyHash }, run));

  it("runs once, answers repeats, refuses another body, keeps tenants apart", async () => {
    let n = 0;
    const run = async () => ({ n: ++n });
    expect(await remember(A, "h1", run)).toEqual({ result: { n: 1 }, duplicate: false });
    expect(await remember(A, "h1", run)).toEqual({ result: { n: 1 }, duplicate: true });
    await expect(remember(A, "h2", run)).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await remember(B, "h2", run)).toEqual({ result: { n: 2 }, duplicate: false });
  });

  it("runs once when two arrive together, and again when the first failed", async () => {
    let n = 0;
    const run = async () => ({ n: ++n });
    const both = await Promise.all([remember(A, "h1", run), remember(A, "h1", run)]);
    expect(both.map(({ duplicate }) => duplicate).sort()).toEqual([false, true]);
    expect(n).toBe(1);
    await expect(remember(B, "h1", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await remember(B, "h1", run)).toMatchObject({ duplicate: false });
  });

  it("forgets what is old", async () => {
    await remember(A, "h1", async () => ({ n: 1 }));
    expect(await forgetRequests(db)).toBe(0);
    await admin.query("update sample.requests set at = at - interval '25 hours'");
    expect(await forgetRequests(db)).toBe(1);
  });
});
