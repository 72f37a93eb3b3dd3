interface Waiter<T> {
  turn: number;
  resolve: (value: T) => void;
  reject: (error: Error) => void;
}

/** Who waits, by turn; of equal turns the first come. */
export class Waiting<T> {
  private readonly waiters: Waiter<T>[] = [];

  get size(): number {
    return this.waiters.length;
  }

  add(turn: number): Promise<T> {
    return new Promise((resolve, reject) => {
      let at = this.waiters.length;
      while (at > 0 && (this.waiters[at - 1] as Waiter<T>).turn > turn) at--;
      this.waiters.splice(at, 0, { turn, resolve, reject });
    });
  }

  next(value: T): void {
    this.waiters.shift()?.resolve(value);
  }

  refuse(error: Error): void {
    for (const waiter of this.waiters.splice(0)) waiter.reject(error);
  }
}
