import { createLogger, type Environment, type Logger } from "@dovetail/service-kit";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { moduleConfig, type ModuleConfig } from "./config";
import { FeedReader } from "./feed-reader";
import { Listener } from "./listener";
import { PlatformApi } from "./platform-api";
import { Sender } from "./sender";
import { Store, type Operation } from "./store";
import type { Fields } from "./wire";

/** A running module. */
export interface MesSample {
  /** Makes a change of the module's own; it is on its way to the platform when this resolves. Answers the request's id. */
  change(op: Operation, entity: string, key: string, body: Fields | null): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the sample module. Waits for the bus when it is not there yet. */
export async function startMesSample({ env, logger }: { env: Environment; logger?: Logger }): Promise<MesSample> {
  const config = moduleConfig.load(env);
  const log = logger ?? createLogger({ service: "mes-sample", level: config.ERP_LOG_LEVEL });
  const store = await Store.open(config.DATABASE_URL);
  const bus = await connectBus(config).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  const stopping = new AbortController();
  const api = new PlatformApi(config.GATEWAY_URL, config.API_KEY.reveal(), stopping.signal);
  const entities = new Set(config.ENTITIES.split(",").map((entity) => entity.trim()));
  const feed = new FeedReader(store, api, { entities, intervalMs: config.FEED_INTERVAL }, log);
  const sender = new Sender(store, bus, { tenant: config.TENANT, module: config.MODULE }, log);
  // Listening begins before the feed is read: nothing falls between the two.
  const listener = new Listener(store, feed, { tenant: config.TENANT, entities }, bus, log);
  void followConnection(bus, feed, sender);
  feed.start();
  sender.start();
  return {
    async change(op, entity, key, body) {
      const id = await store.change(op, entity, key, body);
      sender.nudge();
      return id;
    },
    async stop() {
      stopping.abort();
      const sent = sender.stop();
      await Promise.all([listener.stop(), feed.stop()]);
      // A request in hand ends here without its answer: it is repeated at the next start.
      await bus.close();
      await sent;
      await store.close();
    },
  };
}

function connectBus({ NATS_URL, NATS_USER, NATS_PASSWORD, MODULE }: ModuleConfig): Promise<NatsConnection> {
  return connect({
    servers: NATS_URL.split(","),
    name: MODULE,
    // A tenant's user receives answers under its own name only.
    ...(NATS_USER === undefined
      ? {}
      : { user: NATS_USER, pass: NATS_PASSWORD?.reveal() ?? "", inboxPrefix: `_INBOX.${NATS_USER}` }),
    waitOnFirstConnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    ignoreAuthErrorAbort: true,
    pingInterval: 10_000,
  });
}

/** What was published while the connection was lost is lost: the feed has it. */
async function followConnection(bus: NatsConnection, feed: FeedReader, sender: Sender): Promise<void> {
  for await (const { type } of bus.status()) {
    if (type !== "reconnect") continue;
    feed.nudge();
    sender.nudge();
  }
}
