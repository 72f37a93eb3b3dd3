/** What taking from a bucket gave. */
export interface Taken {
  ok: boolean;
  limit: number;
  remaining: number;
  /** Whole seconds: until the bucket is full again, or, when nothing was left, until there is something. */
  resetSeconds: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

const MOST_BUCKETS = 20_000;

/** Token buckets by name: `perMinute` tokens at most, refilled evenly over a minute. Times are monotonic milliseconds. */
export class TokenBuckets {
  private readonly buckets = new Map<string, Bucket>();

  constructor(readonly perMinute: number) {}

  take(name: string, now: number): Taken {
    const perMs = this.perMinute / 60_000;
    let bucket = this.buckets.get(name);
    if (!bucket) {
      if (this.buckets.size >= MOST_BUCKETS) this.dropFull(now);
      bucket = { tokens: this.perMinute, at: now };
      this.buckets.set(name, bucket);
    } else {
      bucket.tokens = Math.min(this.perMinute, bucket.tokens + (now - bucket.at) * perMs);
      bucket.at = now;
    }
    const ok = bucket.tokens >= 1;
    if (ok) bucket.tokens -= 1;
    const missing = ok ? this.perMinute - bucket.tokens : 1 - bucket.tokens;
    const resetSeconds = Math.max(ok ? 0 : 1, Math.ceil(missing / perMs / 1000));
    return { ok, limit: this.perMinute, remaining: Math.floor(bucket.tokens), resetSeconds };
  }

  /** Fills a bucket again. */
  forgive(name: string): void {
    this.buckets.delete(name);
  }

  // A full bucket says the same as none. When none is full, forgetting all is the lesser evil.
  private dropFull(now: number): void {
    const perMs = this.perMinute / 60_000;
    for (const [name, { tokens, at }] of this.buckets)
      if (tokens + (now - at) * perMs >= this.perMinute) this.buckets.delete(name);
    if (this.buckets.size >= MOST_BUCKETS) this.buckets.clear();
  }
}
