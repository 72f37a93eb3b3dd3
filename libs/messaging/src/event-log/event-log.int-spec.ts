import { readEvents, serviceContext, streamOf, type DomainEvent, type EventRange } from "@dovetail/contracts";
import { openDatabase, sqlMigration, type Database } from "@dovetail/database";
import { jetstreamManager } from "@nats-io/jetstream";
import { eventually, testDatabase, testNats, type TestDatabase, type TestNats } from "@dovetail/testing";
import { Client } from "pg";
import { Bus } from "../bus";
import { appendEvent } from "./append-event";
import { Lease } from "./lease";
import type { Expand } from "./log-row";
import { purgeLog } from "./purge-log";
import { Relay } from "./relay";
import { EVENT_LOG_SQL } from "./schema";
import { serveEvents } from "./serve-events";

const A = "0198f3d2-0000-7000-8000-00000000000a";
const B = "0198f3d2-0000-7000-8000-00000000000b";
const gateway = { schema: "gateway", migrations: [sqlMigration("log", 1700000000000, EVENT_LOG_SQL("gateway"))] };

const expand: Expand = async (row, from, limit) =>
  Array.from({ length: Math.min(limit, row.n - from) }, (_, step) => {
    const { n, tenantId, tenant, position, time, data } = row;
    const id = `${row.id}:${from + step}`;
    return {
      ...{ tenantId, tenant, position, time, data },
      id,
      type: "notice.received",
      producer: "gateway",
      ordinal: from + step,
      of: n,
    } as unknown as DomainEvent;
  });

describe("the event log", () => {
  let database: TestDatabase;
  let nats: TestNats;
  let bus: Bus;
  let db: Database;

  const open = (): Promise<Database> =>
    openDatabase({
      url: database.urlFor("gateway", "run"),
      dispatchUrl: database.urlFor("gateway", "dispatch"),
      schema: "gateway",
      applicationName: "spec",
      pool: { min: 0 },
    });
  const append = (tenantId: string, noticeId: string): Promise<string> =>
    db.transaction(tenantId, (tx) => appendEvent(tx, notice(noticeId)));
  const notice = (noticeId: string, text = "odoo") =>
    ({
      tenant: "demo",
      type: "notice.received",
      data: { noticeId, integrationId: noticeId, integration: text },
    }) as const;
  const number = async (): Promise<number> =>
    (await db.dispatch<{ total: number }>("select number_log(1000) as total"))[0]?.total ?? -1;
  const positions = (tenantId: string): Promise<{ notice: string; position: number | null }[]> =>
    db.transaction(tenantId, (tx) =>
      tx.query("select data->>'noticeId' as notice, position from event_log order by position"),
    );
  const read = (after: number, more: { fromOrdinal?: number; limit?: number } = {}): Promise<EventRange> =>
    bus.call(readEvents.gateway, serviceContext("spec", A, "demo"), { consumer: "spec", after, limit: 1000, ...more });

  beforeEach(async () => {
    [database, nats] = await Promise.all([testDatabase([gateway]), testNats()]);
    bus = await Bus.connect({ url: nats.url, name: "gateway" });
    db = await open();
  });
  afterEach(async () => {
    await bus.close();
    await db.close();
    await Promise.all([database.drop(), nats.stop()]);
  });

  it("numbers transactions that commit late without losing or moving any", async () => {
    const writers = [new Client(database.urlFor("gateway", "run")), new Client(database.urlFor("gateway", "run"))];
    const [early, late] = writers as [Client, Client];
    for (const writer of writers) await writer.connect();
    const insert = (client: Client, id: string) =>
      client.query(
        `insert into gateway.event_log (tenant_id, tenant, id, type, data)
         values ($1, 'demo', gen_random_uuid(), 'notice.received', $2)`,
        [A, { noticeId: id }],
      );
    for (const writer of writers) await writer.query(`begin; select set_config('app.tenant', '${A}', true)`);
    await insert(late, "late-1");
    await insert(early, "early-1");
    await insert(late, "late-2");
    await early.query("commit");
    await append(B, "other tenant");
    expect(await number()).toBe(2);
    await append(A, "between");
    expect(await number()).toBe(1);
    await late.query("commit");
    expect(await number()).toBe(2);
    expect(await positions(A)).toEqual([
      { notice: "early-1", position: 1 },
      { notice: "between", position: 2 },
      { notice: "late-1", position: 3 },
      { notice: "late-2", position: 4 },
    ]);
    expect(await positions(B)).toEqual([{ notice: "other tenant", position: 1 }]);
    for (const writer of writers) await writer.end();
  });

  it("never numbers twice, however many number at once", async () => {
    const others = [await open(), await open()];
    const ids = Array.from({ length: 300 }, (_, index) => `n${index}`);
    let writing = true;
    const numbering = [db, ...others].map(async (one) => {
      let total = 0;
      for (let again = true; again;) {
        again = writing;
        const [row] = await one.dispatch<{ total: number }>("select number_log(7) as total");
        total += row?.total ?? 0;
        if (row?.total) again = true;
      }
      return total;
    });
    const half = ids.length / 2;
    await Promise.all(
      [ids.slice(0, half), ids.slice(half)].map(async (part) => {
        for (const id of part) await append(A, id);
      }),
    );
    writing = false;
    const totals = await Promise.all(numbering);
    expect(totals.reduce((sum, total) => sum + total, 0)).toBe(300);
    const all = await positions(A);
    expect(all.map(({ position }) => position)).toEqual(ids.map((_, index) => index + 1));
    expect(new Set(all.map(({ notice: id }) => id)).size).toBe(300);
    for (const other of others) await other.close();
  });

  it("publishes what is committed, once, and again into an emptied broker", async () => {
    const relays = [new Relay({ db, bus, producer: "gateway" }), new Relay({ db, bus, producer: "gateway" })];
    for (const relay of relays) relay.start();
    for (let index = 0; index < 20; index++) await append(A, `n${index}`);
    relays.forEach((relay) => relay.nudge());
    const stored = async (): Promise<number> => {
      const manager = await jetstreamManager(bus.connection);
      return (await manager.streams.info(streamOf("gateway"))).state.messages;
    };
    await eventually(async () => expect(await stored()).toBe(20), { timeoutMs: 10_000 });
    await nats.kill();
    await append(A, "while away");
    await nats.restart({ wipe: true });
    await eventually(() => expect(bus.status()).toBe("up"), { timeoutMs: 10_000 });
    await eventually(async () => expect(await stored()).toBe(1), { timeoutMs: 10_000 });
    for (const relay of relays) await relay.stop();
    expect((await positions(A)).at(-1)).toEqual({ notice: "while away", position: 21 });
  });

  it("answers ranges by position and ordinal, cut by bytes, and registers who reads", async () => {
    serveEvents(bus, { db, producer: "gateway", expand });
    await bus.connection.flush();
    await append(A, "first");
    await db.transaction(A, (tx) =>
      tx.execute(
        `insert into event_log (tenant_id, tenant, id, type, data, page_id, n)
         values ($1, 'demo', gen_random_uuid(), 'page', '{"noticeId":"page"}', 1, 250)`,
        [A],
      ),
    );
    await append(A, "last");
    await number();
    const whole = await read(0);
    expect([whole.events.length, whole.head, whole.oldest]).toEqual([252, 3, 1]);
    const middle = await read(1, { fromOrdinal: 100, limit: 50 });
    expect(middle.events.map(({ position, ordinal }) => [position, ordinal])).toEqual(
      Array.from({ length: 50 }, (_, step) => [2, 100 + step]),
    );
    expect((await read(1, { fromOrdinal: 240 })).events.map(({ position }) => position)).toEqual([
      ...Array.from({ length: 10 }, () => 2),
      3,
    ]);
    expect((await read(3)).events).toEqual([]);
    await db.transaction(A, async (tx) => {
      for (let index = 0; index < 40; index++) await appendEvent(tx, notice(`big${index}`, "x".repeat(30_000)));
    });
    await number();
    const cut = await read(3);
    expect(cut.events.length).toBe(17);
    expect(cut.head).toBe(43);
    const consumers = await db.transaction(A, (tx) => tx.query("select consumer, position from log_consumers"));
    expect(consumers).toEqual([{ consumer: "spec", position: 3 }]);
  });

  it("keeps rows for seven days and until every consumer has passed", async () => {
    serveEvents(bus, { db, producer: "gateway" });
    await bus.connection.flush();
    for (const id of ["a", "b", "c"]) await append(A, id);
    await number();
    await read(2);
    expect(await purgeLog(db)).toBe(0);
    expect(await purgeLog(db, { olderThanDays: 0 })).toBe(2);
    expect((await positions(A)).map(({ position }) => position)).toEqual([3]);
    expect((await read(2)).oldest).toBe(3);
  });

  it("lets one process at a time hold a lease", async () => {
    const first = new Lease(db, "work", { ttlMs: 400 });
    const second = new Lease(db, "work", { ttlMs: 400 });
    expect([await first.keep(), await second.keep()]).toEqual([true, false]);
    expect([first.held(), second.held()]).toEqual([true, false]);
    await eventually(async () => expect(await second.keep()).toBe(true), { timeoutMs: 5000 });
    expect(first.held()).toBe(false);
    expect(second.epoch).toBe(first.epoch + 1);
    await second.release();
    expect(await first.keep()).toBe(true);
  });
});
