/** Time as a dependency: everything that waits or measures takes one, so that tests decide what time it is. */
export interface Clock {
  /** Milliseconds since 1970, the wall clock. May jump; never used to measure. */
  now(): number;
  /** Milliseconds since an arbitrary start; never goes back. For deadlines and durations. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it aborts, leaving no timer behind. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
