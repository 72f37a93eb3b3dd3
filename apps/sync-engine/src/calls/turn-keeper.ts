import type { Clock } from "@dovetail/resilience";
import { Inject, Injectable } from "@nestjs/common";
import { CLOCK } from "../tokens";

/** Which accounts' work is not worth claiming in this process for a moment. */
@Injectable()
export class TurnKeeper {
  private readonly until = new Map<number, number>();

  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** Rows of this queue would only go back. */
  passOver(queue: number, ms: number): void {
    this.until.set(queue, this.clock.monotonic() + ms);
  }

  /** The queues that are passed over now. */
  passedOver(): number[] {
    const now = this.clock.monotonic();
    for (const [queue, until] of this.until) if (until <= now) this.until.delete(queue);
    return [...this.until.keys()];
  }
}
