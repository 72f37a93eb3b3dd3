import type { Clock } from "./clock";
import { systemClock } from "./system-clock";

/** closed: calls pass. open: calls are refused. half-open: one probe at a time passes. */
export type CircuitState = "closed" | "open" | "half-open";

export interface CircuitBreakerOptions {
  /** Failures in a row that open it (default 5). */
  failures?: number;
  /** How long it stays open before a probe may pass, milliseconds (default 30,000). */
  openMs?: number;
  /** Successful probes in a row that close it (default 1). */
  probes?: number;
  /** Whether an error counts (default: all). A refused record says nothing about the ERP's health. */
  isFailure?: (error: unknown) => boolean;
  clock?: Clock;
  /** Told of each change of state, for metrics and health. */
  onChange?: (state: CircuitState) => void;
}

/** Refused without a call; the earliest next probe is `retryAfterMs` away. */
export class CircuitOpenError extends Error {
  constructor(readonly retryAfterMs: number) {
    super("circuit open: the system failed repeatedly and is not called for a while");
    this.name = "CircuitOpenError";
  }
}

/** Stops calling a system that keeps failing and probes it now and then. One instance per account. */
export class CircuitBreaker {
  private current: CircuitState = "closed";
  private failed = 0;
  private succeeded = 0;
  private openedAt = 0;
  private probing = false;
  /** Raised with each change of state: the late end of a call from an earlier state says nothing of this one. */
  private era = 0;
  private readonly options: Required<CircuitBreakerOptions>;

  constructor(options: CircuitBreakerOptions = {}) {
    const quiet = () => undefined;
    const defaults = { failures: 5, openMs: 30_000, probes: 1, isFailure: () => true, clock: systemClock };
    this.options = { ...defaults, onChange: quiet, ...options };
  }

  get state(): CircuitState {
    if (this.current === "open" && this.waitMs() <= 0) this.become("half-open");
    return this.current;
  }

  /** Runs `fn` or throws CircuitOpenError without calling it. */
  async run<T>(fn: () => Promise<T>): Promise<T> {
    const state = this.state;
    if (state === "open" || (state === "half-open" && this.probing))
      throw new CircuitOpenError(Math.max(0, this.waitMs()));
    const era = this.era;
    this.probing = state === "half-open";
    try {
      const result = await fn();
      if (era === this.era) this.success();
      return result;
    } catch (error) {
      if (era === this.era) this.failure(this.options.isFailure(error));
      throw error;
    }
  }

  /** Closes it at once, for a person who repaired the cause. */
  reset(): void {
    this.become("closed");
  }

  private waitMs(): number {
    return this.openedAt + this.options.openMs - this.options.clock.monotonic();
  }

  private success(): void {
    this.probing = false;
    this.failed = 0;
    if (this.current === "half-open" && ++this.succeeded >= this.options.probes) this.become("closed");
  }

  private failure(counts: boolean): void {
    // An error that does not count is an answer: the system is there.
    if (!counts) return this.success();
    this.probing = false;
    if (this.current === "half-open" || ++this.failed >= this.options.failures) this.become("open");
  }

  private become(state: CircuitState): void {
    if (state === "open") this.openedAt = this.options.clock.monotonic();
    this.failed = 0;
    this.succeeded = 0;
    this.probing = false;
    this.era++;
    if (state === this.current) return;
    this.current = state;
    this.options.onChange(state);
  }
}
