/** Time of the simulated server: the machine's, shifted or frozen by tests. */
export class ServerClock {
  private offset = 0;
  private frozen: number | undefined;
  private lastMicros = 0n;

  /** Milliseconds since the epoch. */
  now(): number {
    return this.frozen ?? Date.now() + this.offset;
  }

  /** For the `Date` header of answers. */
  httpDate(): string {
    return new Date(this.now()).toUTCString();
  }

  /** Moves the server's time by so many milliseconds. */
  advance(milliseconds: number): void {
    if (this.frozen !== undefined) this.frozen += milliseconds;
    else this.offset += milliseconds;
  }

  /** Stops the server's time at an instant, or lets it run again. */
  freeze(at: number | undefined): void {
    this.frozen = at;
  }

  /** A stamp with microseconds, strictly later than the one before unless the clock was turned back. */
  stamp(): string {
    let micros = BigInt(this.now()) * 1000n + ((process.hrtime.bigint() / 1000n) % 1000n);
    if (this.frozen !== undefined) micros = BigInt(this.frozen) * 1000n + 1n;
    if (micros === this.lastMicros) micros += 1n;
    this.lastMicros = micros;
    const seconds = new Date(Number(micros / 1000n)).toISOString().slice(0, 19).replace("T", " ");
    return `${seconds}.${String(micros % 1_000_000n).padStart(6, "0")}`;
  }
}

/** `YYYY-MM-DD HH:MM:SS` of an instant, UTC. */
export function formatSeconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replace("T", " ");
}

/** Milliseconds of `YYYY-MM-DD HH:MM:SS[.ffffff]`, UTC. */
export function parseStamp(stamp: string): number {
  return Date.parse(`${stamp.slice(0, 19).replace(" ", "T")}Z`);
}
