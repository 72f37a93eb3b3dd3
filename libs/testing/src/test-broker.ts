import { jetstream, type JetStreamClient, jetstreamManager, type JetStreamManager } from "@nats-io/jetstream";
import { connect, headers, type MsgHdrs, type NatsConnection } from "@nats-io/transport-node";

/** A client of a NATS server with JetStream, for specs that play the other side of a queue. */
export interface TestBroker {
  nats: NatsConnection;
  stream: JetStreamClient;
  manager: JetStreamManager;
  headers(): MsgHdrs;
}

/** Connects to a server, for instance that of testNats(). */
export async function testBroker(url: string, user?: { user: string; password: string }): Promise<TestBroker> {
  const nats = await connect({ servers: url, ...(user ? { user: user.user, pass: user.password } : {}) });
  return { nats, stream: jetstream(nats), manager: await jetstreamManager(nats), headers };
}
