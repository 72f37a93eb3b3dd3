/** Runs at most `width` pieces of work at once; others wait in order, at most `depth` of them. */
export class Gate {
  private running = 0;
  private readonly queue: (() => void)[] = [];
  private idle: (() => void)[] = [];

  constructor(
    private readonly width: number,
    private readonly depth: number,
  ) {}

  /** Starts `work` now or later; false when too many wait already. `work` must not reject. */
  enter(work: () => Promise<void>): boolean {
    if (this.running < this.width) {
      void this.run(work);
      return true;
    }
    if (this.queue.length >= this.depth) return false;
    this.queue.push(() => void this.run(work));
    return true;
  }

  /** Resolves when nothing runs or waits. */
  drained(): Promise<void> {
    if (this.running === 0) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  private async run(work: () => Promise<void>): Promise<void> {
    this.running++;
    try {
      await work();
    } finally {
      this.running--;
      this.queue.shift()?.();
      if (this.running === 0) {
        for (const resolve of this.idle) resolve();
        this.idle = [];
      }
    }
  }
}
