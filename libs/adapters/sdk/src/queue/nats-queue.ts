import type { JetStreamClient, JetStreamManager, MsgRequest } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import type { PublishOptions, Queue, QueuedMessage, QueueState } from "../clients";
import { AdapterError, type Sent } from "../errors";

/** How to reach an ERP's own NATS server. Never the product's own account. */
export interface NatsQueueOptions {
  /** `nats://host:port` or `tls://host:port`, without user and password. */
  url: string;
  user?: string;
  password?: string;
  tls?: { ca?: string };
  timeoutMs?: number;
  signal?: AbortSignal;
}

interface Open {
  nats: NatsConnection;
  stream: JetStreamClient;
  manager: JetStreamManager;
}

/** Queue over JetStream: a place in the log is the stream's sequence, so nothing is acknowledged and nothing doubled. */
export class NatsQueue implements Queue {
  readonly product = "NATS JetStream";
  private opening?: Promise<Open>;

  constructor(private readonly options: NatsQueueOptions) {}

  state(log: string): Promise<QueueState> {
    return this.run("no", async ({ manager }) => {
      const { state, created } = await manager.streams.info(log);
      return { first: state.first_seq, last: state.last_seq, incarnation: created };
    });
  }

  read(log: string, topic: string, from: number, limit: number): Promise<QueuedMessage[]> {
    return this.run("no", async ({ manager }) => {
      const found: QueuedMessage[] = [];
      // Direct: the next message of the topic at or behind a place, whatever stands between.
      for (let at = from; found.length < limit;) {
        const message = await manager.streams.getMessage(log, {
          seq: at,
          next_by_subj: topic,
        } as unknown as MsgRequest);
        if (!message) break;
        found.push(messageOf(message));
        at = message.seq + 1;
      }
      return found;
    });
  }

  last(log: string, topic: string): Promise<QueuedMessage | undefined> {
    return this.run("no", async ({ manager }) => {
      const message = await manager.streams.getMessage(log, { last_by_subj: topic });
      return message ? messageOf(message) : undefined;
    });
  }

  publish(topic: string, body: Uint8Array, options: PublishOptions = {}): Promise<{ place: number }> {
    return this.run("maybe", async ({ stream }) => {
      const { headers: make } = await import("@nats-io/transport-node");
      const headers = make();
      for (const [name, value] of Object.entries(options.headers ?? {})) headers.set(name, value);
      const { seq } = await stream.publish(topic, body, {
        headers,
        timeout: this.timeoutMs,
        ...(options.id === undefined ? {} : { msgID: options.id }),
        ...(options.first ? { expect: { lastSubjectSequence: 0 } } : {}),
      });
      return { place: seq };
    });
  }

  async close(): Promise<void> {
    const open = await this.opening?.catch(() => undefined);
    this.opening = undefined;
    await open?.nats.close();
  }

  private get timeoutMs(): number {
    return this.options.timeoutMs ?? 10_000;
  }

  private open(): Promise<Open> {
    this.opening ??= this.connect().catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }

  private async connect(): Promise<Open> {
    const { connect } = await import("@nats-io/transport-node");
    const { jetstream, jetstreamManager } = await import("@nats-io/jetstream");
    const { url, user, password, tls } = this.options;
    const nats = await connect({
      servers: url,
      name: "dovetail adapter",
      reconnect: false,
      timeout: this.timeoutMs,
      ...(user === undefined ? {} : { user, pass: password ?? "" }),
      ...(tls ? { tls: tls.ca ? { ca: tls.ca } : {} } : {}),
    });
    void nats.closed().then(() => (this.opening = undefined));
    return {
      nats,
      stream: jetstream(nats, { timeout: this.timeoutMs }),
      manager: await jetstreamManager(nats, { timeout: this.timeoutMs, checkAPI: false }),
    };
  }

  private async run<T>(sent: Sent, work: (open: Open) => Promise<T>): Promise<T> {
    const { signal } = this.options;
    if (signal?.aborted) throw away("the session was ended", "no");
    let abort: (() => void) | undefined;
    let reached = false;
    const ended = new Promise<never>((_, reject) => {
      abort = () => reject(away("the session was ended", reached ? sent : "no"));
      signal?.addEventListener("abort", abort, { once: true });
    });
    const working = async (): Promise<T> => {
      const open = await this.open();
      reached = true;
      // A closed connection answers nothing more, and requests on it may wait out their time.
      const closed = open.nats.closed().then((): never => {
        throw away("the connection to the broker ended", sent);
      });
      closed.catch(() => undefined);
      return Promise.race([work(open), closed]);
    };
    const running = working();
    running.catch(() => undefined);
    ended.catch(() => undefined);
    try {
      return await Promise.race([running, ended]);
    } catch (error) {
      throw queueError(error, reached ? sent : "no");
    } finally {
      if (abort) signal?.removeEventListener("abort", abort);
    }
  }
}

interface Stored {
  seq: number;
  subject: string;
  data: Uint8Array;
  time: Date;
  header?: { keys(): string[]; get(name: string): string };
}

function messageOf({ seq, subject, data, time, header }: Stored): QueuedMessage {
  const headers = Object.fromEntries((header?.keys() ?? []).map((name) => [name, header?.get(name) ?? ""]));
  return { place: seq, topic: subject, body: data, headers, at: time.toISOString() };
}

function away(message: string, sent: Sent): AdapterError {
  return new AdapterError(message, { category: "TRANSIENT", code: "ERP001", sent });
}

/** What the client library threw, in our terms. */
function queueError(cause: unknown, sent: Sent): AdapterError {
  if (cause instanceof AdapterError) return cause;
  const { name = "", message = "", code } = cause as { name?: string; message?: string; code?: unknown };
  if (/Authorization|UserAuthentication|PermissionViolation/i.test(`${name} ${message}`))
    return new AdapterError("the broker refuses this user", { category: "AUTH", code: "ERP002", sent: "no", cause });
  if (code === 10071 || /wrong last sequence/i.test(message))
    return new AdapterError("there is a message of this subject", {
      category: "CONFLICT",
      code: "CONFLICT",
      sent: "no",
    });
  if (/stream not found/i.test(message) || name === "StreamNotFoundError" || code === 10059)
    return new AdapterError("the broker has no such stream", {
      category: "VALIDATION",
      code: "ERP008",
      sent: "no",
      cause,
    });
  // Nobody took it: no stream keeps the subject, or its leader is away for a moment.
  const inner = (cause as { cause?: { name?: string; message?: string } }).cause;
  if (/no ?responders|JetStreamNotEnabled/i.test(`${name} ${message} ${inner?.name} ${inner?.message}`))
    return new AdapterError("no stream of the broker takes this subject", {
      category: "TRANSIENT",
      code: "ERP001",
      sent: "no",
      cause,
    });
  return new AdapterError("the message broker could not be reached or does not answer", {
    category: "TRANSIENT",
    code: "ERP001",
    sent,
    cause,
  });
}
