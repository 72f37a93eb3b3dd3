export interface BackoffOptions {
  /** Delay after the first failure, milliseconds. */
  baseMs: number;
  /** No delay is longer, milliseconds. */
  maxMs: number;
  /** Share of the delay that is random: 0 none, 1 all of it ("full jitter"). */
  jitter: number;
  /** In [0, 1). */
  random: () => number;
}

/**
 * Exponential delay before call `attempt + 1`, milliseconds; `attempt` counts the calls made, from 1.
 * Jitter only shortens, so `maxMs` holds.
 */
export function backoff(attempt: number, { baseMs, maxMs, jitter, random }: BackoffOptions): number {
  const whole = Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 52));
  return whole * (1 - jitter * random());
}
