import type { NatsConnection } from "@nats-io/transport-node";
import type { Log } from "./log";

/**
 * Follows whether the connection stands. Requests in flight when it breaks are ended at once:
 * their answers cannot arrive any more.
 */
export class LinkState {
  private up = true;
  private readonly waiting = new Set<() => void>();
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly connection: NatsConnection,
    private readonly log: Log,
  ) {
    void this.follow();
  }

  get status(): "up" | "down" {
    return this.up && !this.connection.isClosed() ? "up" : "down";
  }

  /** Calls `fn` after each repaired loss; answers how to stop that. */
  onReconnect(fn: () => void): () => void {
    this.listeners.add(fn);
    return () => this.listeners.delete(fn);
  }

  /** `work`, or the error of `lost()` as soon as the connection breaks. */
  whileUp<T>(work: Promise<T>, lost: () => Error): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = (): void => reject(lost());
      this.waiting.add(end);
      work.then(resolve, reject).finally(() => this.waiting.delete(end));
    });
  }

  private async follow(): Promise<void> {
    for await (const event of this.connection.status()) {
      if (event.type === "disconnect" || event.type === "close") this.goDown();
      else if (event.type === "reconnect") this.comeBack();
      else if (event.type === "error") this.log.warn({ err: event.error }, "the broker reports an error");
    }
    this.goDown();
  }

  private goDown(): void {
    if (this.up && !this.connection.isClosed()) this.log.warn({}, "connection to the broker lost");
    this.up = false;
    for (const end of this.waiting) end();
    this.waiting.clear();
  }

  private comeBack(): void {
    this.up = true;
    this.log.info({}, "connection to the broker is back");
    for (const listener of this.listeners) {
      try {
        listener();
      } catch (error) {
        this.log.error({ err: error }, "a listener for the broker's return failed");
      }
    }
  }
}
