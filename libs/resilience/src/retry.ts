import { backoff } from "./backoff";
import type { Clock } from "./clock";
import { systemClock } from "./system-clock";

/** `true`: by back-off. `{afterMs}`: not before that, as the other side asked (Retry-After). `false`: give up. */
export type RetryDecision = boolean | { afterMs: number };

export interface RetryOptions {
  /** Calls in total, at least 1. */
  attempts: number;
  /** Delay before the second call, milliseconds (default 500). Doubles each time. */
  baseMs?: number;
  /** Longest back-off, milliseconds (default 30,000). A longer wait that the other side asked for is kept. */
  maxMs?: number;
  /** Random share of each delay, 0 to 1 (default 0.5). */
  jitter?: number;
  /** Asked after each failure but the last; default: always. `attempt` counts the calls made, from 1. */
  shouldRetry?: (error: unknown, attempt: number) => RetryDecision;
  /** Ends waiting and further calls; `fn` receives it to end its own work. */
  signal?: AbortSignal;
  clock?: Clock;
  random?: () => number;
}

/**
 * Calls `fn` until it succeeds, `attempts` are used up or `shouldRetry` says no; then throws the last error.
 * Aborted: throws the signal's reason. `fn` receives the number of the call, from 1.
 */
export async function retry<T>(fn: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { attempts, shouldRetry = () => true, signal, clock = systemClock } = options;
  const { baseMs = 500, maxMs = 30_000, jitter = 0.5, random = Math.random } = options;
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await fn(attempt);
    } catch (error) {
      if (attempt >= attempts || signal?.aborted) throw error;
      const decision = shouldRetry(error, attempt);
      if (decision === false) throw error;
      const delay = backoff(attempt, { baseMs, maxMs, jitter, random });
      // Never earlier than asked; the back-off is added as spread so that waiters do not return in one herd.
      await clock.sleep(decision === true ? delay : decision.afterMs + Math.min(delay, baseMs), signal);
    }
  }
}
