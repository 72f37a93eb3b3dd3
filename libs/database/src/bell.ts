import type { Clock } from "@dovetail/resilience";

/** Waits for a time or until somebody rings; a ring while nobody waits is kept. */
export class Bell {
  private rung = false;
  private waiting: AbortController | undefined;

  constructor(private readonly clock: Clock) {}

  ring(): void {
    this.rung = true;
    this.waiting?.abort();
  }

  async wait(ms: number): Promise<void> {
    if (!this.rung) {
      this.waiting = new AbortController();
      await this.clock.sleep(ms, this.waiting.signal).catch(() => undefined);
      this.waiting = undefined;
    }
    this.rung = false;
  }
}
