/** So many at the same time; the others wait in the order of their coming. */
export class Slots {
  private taken = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private limit: number) {}

  /** From now on so many. Those that are taken stay so. */
  resize(limit: number): void {
    this.limit = limit;
    this.admit();
  }

  /** Resolves with what gives the slot back, to be called once. */
  take(): Promise<() => void> {
    return new Promise((resolve) => {
      this.waiting.push(() => resolve(() => this.give()));
      this.admit();
    });
  }

  private give(): void {
    this.taken--;
    this.admit();
  }

  private admit(): void {
    while (this.taken < this.limit) {
      const next = this.waiting.shift();
      if (!next) return;
      this.taken++;
      next();
    }
  }
}
