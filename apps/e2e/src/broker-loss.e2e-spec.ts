import type { RecordView } from "@dovetail/contracts";
import { startSimulator, type Running as RunningSimulator } from "@dovetail/erp-simulator";
import { startMesSample, type MesSample } from "@dovetail/mes-sample";
import { createLogger } from "@dovetail/service-kit";
import { eventually, testDatabase, type TestDatabase } from "@dovetail/testing";
import { Client } from "pg";
import type { JsonObject } from "@dovetail/domain";
import { FeedFollower } from "./feed-follower";
import type { TenantWorld } from "./tenant-world";
import { World } from "./world";

const MAIN = "odoo-main";
const ENTITIES = ["Supplier", "Part"];
let world: World;
let erp: RunningSimulator;
let acme: TenantWorld;
let follower: FeedFollower;
let moduleDatabase: TestDatabase;
let moduleRows: Client;
let sample: MesSample | undefined;
let suppliers: RecordView[];

beforeAll(async () => {
  [world, erp, moduleDatabase] = await Promise.all([
    World.open(),
    startSimulator({ version: 14, seed: 3 }),
    testDatabase([]),
  ]);
  acme = await world.tenant("acme");
  await acme.connectOdoo(MAIN, erp);
  await acme.sync(MAIN, { entityTypes: ENTITIES });
  suppliers = await acme.records("Supplier");
  follower = new FeedFollower(acme.api, ENTITIES);
  moduleRows = new Client(moduleDatabase.adminUrl);
  await moduleRows.connect();
  sample = await startSample();
  await followersAgree();
}, 120_000);
afterAll(async () => {
  await sample?.stop();
  await moduleRows?.end();
  await erp?.stop();
  await world?.close();
  await moduleDatabase?.drop();
});

function startSample(): Promise<MesSample> {
  const env = {
    DATABASE_URL: moduleDatabase.adminUrl,
    TENANT: "acme",
    NATS_URL: acme.bus.url,
    NATS_USER: acme.bus.user,
    NATS_PASSWORD: acme.bus.password,
    GATEWAY_URL: world.gatewayUrl,
    API_KEY: acme.api.key,
    ENTITIES: ENTITIES.join(","),
    FEED_INTERVAL: "1s",
  };
  return startMesSample({ env, logger: createLogger({ service: "mes-sample", level: "fatal" }) });
}

/** What the record store holds, by entity and key. */
async function stored(): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const entity of ENTITIES)
    for (const { key, version, record } of await acme.records(entity)) all[`${entity} ${key}`] = { version, record };
  return all;
}

async function ofSample(): Promise<Record<string, unknown>> {
  const { rows } = await moduleRows.query<{ entity: string; key: string; version: number; record: JsonObject }>(
    "select entity, key, version, record from mes_sample.records",
  );
  return Object.fromEntries(rows.map(({ entity, key, version, record }) => [`${entity} ${key}`, { version, record }]));
}

/** Waits until the follower of the feed and the sample module hold exactly the record store. */
async function followersAgree(): Promise<void> {
  await eventually(
    async () => {
      await follower.catchUp();
      const truth = await stored();
      expect(Object.fromEntries(follower.held)).toEqual(truth);
      expect(await ofSample()).toEqual(truth);
    },
    { timeoutMs: 45_000 },
  );
}

async function changePhones(from: number, to: number, text: string): Promise<void> {
  const ids = suppliers.slice(from, to).map(({ sync }) => Number(sync[0]?.externalId));
  for (const id of ids) await erp.odoo.call("res.partner", "write", [[id], { phone: `${text} ${id}` }]);
}

/** Synchronises until so many suppliers have such a phone: what changed in this very second is read by the next run. */
async function arrived(text: string, count: number): Promise<void> {
  await eventually(
    async () => {
      await acme.sync(MAIN, { entityTypes: ["Supplier"] });
      const phones = (await acme.records("Supplier")).map(({ record }) => String(record["phone"]));
      return phones.filter((phone) => phone.startsWith(text)).length === count;
    },
    { timeoutMs: 20_000 },
  );
}

describe("the broker's store wiped while events are unread", () => {
  it("costs consumers nothing: feed, follower and module end up equal to the record store", async () => {
    await sample?.stop();
    await changePhones(0, 10, "unread");
    await arrived("unread", 10);
    const [part] = await acme.records("Part");
    await acme.api.change("PATCH", `/erp/records/Part/${part?.key}`, { name: "Unread" });
    await world.nats.restart({ wipe: true });
    await changePhones(10, 15, "after");
    await arrived("after", 5);
    sample = await startSample();
    await followersAgree();
  });

  it("costs services nothing: what another told while one was away arrives", async () => {
    await world.stopService("sync-engine");
    await acme.api.change("POST", `/erp/integrations/${MAIN}/disable`);
    await world.nats.restart({ wipe: true });
    await world.startService("sync-engine");
    const execute = () => acme.api.send("POST", `/erp/sync-jobs/${MAIN}/execute`);
    await eventually(async () => (await execute()).body["code"] === "CONFLICT", { timeoutMs: 20_000 });
    await acme.api.change("POST", `/erp/integrations/${MAIN}/enable`);
    await eventually(async () => (await execute()).status === 202, { timeoutMs: 20_000 });
    await followersAgree();
  });
});

describe("without the broker", () => {
  it("the API says when to come back, notices are taken in, and everything catches up", async () => {
    const address = await acme.api.change<{ url: string }>("POST", `/erp/integrations/${MAIN}/webhook-secret`);
    await world.nats.kill();
    const refused = await eventually(async () => {
      const answer = await acme.api.send("GET", "/erp/records/Supplier");
      if (answer.status !== 503) throw new Error(`still ${answer.status}`);
      return answer;
    });
    expect(refused.body).toMatchObject({ code: "UNAVAILABLE", status: 503, retryable: true });
    expect(Number(refused.header("retry-after"))).toBeGreaterThan(0);
    const live = await world.client().send("GET", `${world.gatewayUrl}/health/live`);
    expect(live.status).toBe(200);
    await changePhones(20, 21, "told");
    const body = { _model: "res.partner", _id: Number(suppliers[20]?.sync[0]?.externalId) };
    const place = `${world.gatewayUrl}${new URL(address.url).pathname}`;
    expect((await world.client().send("POST", place, { body })).status).toBe(202);
    await sample?.change("updated", "Supplier", suppliers[21]?.key ?? "", { website: "https://offline.example.com" });
    await world.nats.restart();
    const told = `/erp/records/Supplier/${suppliers[20]?.key}`;
    await eventually(async () => (await acme.api.send("GET", told)).status === 200, { timeoutMs: 20_000 });
    await acme.api.until<RecordView>(told, ({ record }) => /^told/.test(String(record["phone"])), 30_000);
    const own = `/erp/records/Supplier/${suppliers[21]?.key}`;
    await acme.api.until<RecordView>(own, ({ record }) => record["website"] === "https://offline.example.com", 30_000);
    await acme.settled(suppliers[21]?.key ?? "", "confirmed", 30_000);
    await followersAgree();
  }, 90_000);
});
