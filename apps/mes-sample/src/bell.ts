/** Lets a loop sleep until somebody rings or the time is over. A ring while nobody sleeps is kept. */
export class Bell {
  private rung = false;
  private wakeUp: (() => void) | undefined;

  ring(): void {
    this.rung = true;
    this.wakeUp?.();
  }

  async wait(ms: number): Promise<void> {
    if (!this.rung)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.rung = false;
    this.wakeUp = undefined;
  }
}
