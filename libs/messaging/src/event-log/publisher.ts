import { eventSubject, type DomainEvent, type Producer } from "@dovetail/contracts";
import { jetstream, type JetStreamClient } from "@nats-io/jetstream";
import { headers } from "@nats-io/transport-node";
import type { Bus } from "../bus";
import { declareStream } from "./streams";
import { toWire } from "./wire-event";

/** Most publishes without an acknowledgement (pipelined: five times the rate of one at a time). */
const WINDOW = 256;
const ACK_MS = 5000;

/** Publishes events to the producer's stream in order, a window of them at a time. */
export class Publisher {
  private readonly client: JetStreamClient;
  private declared = false;
  private readonly pending = new Set<Promise<void>>();
  private failure: unknown;

  constructor(
    private readonly bus: Bus,
    private readonly producer: Producer,
    private readonly cursorOf?: (event: DomainEvent) => string,
  ) {
    this.client = jetstream(bus.connection, { timeout: ACK_MS });
    bus.onReconnect(() => (this.declared = false));
  }

  /** Declares the stream when it may be missing. */
  async prepare(): Promise<void> {
    await Promise.all(this.pending);
    this.failure = undefined;
    if (this.declared) return;
    await declareStream(this.bus.connection, this.producer);
    this.declared = true;
  }

  /** Sends one event when the window has room. `rowId` and ordinal are its identity for the broker. */
  async send(event: DomainEvent, rowId: string): Promise<void> {
    while (this.pending.size >= WINDOW && !this.failure) await Promise.race(this.pending);
    if (this.failure) throw this.failure;
    const sent = this.publish(event, rowId)
      .catch((error: unknown) => {
        this.failure ??= error;
        // No answer may mean that the stream is gone.
        this.declared = false;
      })
      .finally(() => this.pending.delete(sent));
    this.pending.add(sent);
  }

  /** Waits for all acknowledgements; throws when one did not come. */
  async settle(): Promise<void> {
    await Promise.all(this.pending);
    if (this.failure) throw this.failure;
  }

  private async publish(event: DomainEvent, rowId: string): Promise<void> {
    const isRecord = event.type.startsWith("record.");
    const body = JSON.stringify(toWire(event, isRecord ? this.cursorOf?.(event) : undefined));
    const options = { msgID: `${rowId}:${event.ordinal}` };
    if (event.traceparent === undefined) {
      await this.client.publish(eventSubject(event), body, options);
      return;
    }
    const sent = headers();
    sent.set("traceparent", event.traceparent);
    await this.client.publish(eventSubject(event), body, { ...options, headers: sent });
  }
}
