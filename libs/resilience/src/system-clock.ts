import { performance } from "node:perf_hooks";
import type { Clock } from "./clock";

/** Node's timers fire at once above this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function sleepOnce(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", aborted);
      settle();
    };
    const aborted = () => finish(() => reject(signal?.reason));
    const timer = setTimeout(() => finish(resolve), Math.max(0, ms));
    signal?.addEventListener("abort", aborted, { once: true });
  });
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    signal?.throwIfAborted();
    let left = ms;
    while (left > LONGEST_TIMER_MS) {
      await sleepOnce(LONGEST_TIMER_MS, signal);
      left -= LONGEST_TIMER_MS;
    }
    await sleepOnce(left, signal);
  },
};
