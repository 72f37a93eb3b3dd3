import { Slots } from "./slots";

/** A request is marked so long before its call is likely to be free: a few commits. */
const AHEAD_MS = 100;
const [LEAST, MOST] = [2, 128];
/** How much one call says about the next. */
const WEIGHT = 0.1;

/**
 * How many requests of one account may be marked and wait for a call: as many as its ERP takes in the time of a few commits.
 * With fewer, calls wait for commits; more would only be asked about for nothing should the process end.
 */
export class MarkedAhead {
  private readonly slots = new Slots(LEAST);
  private callMs: number | undefined;

  /** Resolves with what ends the waiting, to be called once. */
  take(): Promise<() => void> {
    return this.slots.take();
  }

  /** A call took so long, while at most so many are made at once. */
  called(ms: number, atOnce: number): void {
    this.callMs = this.callMs === undefined ? ms : this.callMs + WEIGHT * (ms - this.callMs);
    const inTime = Math.ceil((atOnce * AHEAD_MS) / Math.max(this.callMs, 0.1));
    this.slots.resize(Math.min(MOST, Math.max(LEAST, inTime)));
  }
}
