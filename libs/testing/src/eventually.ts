import { setTimeout as sleep } from "node:timers/promises";

/**
 * Calls `fn` until it neither throws nor answers false, and gives its answer; then every 10 to 100 ms.
 * After `timeoutMs` (5,000) throws the last error.
 */
export async function eventually<T>(fn: () => T | Promise<T>, { timeoutMs = 5_000 } = {}): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (let pause = 10; ; pause = Math.min(100, pause * 2)) {
    let last: unknown;
    try {
      const value = await fn();
      if (value !== false) return value;
      last = new Error("the condition stayed false");
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${String(last)}`, { cause: last });
    await sleep(pause);
  }
}
