import type { ConformanceHarness, OpenOptions } from "@dovetail/adapter-conformance";
import { RecordSeeder } from "@dovetail/adapter-memory";
import { HttpClient, systemClock } from "@dovetail/adapter-sdk";
import { ENTITIES, type EntityName, type JsonObject } from "@dovetail/domain";
import { FaultProxy, testBroker, type TestBroker, testNats, type TestNats } from "@dovetail/testing";
import { messageQueue } from "../src";
import { tokenOf } from "../src/messages";

const TRIED: readonly EntityName[] = ["Supplier", "PurchaseOrder", "InventoryTransaction"];
const USER = { user: "erp", password: "queue-password" };
const quiet = () => undefined;

/** An ERP behind a broker: it takes what is pushed, shows its rows again and replies. */
class QueueErp {
  private readonly rows = new Map<string, JsonObject>();
  private readonly seeder = new RecordSeeder(11);
  private serial = 0;

  constructor(readonly broker: TestBroker) {}

  static async start(url: string): Promise<QueueErp> {
    const broker = await testBroker(url, USER);
    const { nats, manager, stream } = broker;
    await manager.streams.add({ name: "OUT", subjects: ["out.>"] });
    await manager.streams.add({ name: "IN", subjects: ["in.>"] });
    await manager.streams.add({ name: "DONE", subjects: ["done.>"] });
    const erp = new QueueErp(broker);
    const seen = new Set<string>();
    nats.subscribe("in.>", {
      callback: (_, message) => {
        const [, entity = "", op = "", reference = ""] = message.subject.split(".");
        if (seen.has(message.subject)) return;
        seen.add(message.subject);
        const of = (name: string) => message.headers?.get(`Dovetail-${name}`) ?? "";
        const id = of("External-Id") === "" ? `E${reference}` : decodeURIComponent(of("External-Id"));
        const body = of("Operation") === "delete" ? undefined : { ...erp.rows.get(id), ...message.json<JsonObject>() };
        void erp
          .show(entity as EntityName, id, body)
          .then(() => stream.publish(`done.${op}.${reference}`, JSON.stringify({ externalId: id })));
      },
    });
    return erp;
  }

  body(entity: EntityName): JsonObject {
    return this.seeder.record(entity, ++this.serial);
  }

  /** Undefined: deleted. */
  async show(entity: EntityName, id: string, body: JsonObject | undefined): Promise<void> {
    const own = this.broker.headers();
    if (body) this.rows.set(id, body);
    else own.set("Dovetail-Operation", "delete");
    const bytes = JSON.stringify(body ?? {});
    await this.broker.stream.publish(`out.${entity}.${tokenOf(id)}`, bytes, { headers: own });
  }

  async seed(entity: EntityName): Promise<string> {
    const body = this.body(entity);
    const id = ENTITIES[entity].key.map((name) => String(body[name])).join("|");
    await this.show(entity, id, body);
    return id;
  }

  async mutate(entity: EntityName, id: string): Promise<void> {
    await this.show(entity, id, { ...this.rows.get(id), externalReference: `changed ${++this.serial}` });
  }

  keyOf(entity: EntityName, id: string): JsonObject {
    return Object.fromEntries(ENTITIES[entity].key.map((name) => [name, this.rows.get(id)?.[name] ?? null]));
  }
}

/** The adapter on a real NATS server. */
export function queueHarness(): ConformanceHarness {
  let server: TestNats;
  let proxy: FaultProxy;
  let erp: QueueErp;
  const config: JsonObject = {
    brokerUrl: "nats://127.0.0.1:4222",
    timeoutSeconds: 5,
    apiUsername: USER.user,
    apiPassword: USER.password,
    sources: TRIED.map((entityType) => ({ entityType, stream: "OUT", subject: `out.${entityType}.*` })),
    sinks: TRIED.map((entityType) => ({
      entityType,
      stream: "IN",
      subject: `in.${entityType}`,
      replies: { stream: "DONE", subject: "done" },
    })),
  };
  return {
    adapter: messageQueue,
    entities: TRIED,
    config,
    async start() {
      server = await testNats({ users: [USER] });
      proxy = await FaultProxy.start({ port: server.port });
      erp = await QueueErp.start(server.url);
      config["brokerUrl"] = `nats://127.0.0.1:${proxy.port}`;
    },
    async stop() {
      await erp?.broker.nats.close();
      await proxy?.stop();
      await server?.stop();
    },
    async reset() {
      for (const stream of ["OUT", "IN", "DONE"]) await erp.broker.manager.streams.purge(stream);
    },
    async open({ as, signal }: OpenOptions = {}) {
      const changed: JsonObject =
        as === "wrongPassword"
          ? { apiPassword: "wrong" }
          : as === "unreachable"
            ? { brokerUrl: "nats://127.0.0.1:1" }
            : {};
      const http = new HttpClient();
      const session = await messageQueue.open({
        config: { ...config, ...changed },
        http,
        clock: systemClock,
        signal: signal ?? new AbortController().signal,
        log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      });
      return {
        session,
        async close() {
          await messageQueue.close?.(session);
          await http.close();
        },
      };
    },
    async seed(entity, count) {
      const ids: string[] = [];
      for (let i = 0; i < count; i++) ids.push(await erp.seed(entity));
      return ids;
    },
    mutate: (entity, id) => erp.mutate(entity, id),
    remove: (entity, id) => erp.show(entity, id, undefined),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 200))),
    keyOf: (entity, id) => erp.keyOf(entity, id),
    pushBody: (entity) => ({ create: erp.body(entity), update: { externalReference: `changed ${Date.now()}` } }),
    async countReference(entity, reference) {
      const { state } = await erp.broker.manager.streams.info("IN", { subjects_filter: `in.${entity}.*.${reference}` });
      return Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0);
    },
    faults: {
      kinds: ["hang"],
      fail: () => proxy.halfOpen(),
      clear: () => proxy.pass(),
      equalTimestamps: (entity, count) => Promise.all(Array.from({ length: count }, () => erp.seed(entity))),
    },
  };
}
