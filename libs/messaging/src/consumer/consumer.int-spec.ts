import { eventSubject, type DomainEvent } from "@dovetail/contracts";
import { CommitUnknownError, openDatabase, sqlMigration, type Database, type Tx } from "@dovetail/database";
import { jetstream } from "@nats-io/jetstream";
import { eventually, testDatabase, testNats, type TestDatabase, type TestNats } from "@dovetail/testing";
import { Bus } from "../bus";
import { appendEvent } from "../event-log/append-event";
import type { Expand } from "../event-log/log-row";
import { Relay } from "../event-log/relay";
import { EVENT_LOG_SQL } from "../event-log/schema";
import { serveEvents } from "../event-log/serve-events";
import { toWire } from "../event-log/wire-event";
import { Consumer, type ConsumerOptions } from "./consumer";

const A = "0198f3d2-0000-7000-8000-00000000000a";
const tenants = async () => [{ id: A, name: "demo" }];
const inbox = `create table inbox (tenant_id uuid not null, n bigint generated always as identity, notice text not null,
  primary key (tenant_id, n)); create table dead (tenant_id uuid not null, n bigint generated always as identity, notice text not null);`;
const schemas = [
  { schema: "gateway", migrations: [sqlMigration("log", 1700000000000, EVENT_LOG_SQL("gateway"))] },
  { schema: "sync_engine", migrations: [sqlMigration("log", 1700000000000, EVENT_LOG_SQL("sync_engine") + inbox)] },
];
type Notice = "notice.received";

/** A row of n events: `page 0`, `page 1`, … */
const expand: Expand = async ({ n, ...row }, first, limit) =>
  Array.from({ length: Math.min(limit, n - first) }, (_, step) => {
    const ordinal = first + step;
    const data = row.type === "page" ? { noticeId: `page ${ordinal}` } : row.data;
    const members = { ...row, id: `${row.id}:${ordinal}`, type: "notice.received", producer: "gateway", data };
    return { ...members, ordinal, of: n } as unknown as DomainEvent;
  });

describe("Consumer", () => {
  let database: TestDatabase;
  let nats: TestNats;
  let producer: Bus;
  let reader: Bus;
  let from: Database;
  let to: Database;
  let relay: Relay;
  const running: Consumer<Notice>[] = [];
  let sent = 0;

  const open = (schema: string): Promise<Database> =>
    openDatabase({
      url: database.urlFor(schema, "run"),
      dispatchUrl: database.urlFor(schema, "dispatch"),
      schema,
      applicationName: "spec",
      pool: { min: 0 },
    });
  const append = async (noticeId = `n${sent + 1}`): Promise<void> => {
    sent++;
    await from.transaction(A, async (tx) => {
      const data = { noticeId, integrationId: A, integration: "odoo" };
      await appendEvent(tx, { tenant: "demo", type: "notice.received", data });
    });
    relay.nudge();
  };
  const note = async (tx: Tx, event: DomainEvent<Notice>): Promise<void> => {
    await tx.execute("insert into inbox (tenant_id, notice) values ($1, $2)", [tx.tenantId, event.data.noticeId]);
  };
  const consume = (more: Partial<ConsumerOptions<Notice>> = {}): Consumer<Notice> => {
    const consumer = new Consumer<Notice>({
      db: to,
      bus: reader,
      producer: "gateway",
      service: "sync-engine",
      tenants,
      types: ["notice.received"],
      apply: note,
      onPoison: async (tx, event) => {
        await tx.execute("insert into dead (tenant_id, notice) values ($1, $2)", [tx.tenantId, event.data.noticeId]);
      },
      ...more,
    });
    consumer.start();
    running.push(consumer);
    return consumer;
  };
  const rows = async (table = "inbox"): Promise<string[]> => {
    const found = await to.transaction(A, (tx) =>
      tx.query<{ notice: string }>(`select notice from ${table} order by n`),
    );
    return found.map(({ notice }) => notice);
  };
  const expected = (): string[] => Array.from({ length: sent }, (_, index) => `n${index + 1}`);
  const equalsLog = (timeoutMs = 10_000): Promise<void> =>
    eventually(async () => expect(await rows()).toEqual(expected()), { timeoutMs });

  beforeEach(async () => {
    sent = 0;
    [database, nats] = await Promise.all([testDatabase(schemas), testNats()]);
    producer = await Bus.connect({ url: nats.url, name: "gateway" });
    reader = await Bus.connect({ url: nats.url, name: "sync-engine" });
    [from, to] = await Promise.all([open("gateway"), open("sync_engine")]);
    relay = new Relay({ db: from, bus: producer, producer: "gateway", expand });
    serveEvents(producer, { db: from, producer: "gateway", expand });
    relay.start();
    await producer.connection.flush();
  });
  afterEach(async () => {
    for (const consumer of running.splice(0)) await consumer.stop();
    await relay.stop();
    await Promise.all([producer.close(), reader.close()]);
    await Promise.all([from.close(), to.close()]);
    await Promise.all([database.drop(), nats.stop()]);
  });

  it("applies what was there before and follows what comes, in order and once", async () => {
    for (let index = 0; index < 30; index++) await append();
    consume();
    await equalsLog();
    const asked = reader.connection.stats().outMsgs;
    for (let index = 0; index < 50; index++) await append();
    await equalsLog();
    // The stream carried them: a request per event would show here.
    expect(reader.connection.stats().outMsgs - asked).toBeLessThan(25);
  });

  it("equals the log after the broker lost the stream while events were unread", async () => {
    const first = consume();
    await append();
    await equalsLog();
    await first.stop();
    for (let index = 0; index < 10; index++) await append();
    await eventually(
      async () => {
        const [head] = await from.dispatch<{ published: number }>("select published from log_heads");
        expect(head?.published).toBe(11);
      },
      { timeoutMs: 10_000 },
    );
    await nats.kill();
    await append();
    consume();
    await nats.restart({ wipe: true });
    await equalsLog(20_000);
    for (let index = 0; index < 10; index++) await append();
    await equalsLog();
  });

  it("keeps following when the broker loses the stream under a living consumer", async () => {
    consume();
    for (let index = 0; index < 5; index++) await append();
    await equalsLog();
    await nats.kill();
    for (let index = 0; index < 5; index++) await append();
    await nats.restart({ wipe: true });
    for (let index = 0; index < 5; index++) await append();
    await equalsLog(20_000);
    await append();
    await equalsLog(5000);
  });

  it("is not misled by duplicates, disorder and gaps of the stream", async () => {
    consume();
    await append();
    await equalsLog();
    // The log gets its rows, the stream gets them as we please.
    await relay.stop();
    for (let index = 0; index < 6; index++) await append();
    await from.dispatch("select number_log(100)");
    const stored = await from.transaction(A, (tx) =>
      tx.query<{ id: string; position: number; at: string; data: DomainEvent<Notice>["data"] }>(
        "select id, position, at, data from event_log order by position",
      ),
    );
    const client = jetstream(producer.connection);
    for (const position of [4, 2, 2, 3, 7, 1, 6, 7]) {
      const { id, at, data } = stored.find((row) => row.position === position)!;
      const event: DomainEvent<Notice> = {
        ...{ id, type: "notice.received", producer: "gateway", tenantId: A, tenant: "demo" },
        ...{ position, ordinal: 0, of: 1, time: at, data },
      };
      await client.publish(eventSubject(event), JSON.stringify(toWire(event)));
    }
    await equalsLog();
  });

  it("hands a poisoned event over after five attempts and goes on", async () => {
    const attempts = new Map<string, number>();
    for (let index = 0; index < 6; index++) await append();
    consume({
      apply: async (tx, event) => {
        const { noticeId } = event.data;
        attempts.set(noticeId, (attempts.get(noticeId) ?? 0) + 1);
        if (noticeId === "n3") {
          await note(tx, event);
          throw new Error("cannot be applied");
        }
        await note(tx, event);
      },
    });
    await eventually(async () => expect(await rows()).toEqual(["n1", "n2", "n4", "n5", "n6"]), { timeoutMs: 20_000 });
    expect(await rows("dead")).toEqual(["n3"]);
    // Once in the slice of all, then five times alone.
    expect(attempts.get("n3")).toBe(6);
  });

  it("applies once although two processes consume, and one takes over from a silent other", async () => {
    consume({ leaseMs: 600 });
    consume({ leaseMs: 600 });
    for (let index = 0; index < 20; index++) await append();
    await equalsLog();
    await running[0]?.stop();
    for (let index = 0; index < 20; index++) await append();
    await equalsLog();
  });

  it("applies each ordinal of a page once and completes the position with the last", async () => {
    consume();
    await append();
    await equalsLog();
    await from.transaction(A, (tx) =>
      tx.execute(
        `insert into event_log (tenant_id, tenant, id, type, data, n)
         values ($1, 'demo', gen_random_uuid(), 'page', '{}', 730)`,
        [A],
      ),
    );
    relay.nudge();
    await eventually(async () => expect((await rows()).length).toBe(731), { timeoutMs: 20_000 });
    expect((await rows()).slice(1)).toEqual(Array.from({ length: 730 }, (_, ordinal) => `page ${ordinal}`));
    expect(await to.transaction(A, (tx) => tx.query("select position, ordinal from consumer_positions"))).toEqual([
      { position: 2, ordinal: 0 },
    ]);
  });

  it("asks for its position when the outcome of a commit is unknown", async () => {
    for (let index = 0; index < 60; index++) await append();
    let losses = 0;
    const flaky: Database = Object.create(to, {
      transaction: {
        value: async <R>(tenantId: string, fn: (tx: Tx) => Promise<R>): Promise<R> => {
          let moved = false;
          const result = await to.transaction(tenantId, (tx) => {
            const execute: Tx["execute"] = (text, values, name) => {
              moved ||= name === "move_consumer";
              return tx.execute(text, values, name);
            };
            return fn(Object.create(tx, { execute: { value: execute } }) as Tx);
          });
          if (moved && ++losses <= 2) throw new CommitUnknownError(new Error("lost"));
          return result;
        },
      },
    }) as Database;
    consume({ db: flaky });
    await equalsLog(20_000);
    expect(losses).toBeGreaterThan(2);
  });
});
