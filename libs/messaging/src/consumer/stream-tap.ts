import { streamOf, type DomainEvent, type Producer } from "@dovetail/contracts";
import { AckPolicy, DeliverPolicy, jetstreamManager, type ConsumerMessages } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import type { Bus } from "../bus";
import { declareStream } from "../event-log/streams";
import { fromWire } from "../event-log/wire-event";
import type { Log } from "../log";

/** After any of these the consumer may be gone; a stream that was made again would deliver nothing, silently. */
const BROKEN: ReadonlySet<string> = new Set([
  "heartbeats_missed",
  "consumer_not_found",
  "consumer_deleted",
  "stream_not_found",
  "no_responders",
]);

/**
 * Listens to what a producer's stream receives from now on. It remembers nothing: each opening declares stream and
 * consumer anew, and what was missed in between is read from the log.
 */
export class StreamTap {
  private messages: ConsumerMessages | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly producer: Producer,
    private readonly onEvent: (event: DomainEvent) => void,
    private readonly log: Log,
  ) {}

  get open(): boolean {
    return this.messages !== undefined;
  }

  /** Starts listening; throws when the broker does not let it. */
  async start(onBroken: () => void): Promise<void> {
    await this.stop();
    const { connection } = this.bus;
    await declareStream(connection, this.producer);
    const stream = streamOf(this.producer);
    const manager = await jetstreamManager(connection, { checkAPI: false });
    const info = await manager.consumers.add(stream, {
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.New,
      inactive_threshold: nanos(30_000),
      mem_storage: true,
      num_replicas: 1,
    });
    const consumer = await manager.jetstream().consumers.get(stream, info.name);
    const messages = await consumer.consume({
      max_messages: 500,
      idle_heartbeat: 5000,
      callback: (message) => this.receive(message.data),
    });
    this.messages = messages;
    void this.watch(messages, onBroken);
  }

  async stop(): Promise<void> {
    const messages = this.messages;
    this.messages = undefined;
    // Not waited for: with the broker away it would not end.
    void messages?.close().catch(() => undefined);
  }

  private receive(data: Uint8Array): void {
    try {
      const event = fromWire(
        JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString()),
        this.producer,
      );
      if (event) this.onEvent(event);
    } catch (error) {
      this.log.warn({ err: error }, "a message of the stream is no event");
    }
  }

  private async watch(messages: ConsumerMessages, onBroken: () => void): Promise<void> {
    for await (const notice of messages.status()) {
      if (!BROKEN.has(notice.type)) continue;
      this.log.warn({ notice: notice.type }, "the stream's consumer is broken");
      break;
    }
    if (this.messages !== messages) return;
    await this.stop();
    onBroken();
  }
}
