import { ProblemError, type CallContext, type Operation } from "@dovetail/contracts";
import { Bus, BrokerUnfitError, type BusOptions } from "@dovetail/messaging";
import type { Logger } from "@dovetail/service-kit";

type Joined = (bus: Bus) => void | Promise<void>;

const FIRST_TRY_MS = 2_000;
const LATER_TRY_MS = 10_000;

/** The gateway's way to the bus. It starts without one: notices are taken in, everything else is UNAVAILABLE. */
export class BusLink {
  private bus: Bus | undefined;
  private closed = false;
  private joining: Promise<void> | undefined;

  constructor(
    private readonly options: BusOptions,
    private readonly logger: Logger,
  ) {}

  /**
   * Tries for two seconds, then goes on trying beside the running service. `joined` is called once, with the bus.
   * Throws when the broker is configured in a way that cannot work.
   */
  async open(joined: Joined): Promise<void> {
    try {
      await this.join(FIRST_TRY_MS, joined);
    } catch (error) {
      if (error instanceof BrokerUnfitError) throw error;
      this.logger.warn({ err: error }, "the message bus cannot be reached; starting without it");
      this.joining = this.goOn(joined);
    }
  }

  /** Asks the owner of an operation. Throws ProblemError. */
  call<I extends object, O>(operation: Operation<I, O>, ctx: CallContext, input: I): Promise<O> {
    return this.bus ? this.bus.call(operation, ctx, input) : Promise.reject(unavailable());
  }

  /** Listens to progress; answers how to end it. Throws UNAVAILABLE without a bus. */
  listen(subject: string, fn: (json: unknown) => void): () => void {
    if (!this.bus) throw unavailable();
    return this.bus.subscribeCore(subject, fn);
  }

  status(): "up" | "down" {
    return this.bus?.status() ?? "down";
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.bus?.close();
    await this.joining;
  }

  private async join(connectMs: number, joined: Joined): Promise<void> {
    const bus = await Bus.connect({ ...this.options, connectMs });
    if (this.closed) return bus.close();
    await joined(bus);
    this.bus = bus;
  }

  private async goOn(joined: Joined): Promise<void> {
    while (!this.closed && !this.bus) {
      try {
        await this.join(LATER_TRY_MS, joined);
      } catch (error) {
        this.logger.warn({ err: error }, "the message bus cannot be reached");
      }
    }
  }
}

function unavailable(): ProblemError {
  return new ProblemError("UNAVAILABLE", "The message bus cannot be reached.", { retryAfterSeconds: 2 });
}
