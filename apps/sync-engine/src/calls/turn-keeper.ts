import type { Clock } from "@dovetail/resilience";
import { Inject, Injectable } from "@nestjs/common";
import { CLOCK } from "../tokens";
import { FairClaims, type Caps } from "./fair-claims";
import { TurnRepository } from "./turn.repository";

/** What this process knows of its accounts when it claims their work. */
@Injectable()
export class TurnKeeper {
  private readonly until = new Map<number, number>();
  private readonly calls = new Map<number, number>();

  constructor(
    private readonly repository: TurnRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Claims for one runner. */
  claims(caps: Caps): FairClaims {
    return new FairClaims(this.repository, this, this.clock, caps);
  }

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

  /** How many calls the account allows at the same time. */
  allows(queue: number, calls: number): void {
    this.calls.set(queue, calls);
  }

  /** 0: not known yet. */
  callsOf(queue: number): number {
    return this.calls.get(queue) ?? 0;
  }
}
