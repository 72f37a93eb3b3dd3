import type { DeadLetter } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { eventually, temporaryFolder, testBroker, type TestBroker, testNats, type TestNats } from "@dovetail/testing";
import { buildPlatform, PlatformChild } from "./platform-child";
import { TenantWorld } from "./tenant-world";

const ERP = "broker";
const SUPPLIERS = 200;
const PATIENCE_MS = 60_000;
const USER = { user: "erp", password: "password-of-the-broker" };
const NOTHING = { created: 0, updated: 0, rejected: 0, parked: 0, deleted: 0 };
const POISON: readonly (readonly [id: string, content: string])[] = [
  ["P1", "{"],
  ["P2", '["no object"]'],
  ["P3", '{"name":"without its number"}'],
];

let server: TestNats;
let broker: TestBroker;
let platform: PlatformChild;
let tenant: TenantWorld;

const supplier = (n: number, name = `Supplier ${n}`): string =>
  JSON.stringify({ supplierNumber: `S${n}`, name, currency: "USD" });
const say = (id: string, content: string) => broker.stream.publish(`out.supplier.${id}`, content);

async function goesOn(crashAt?: string): Promise<void> {
  await platform.start(crashAt === undefined ? {} : { CRASH_AT: crashAt });
  await platform.endLeases();
}

async function connected(): Promise<TenantWorld> {
  const body = { name: "messages" };
  const made = await platform.operator.change<{ id: string; apiKey: { key: string } }>("POST", "/tenants", body);
  const own = new TenantWorld(made.id, "messages", platform.client(made.apiKey.key), {
    url: "",
    user: "",
    password: "",
  });
  await own.api.change("POST", "/erp/integrations", {
    name: ERP,
    erpSystem: "QUEUE",
    connectionMethod: "MESSAGE_QUEUE",
    authMethod: "BASIC",
    apiUsername: USER.user,
    apiPassword: USER.password,
    syncSchedule: { enabled: false },
    settings: {
      brokerUrl: server.url,
      sources: [{ entityType: "Supplier", stream: "OUT", subject: "out.supplier.*" }],
      sinks: [
        { entityType: "Supplier", stream: "IN", subject: "in.supplier", replies: { stream: "DONE", subject: "done" } },
      ],
    },
    entities: { Supplier: { direction: "both", master: true, pageSize: 20 } },
  });
  const text = (name: string, more: JsonObject = {}) => ({
    mesField: name,
    erpField: name,
    dataType: "string",
    ...more,
  });
  const mappings = [text("supplierNumber", { isRequired: true }), text("name"), text("currency")];
  await own.api.change("PUT", `/erp/integrations/${ERP}/mappings/Supplier`, { entityType: "Supplier", mappings });
  return own;
}

describe("an ERP behind a message broker", () => {
  beforeAll(async () => {
    buildPlatform();
    server = await testNats({ users: [USER] });
    broker = await testBroker(server.url, USER);
    for (const [name, first] of Object.entries({ OUT: "out", IN: "in", DONE: "done" }))
      await broker.manager.streams.add({ name, subjects: [`${first}.>`] });
    platform = await PlatformChild.on(temporaryFolder("messages"));
    await platform.start({ CRASH_AT: "page.before-commit:4" });
    tenant = await connected();
    for (let n = 0; n < SUPPLIERS; n++) await say(`S${n}`, supplier(n));
  }, 120_000);
  afterAll(async () => {
    await platform?.stop();
    await broker?.nats.close();
    await server?.stop();
  });

  it(
    "brings each message once, although the process dies before and behind commits; those that it cannot read are listed",
    async () => {
      for (const [id, content] of POISON) await say(id, content);
      await say("S7", supplier(7, "Said twice"));
      const [job] = await tenant.execute(ERP);
      expect(await platform.died(PATIENCE_MS)).toBe("SIGKILL");
      // It may be dead before it serves.
      await platform.start({ CRASH_AT: "page.after-commit:3" }).catch(() => undefined);
      await platform.endLeases().catch(() => undefined);
      expect(await platform.died(PATIENCE_MS)).toBe("SIGKILL");
      await goesOn();
      const { status, counts } = await tenant.ended(job?.id ?? "", PATIENCE_MS);
      expect({ status, counts }).toEqual({
        status: "completed",
        counts: {
          read: SUPPLIERS + 4,
          created: SUPPLIERS,
          updated: 1,
          unchanged: 0,
          rejected: 3,
          parked: 0,
          deleted: 0,
        },
      });
      expect(await tenant.records("Supplier")).toHaveLength(SUPPLIERS);
      expect((await tenant.record("Supplier", "S7")).record["name"]).toBe("Said twice");
      const letters = await tenant.api.all<DeadLetter>("/erp/dead-letters");
      expect(letters.map(({ kind, externalId }) => [kind, externalId]).sort()).toEqual(
        POISON.map(([id]) => ["REJECTED", id]),
      );
    },
    4 * PATIENCE_MS,
  );

  it("brings nothing a second time; a message that comes again writes nothing, one that comes right clears the list", async () => {
    const [again] = await tenant.sync(ERP);
    expect(again?.counts).toEqual({ ...NOTHING, read: 0, unchanged: 0 });
    await say("S1", supplier(1));
    await say("S2", supplier(2, "Renamed"));
    for (const [id] of POISON) await say(id, JSON.stringify({ supplierNumber: id, name: id, currency: "USD" }));
    const [job] = await tenant.sync(ERP);
    expect(job?.counts).toEqual({ ...NOTHING, read: 5, created: 3, updated: 1, unchanged: 1 });
    expect(await tenant.api.all("/erp/dead-letters")).toEqual([]);
  });

  it(
    "gets a change of the MES as one message, although the process dies behind its sending, and says what became of it",
    async () => {
      await platform.stop();
      await goesOn("push.after-send");
      await tenant.api.change("PATCH", "/erp/records/Supplier/S9", { name: "Changed by the MES" });
      expect(await platform.died(PATIENCE_MS)).toBe("SIGKILL");
      await goesOn();
      await tenant.settled("S9", "accepted", PATIENCE_MS);
      const { state } = await broker.manager.streams.info("IN", { subjects_filter: ">" });
      const [[topic = "", count] = []] = Object.entries(state.subjects ?? {});
      expect([Object.keys(state.subjects ?? {}).length, count]).toEqual([1, 1]);
      const message = await broker.manager.streams.getMessage("IN", { last_by_subj: topic });
      expect([message?.header.get("Dovetail-External-Id"), message?.json()]).toEqual([
        "S9",
        { name: "Changed by the MES" },
      ]);
      await broker.stream.publish(topic.replace("in.supplier", "done"), JSON.stringify({ externalId: "S9" }));
      await tenant.settled("S9", "confirmed", PATIENCE_MS);
      await say("S9", supplier(9, "Changed by the MES"));
      await eventually(async () => expect((await tenant.sync(ERP))[0]?.counts).toMatchObject(NOTHING));
    },
    4 * PATIENCE_MS,
  );
});
