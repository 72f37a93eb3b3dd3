import type { Clock } from "@dovetail/resilience";

interface Sleeper {
  at: number;
  wake(): void;
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  private sleepers: Sleeper[] = [];
  private elapsed = 0;
  private offset: number;

  /** `start`: what now() says first, milliseconds since 1970 or RFC 3339. */
  constructor(start: number | string = "2026-01-01T00:00:00.000Z") {
    this.offset = typeof start === "string" ? Date.parse(start) : start;
  }

  now(): number {
    return this.offset + this.elapsed;
  }

  monotonic(): number {
    return this.elapsed;
  }

  /** Moves the wall clock alone, as an operator or NTP does; nobody's sleep is shortened. */
  shiftWallClock(ms: number): void {
    this.offset += ms;
  }

  /** How many sleeps are waiting. */
  get waiting(): number {
    return this.sleepers.length;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (ms <= 0) return resolve();
      const remove = (): void => {
        this.sleepers = this.sleepers.filter((each) => each !== sleeper);
        signal?.removeEventListener("abort", abort);
      };
      const abort = (): void => {
        remove();
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        at: this.elapsed + ms,
        wake: () => {
          remove();
          resolve();
        },
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.sleepers.push(sleeper);
    });
  }

  /** Moves time on, waking sleepers in their order; what they do at once has run when it resolves. */
  async advance(ms: number): Promise<void> {
    const end = this.elapsed + ms;
    await settle();
    for (;;) {
      const next = this.sleepers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.elapsed = Math.max(this.elapsed, next.at);
      next.wake();
      await settle();
    }
    this.elapsed = end;
    await settle();
  }
}

// Lets promise chains of the woken code run, also those that pass through a turn of the event loop.
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}
