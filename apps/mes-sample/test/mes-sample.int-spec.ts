import { eventually, testDatabase, testNats, type TestDatabase, type TestNats } from "@dovetail/testing";
import { Client } from "pg";
import { startMesSample, type MesSample } from "../src/start";
import { PlayedPlatform } from "./played-platform";

const NEVER = "1h";

describe("the sample module", () => {
  let nats: TestNats;
  let database: TestDatabase;
  let platform: PlayedPlatform;
  let own: Client;
  let module: MesSample | undefined;

  const start = async (feedInterval = NEVER): Promise<MesSample> => {
    module = await startMesSample({
      env: {
        DATABASE_URL: database.adminUrl,
        TENANT: "acme",
        NATS_URL: nats.url,
        GATEWAY_URL: platform.url,
        API_KEY: "a-key",
        ENTITIES: "Supplier, Part",
        FEED_INTERVAL: feedInterval,
        ERP_LOG_LEVEL: "silent",
      },
    });
    return module;
  };
  const stop = async (): Promise<void> => {
    await module?.stop();
    module = undefined;
  };
  /** What the module holds, tombstones too. */
  const held = async (): Promise<Record<string, unknown>> => {
    const { rows } = await own.query("select entity || '/' || key as place, record from mes_sample.records");
    return Object.fromEntries(rows.map(({ place, record }) => [place, record]));
  };
  const equal = (): Promise<void> =>
    eventually(async () => {
      expect(await held()).toEqual(platform.bodies);
    });
  const outbox = async () => (await own.query("select * from mes_sample.outbox order by position")).rows;

  beforeAll(async () => {
    nats = await testNats();
  });
  afterAll(() => nats?.stop());

  beforeEach(async () => {
    database = await testDatabase([]);
    own = new Client(database.adminUrl);
    await own.connect();
    platform = await PlayedPlatform.start(nats.url);
  });
  afterEach(async () => {
    await stop();
    await platform.stop();
    await own.end();
    await database.drop();
  });

  it("begins with all records, then takes events as they come", async () => {
    platform.write("Supplier/old", { name: "before the feed begins" }, { silent: true });
    platform.forgetLog();
    platform.write("Part/p1", { name: "in the feed" }, { silent: true });
    await start();
    await equal();
    platform.write("Supplier/old", { name: "changed" });
    platform.write("Supplier/new", { name: "live" });
    platform.write("Part/p1", null);
    await equal();
  });

  it("takes an event only when its version is higher", async () => {
    await start();
    platform.write("Supplier/s", { name: "one" });
    platform.write("Supplier/s", { name: "two" });
    platform.publish(platform.eventOf("Supplier/s", 2));
    platform.publish(platform.eventOf("Supplier/s", 1));
    platform.write("Supplier/last", { name: "comes after them" });
    await equal();
  });

  it("finds in the feed what the bus lost, although later events came", async () => {
    await start("100ms");
    platform.write("Supplier/s1", { name: "here" });
    await equal();
    platform.write("Supplier/s2", { name: "lost" }, { silent: true });
    platform.write("Supplier/s3", { name: "came" });
    await equal();
  });

  it("reads the feed when the bus is back, its store wiped", async () => {
    await start();
    await equal();
    await nats.kill();
    for (let n = 0; n < 5; n++) platform.write(`Part/p${n}`, { n }, { silent: true });
    await nats.restart({ wipe: true });
    await equal();
  });

  it("goes on from its cursor after a stop", async () => {
    await start();
    platform.write("Part/p1", { n: 1 });
    await equal();
    await stop();
    platform.write("Part/p1", { n: 2 }, { silent: true });
    platform.write("Part/p2", null, { silent: true });
    await start();
    await equal();
  });

  it("reads everything again when its cursor is no longer kept", async () => {
    platform.write("Part/p1", { n: 1 });
    platform.write("Part/p2", { n: 1 });
    await start();
    await equal();
    await stop();
    platform.write("Part/p1", null, { silent: true });
    platform.write("Part/p3", { n: 1 }, { silent: true });
    platform.forgetLog();
    await start();
    await equal();
  });

  it("fetches records that an event does not hold, and a first load as a whole", async () => {
    await start();
    platform.write("Part/large", { n: 1 }, { thin: true });
    platform.firstLoad("Supplier", { a: { n: 1 }, b: { n: 1 } });
    await equal();
  });

  it("repeats a request under its id until it is answered; it has one effect", async () => {
    platform.mood = "no answer";
    const running = await start();
    const id = await running.change("created", "Supplier", "mine", { name: "mine" });
    await eventually(() => expect(platform.requests).toContain(id));
    await stop();
    await start();
    await eventually(() => expect(platform.requests.length).toBeGreaterThan(1));
    await stop();
    platform.mood = "answer";
    await start();
    await eventually(async () => expect((await outbox())[0]).toMatchObject({ id, version: 1, problem: null }));
    expect(new Set(platform.requests)).toEqual(new Set([id]));
    expect(platform.records.get("Supplier/mine")?.version).toBe(1);
  });

  it("waits while the platform cannot take a change", async () => {
    platform.mood = { status: 503, code: "UNAVAILABLE", retryable: true };
    const running = await start();
    await running.change("created", "Supplier", "s", { n: "1" });
    await running.change("updated", "Supplier", "s", { n: "2" });
    await eventually(() => expect(platform.requests.length).toBeGreaterThan(0));
    platform.mood = "answer";
    await eventually(async () => expect((await outbox()).map(({ version }) => version)).toEqual([1, 2]));
    await equal();
    expect(platform.bodies).toEqual({ "Supplier/s": { n: "2" } });
  });

  it("keeps its own change in sight while events of others arrive", async () => {
    platform.write("Part/p", { name: "old", price: "1" });
    platform.mood = { status: 503, code: "UNAVAILABLE", retryable: true };
    const running = await start();
    await equal();
    await running.change("updated", "Part", "p", { name: "new" });
    platform.write("Part/p", { name: "old", price: "2" });
    await eventually(async () => expect(await held()).toEqual({ "Part/p": { name: "new", price: "2" } }));
    platform.mood = "answer";
    await eventually(() => expect(platform.bodies).toEqual({ "Part/p": { name: "new", price: "2" } }));
    await equal();
  });

  it("lists a refused change with its problem and takes it back", async () => {
    platform.write("Part/p", { name: "old" });
    platform.mood = { status: 422, code: "ERP008", retryable: false };
    const running = await start();
    await equal();
    await running.change("updated", "Part", "p", { name: "wrong" });
    await eventually(async () =>
      expect((await outbox())[0]).toMatchObject({ version: null, problem: { code: "ERP008" } }),
    );
    expect(await held()).toEqual({ "Part/p": { name: "old" } });
  });
});
