import { FakeClock } from "@dovetail/testing";
import fc from "fast-check";
import { backoff } from "./backoff";
import { retry } from "./retry";

const failing = (times: number) => {
  let calls = 0;
  return {
    fn: async () => {
      if (++calls <= times) throw new Error(`failure ${calls}`);
      return calls;
    },
    calls: () => calls,
  };
};

describe("backoff", () => {
  it("never exceeds maxMs nor goes below the unjittered share", () => {
    const input = fc.tuple(
      fc.integer({ min: 1, max: 2000 }),
      fc.nat(60_000),
      fc.nat(60_000),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(input, fc.double({ min: 0, max: 0.999, noNaN: true }), ([attempt, baseMs, maxMs, jitter], random) => {
        const whole = backoff(attempt, { baseMs, maxMs, jitter: 0, random: () => random });
        const delay = backoff(attempt, { baseMs, maxMs, jitter, random: () => random });
        return whole <= maxMs && delay <= whole && delay >= whole * (1 - jitter) - 1e-6;
      }),
    );
  });

  it("doubles", () => {
    const delays = [1, 2, 3, 4].map((n) => backoff(n, { baseMs: 100, maxMs: 500, jitter: 0, random: Math.random }));
    expect(delays).toEqual([100, 200, 400, 500]);
  });
});

describe("retry", () => {
  const clock = new FakeClock();
  const calm = { clock, jitter: 0, baseMs: 100, maxMs: 1000 };

  it("returns the first success after waiting in between", async () => {
    const { fn, calls } = failing(2);
    const result = retry(fn, { attempts: 5, ...calm });
    await clock.advance(99);
    expect(calls()).toBe(1);
    await clock.advance(1);
    expect(calls()).toBe(2);
    await clock.advance(200);
    await expect(result).resolves.toBe(3);
  });

  it("throws the last error when the calls are used up", async () => {
    const { fn, calls } = failing(9);
    const result = expect(retry(fn, { attempts: 3, ...calm })).rejects.toThrow("failure 3");
    await clock.advance(10_000);
    await result;
    expect(calls()).toBe(3);
  });

  it("gives up when told so", async () => {
    const { fn, calls } = failing(9);
    await expect(retry(fn, { attempts: 3, ...calm, shouldRetry: () => false })).rejects.toThrow("failure 1");
    expect(calls()).toBe(1);
  });

  it("waits at least as long as asked", async () => {
    const { fn, calls } = failing(1);
    const result = retry(fn, { attempts: 2, ...calm, shouldRetry: () => ({ afterMs: 5000 }) });
    await clock.advance(4999);
    expect(calls()).toBe(1);
    await clock.advance(1000);
    await expect(result).resolves.toBe(2);
  });

  it("an abort ends the wait at once and leaves nothing waiting", async () => {
    const stop = new AbortController();
    const { fn, calls } = failing(9);
    const result = expect(retry(fn, { attempts: 3, ...calm, signal: stop.signal })).rejects.toThrow("stopping");
    await clock.advance(1);
    stop.abort(new Error("stopping"));
    await result;
    expect(calls()).toBe(1);
    expect(clock.waiting).toBe(0);
  });
});
