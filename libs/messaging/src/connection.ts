import { connect, errors, type NatsConnection } from "@nats-io/transport-node";
import { systemClock } from "@dovetail/resilience";
import { MIN_BROKER_PAYLOAD } from "./limits";

/** How to reach the broker. */
export interface BrokerOptions {
  /** `nats://host:port`, or several separated by commas. Without user and password. */
  url: string;
  user?: string;
  pass?: string;
  /** Name of the service: shown by the broker, and the queue group of its handlers. */
  name: string;
  /** First part of reply subjects, for users whose permissions are narrow (default `_INBOX`). */
  inboxPrefix?: string;
  /** How long the first connection is tried, milliseconds (default 10,000). Later ones are tried for ever. */
  connectMs?: number;
}

const RETRY_MS = 250;

/**
 * Connects; tries for `connectMs`. Later losses are repaired for ever, every 250 ms.
 * Throws when the broker refuses the user or lets through less than 4 MB in a message.
 */
export async function connectBroker(options: BrokerOptions): Promise<NatsConnection> {
  const deadline = systemClock.monotonic() + (options.connectMs ?? 10_000);
  for (;;) {
    try {
      return await checked(await attempt(options));
    } catch (error) {
      const final = error instanceof errors.AuthorizationError || error instanceof BrokerUnfitError;
      if (final || systemClock.monotonic() > deadline) throw error;
      await systemClock.sleep(RETRY_MS);
    }
  }
}

/** The broker works but is configured in a way that we cannot work with. */
export class BrokerUnfitError extends Error {
  override readonly name = "BrokerUnfitError";
}

function attempt(options: BrokerOptions): Promise<NatsConnection> {
  return connect({
    servers: options.url.split(","),
    name: options.name,
    ...(options.user === undefined ? {} : { user: options.user, pass: options.pass ?? "" }),
    ...(options.inboxPrefix === undefined ? {} : { inboxPrefix: options.inboxPrefix }),
    timeout: 5000,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RETRY_MS,
    reconnectJitter: 50,
    // Users are re-issued while services run: a refusal may be over at the next attempt.
    ignoreAuthErrorAbort: true,
    // A half-open connection is found within 15 s.
    pingInterval: 5000,
    maxPingOut: 2,
    noAsyncTraces: true,
  });
}

async function checked(connection: NatsConnection): Promise<NatsConnection> {
  const allowed = connection.info?.max_payload ?? 0;
  if (allowed >= MIN_BROKER_PAYLOAD) return connection;
  await connection.close();
  throw new BrokerUnfitError(
    `The NATS server takes at most ${allowed} bytes in a message; set max_payload to 4MB or more.`,
  );
}
