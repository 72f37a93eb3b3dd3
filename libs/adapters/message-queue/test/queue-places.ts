import { HttpClient, type Queue, systemClock } from "@dovetail/adapter-sdk";
import type { JsonObject } from "@dovetail/domain";
import { FaultProxy, testBroker, testNats } from "@dovetail/testing";
import { messageQueue } from "../src";
import { MemoryBroker } from "./memory-broker";
import type { Broker, BrokerMessage } from "./queue-erp";

const USER = { user: "erp", password: "queue-password" };
const quiet = () => undefined;

/** How a session is opened. */
export interface Opening {
  as?: "wrongPassword" | "unreachable";
  signal?: AbortSignal;
  /** Settings beside those of the place. */
  settings?: JsonObject;
}

/** A running broker, and the way of a session to it. */
export interface QueuePlace {
  broker: Broker;
  /** Connection settings and credentials. */
  config: JsonObject;
  open(opening?: Opening): Promise<{ session: unknown; close(): Promise<void> }>;
  hang(): void;
  pass(): void;
  stop(): Promise<void>;
}

async function openAt(config: JsonObject, { signal, settings }: Opening, queue?: Queue) {
  const http = new HttpClient();
  const session = await messageQueue.open({
    config: { ...config, ...settings },
    http,
    clock: systemClock,
    signal: signal ?? new AbortController().signal,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    ...(queue ? { queue } : {}),
  });
  return {
    session,
    async close() {
      await messageQueue.close?.(session);
      await http.close();
    },
  };
}

/** A real NATS server, a line before it that can hang. */
export async function natsPlace(): Promise<QueuePlace> {
  const server = await testNats({ users: [USER] });
  const proxy = await FaultProxy.start({ port: server.port });
  const { nats, manager, stream, headers: newHeaders } = await testBroker(server.url, USER);
  const broker: Broker = {
    make: async (log, first) => void (await manager.streams.add({ name: log, subjects: [`${first}.>`] })),
    async publish(topic, body, headers = {}, id) {
      const own = newHeaders();
      for (const [name, value] of Object.entries(headers)) own.set(name, value);
      await stream.publish(topic, body, { headers: own, ...(id === undefined ? {} : { msgID: id }) });
    },
    listen(first, take: (message: BrokerMessage) => void) {
      nats.subscribe(`${first}.>`, {
        callback: (_, { subject, data, headers }) => {
          const own = Object.fromEntries((headers?.keys() ?? []).map((name) => [name, headers?.get(name) ?? ""]));
          take({ topic: subject, body: data, headers: own });
        },
      });
    },
    purge: async (log) => void (await manager.streams.purge(log)),
    async count(log, topic) {
      const { state } = await manager.streams.info(log, { subjects_filter: topic });
      return Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0);
    },
  };
  const config: JsonObject = {
    brokerUrl: `nats://127.0.0.1:${proxy.port}`,
    timeoutSeconds: 5,
    apiUsername: USER.user,
    apiPassword: USER.password,
  };
  return {
    broker,
    config,
    open: (opening = {}) => {
      const changed: JsonObject =
        opening.as === "wrongPassword"
          ? { apiPassword: "wrong" }
          : opening.as === "unreachable"
            ? { brokerUrl: "nats://127.0.0.1:1" }
            : {};
      return openAt({ ...config, ...changed }, opening);
    },
    hang: () => proxy.halfOpen(),
    pass: () => proxy.pass(),
    async stop() {
      await nats.close();
      await proxy.stop();
      await server.stop();
    },
  };
}

/** The other implementation of the port: it has nothing in common with the first but the interface. */
export async function memoryPlace(): Promise<QueuePlace> {
  const broker = new MemoryBroker();
  const away = new MemoryBroker();
  away.away = true;
  const config: JsonObject = {
    brokerUrl: "nats://127.0.0.1:4222",
    timeoutSeconds: 5,
    apiUsername: USER.user,
    apiPassword: USER.password,
  };
  return {
    broker,
    config,
    open: (opening = {}) => {
      const { as, signal } = opening;
      const client = (as === "unreachable" ? away : broker).client({
        known: as !== "wrongPassword",
        ...(signal ? { signal } : {}),
      });
      return openAt(config, opening, client);
    },
    hang: () => void (broker.hanging = true),
    pass: () => void (broker.hanging = false),
    stop: async () => undefined,
  };
}
