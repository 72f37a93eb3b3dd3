import type { Logger } from "@dovetail/service-kit";
import type { NatsConnection, Subscription } from "@nats-io/transport-node";
import { toldBy, type FeedReader } from "./feed-reader";
import type { Store } from "./store";
import type { ErpEvent } from "./wire";

/**
 * Takes events from the bus as they come. Messages may be lost, doubled or out of order; therefore the place in the
 * feed never moves here: an event says nothing about those before it.
 */
export class Listener {
  private readonly subscription: Subscription;
  private readonly loop: Promise<void>;

  constructor(
    private readonly store: Store,
    private readonly feed: FeedReader,
    private readonly about: { tenant: string; entities: ReadonlySet<string> },
    bus: NatsConnection,
    private readonly log: Logger,
  ) {
    this.subscription = bus.subscribe(`erp.${about.tenant}.>`);
    this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.subscription.unsubscribe();
    await this.loop;
  }

  private async run(): Promise<void> {
    for await (const message of this.subscription) {
      try {
        await this.take(message.json<ErpEvent>());
      } catch (error) {
        this.log.warn({ err: error, subject: message.subject }, "an event was not taken; the feed will bring it");
        this.feed.nudge();
      }
    }
  }

  private async take(event: ErpEvent): Promise<void> {
    if (!this.about.entities.has(event.data.entityType)) return;
    const told = event.type.endsWith(".baseline") ? undefined : toldBy(event);
    if (told) await this.store.take([told]);
    else this.feed.nudge();
  }
}
