import type { ConformanceHarness } from "@dovetail/adapter-conformance";
import type { EntityName, JsonObject } from "@dovetail/domain";
import { messageQueue } from "../src";
import { QueueErp } from "./queue-erp";
import type { QueuePlace } from "./queue-places";

const TRIED: readonly EntityName[] = ["Supplier", "PurchaseOrder", "InventoryTransaction"];

const SETTINGS: JsonObject = {
  sources: TRIED.map((entityType) => ({ entityType, stream: "OUT", subject: `out.${entityType}.*` })),
  sinks: TRIED.map((entityType) => ({
    entityType,
    stream: "IN",
    subject: `in.${entityType}`,
    replies: { stream: "DONE", subject: "done" },
  })),
};

/** The adapter with an ERP behind a broker. */
export function queueHarness(start: () => Promise<QueuePlace>): ConformanceHarness {
  let place: QueuePlace;
  let erp: QueueErp;
  // Filled at the start; the first rules need the schema alone.
  const config: JsonObject = {
    brokerUrl: "nats://127.0.0.1:4222",
    timeoutSeconds: 5,
    apiUsername: "erp",
    apiPassword: "not known yet",
    ...SETTINGS,
  };
  return {
    adapter: messageQueue,
    entities: TRIED,
    config,
    async start() {
      place = await start();
      erp = await QueueErp.start(place.broker);
      Object.assign(config, place.config);
    },
    stop: async () => place?.stop(),
    async reset() {
      for (const log of ["OUT", "IN", "DONE"]) await erp.broker.purge(log);
    },
    open: (options = {}) => place.open({ ...options, settings: SETTINGS }),
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
    countReference: (entity, reference) => erp.broker.count("IN", `in.${entity}.*.${reference}`),
    faults: {
      kinds: ["hang"],
      fail: () => place.hang(),
      clear: () => place.pass(),
      equalTimestamps: (entity, count) => Promise.all(Array.from({ length: count }, () => erp.seed(entity))),
    },
  };
}
