import type { Clock } from "./clock";
import { systemClock } from "./system-clock";

/** Thrown by `withTimeout`; `ms` is the limit that passed. */
export class TimeoutError extends Error {
  constructor(readonly ms: number) {
    super(`no result within ${ms} ms`);
    this.name = "TimeoutError";
  }
}

/**
 * Runs `fn` with a signal that aborts after `ms` milliseconds or when `signal` does; rejects then at once
 * (TimeoutError or the signal's reason), even if `fn` ignores its signal. No timer is left behind.
 */
export async function withTimeout<T>(
  fn: (signal: AbortSignal) => Promise<T>,
  ms: number,
  signal?: AbortSignal,
  clock: Clock = systemClock,
): Promise<T> {
  signal?.throwIfAborted();
  const work = new AbortController();
  const timer = new AbortController();
  const ended = new Promise<never>((_, reject) => {
    work.signal.addEventListener("abort", () => reject(work.signal.reason), { once: true });
  });
  const outerAborted = () => work.abort(signal?.reason);
  signal?.addEventListener("abort", outerAborted, { once: true });
  clock.sleep(ms, timer.signal).then(
    () => work.abort(new TimeoutError(ms)),
    () => undefined,
  );
  try {
    return await Promise.race([fn(work.signal), ended]);
  } finally {
    timer.abort();
    signal?.removeEventListener("abort", outerAborted);
    // `ended` may reject after the race was won by an error of `fn`.
    ended.catch(() => undefined);
  }
}
