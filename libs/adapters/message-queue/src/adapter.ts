import { canonicalMapping, defineAdapter, type EntityPort, httpClassify } from "@dovetail/adapter-sdk";
import { ENTITIES, ENTITY_NAMES, type EntityName } from "@dovetail/domain";
import { connection, type QueueConfig, refusal } from "./config";
import { pullMessages } from "./pull";
import { lookupRows, pollReply, sendMessage } from "./push";
import { openSession, type QueueSession } from "./session";
import { templates } from "./templates";

/** Any entity: which ones there are is said by the integration's settings. */
function port(entity: EntityName): EntityPort<QueueSession> {
  return {
    pull: (session, query) => pullMessages(session, entity, query),
    push: {
      class: "K",
      operations: ENTITIES[entity].kind === "fact" ? ["post"] : ["create", "update", "delete"],
      send: (session, request) => sendMessage(session, entity, request),
      poll: (session, handle) => pollReply(session, entity, handle),
    },
    lookup: (session, by) => lookupRows(session, entity, by),
  };
}

/** Asks for every stream that the settings name. */
async function test(session: QueueSession) {
  const places = [...session.sources.values(), ...session.sinks.values()];
  const streams = new Set(places.map(({ stream }) => stream));
  if (streams.size === 0) throw refusal("settings name neither sources nor sinks");
  for (const stream of streams) await session.queue.state(stream);
  return { product: session.queue.product, details: { streams: [...streams] } };
}

/** JSON messages of a broker: NATS JetStream. */
export const messageQueue = defineAdapter<QueueConfig, QueueSession>({
  system: "QUEUE",
  version: 1,
  title: "Message queue (NATS JetStream)",
  connectionMethod: "MESSAGE_QUEUE",
  anySystem: true,
  connection,
  auth: ["BASIC"],
  inbound: ["REST_POLLING"],
  outbound: ["REST_PUSH"],
  formats: ["JSON"],
  realTime: true,
  open: openSession,
  close: (session) => session.queue.close(),
  test,
  entities: Object.fromEntries(ENTITY_NAMES.map((entity) => [entity, port(entity)])),
  classify: httpClassify,
  mappings: Object.fromEntries(ENTITY_NAMES.map((entity) => [entity, canonicalMapping(entity)])),
  templates,
});
