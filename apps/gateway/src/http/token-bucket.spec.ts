import fc from "fast-check";
import { TokenBuckets } from "./token-bucket";

describe("TokenBuckets", () => {
  it("never gives more than its size and what was refilled since", () => {
    const steps = fc.array(fc.nat({ max: 5000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), steps, (perMinute, pauses) => {
        const buckets = new TokenBuckets(perMinute);
        let now = 0;
        let given = 0;
        for (const pause of pauses) {
          now += pause;
          if (buckets.take("a", now).ok) given++;
          expect(given).toBeLessThanOrEqual(perMinute + (now / 60_000) * perMinute + 1e-6);
        }
      }),
    );
  });

  it("gives again after the time that it names", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), (perMinute) => {
        const buckets = new TokenBuckets(perMinute);
        let taken = buckets.take("a", 0);
        for (let i = 0; taken.ok; i++) taken = buckets.take("a", i / 1000);
        expect(taken.remaining).toBe(0);
        expect(buckets.take("a", 1 + taken.resetSeconds * 1000).ok).toBe(true);
      }),
    );
  });

  it("keeps names apart, forgives, and says what is left", () => {
    const buckets = new TokenBuckets(2);
    expect(buckets.take("a", 0)).toEqual({ ok: true, limit: 2, remaining: 1, resetSeconds: 30 });
    buckets.take("a", 0);
    expect(buckets.take("a", 0)).toEqual({ ok: false, limit: 2, remaining: 0, resetSeconds: 30 });
    expect(buckets.take("b", 0).ok).toBe(true);
    buckets.forgive("a");
    expect(buckets.take("a", 0).ok).toBe(true);
  });

  it("forgets full buckets before it grows without end", () => {
    const buckets = new TokenBuckets(60);
    for (let i = 0; i < 20_000; i++) buckets.take(`old ${i}`, 0);
    for (let i = 0; i < 30; i++) buckets.take("busy", 60_000);
    expect(buckets.take("busy", 60_000).remaining).toBe(29);
  });
});
