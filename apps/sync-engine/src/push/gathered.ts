interface Waiting<I, O> {
  item: I;
  resolve: (value: O) => void;
  reject: (error: unknown) => void;
}

/** What a group of calls comes to: one answer for each item, in their order. */
export type Run<I, O> = (items: readonly I[]) => Promise<readonly O[]>;

/** As many make a call worth while; fewer wait a little for others, but only behind a call that was shared. */
const WORTH_WHILE = 32;
const LINGER_MS = 4;

/**
 * Calls of one group that come while one is under way leave together as the next one: a commit serves all that waited for
 * the commit before. One that comes alone leaves at once. A failure that `isOfOne` says to be one item's has every item of that call tried alone.
 */
export class Gathered<I, O> {
  private readonly groups = new Map<string, Waiting<I, O>[]>();

  constructor(
    private readonly run: Run<I, O>,
    private readonly isOfOne: (error: unknown) => boolean,
    private readonly most = 100,
  ) {}

  call(group: string, item: I): Promise<O> {
    return new Promise((resolve, reject) => {
      const waiting = this.groups.get(group) ?? this.open(group);
      waiting.push({ item, resolve, reject });
    });
  }

  private open(group: string): Waiting<I, O>[] {
    const waiting: Waiting<I, O>[] = [];
    this.groups.set(group, waiting);
    // what comes in the same turn of the event loop leaves with the first
    setImmediate(() => void this.work(group, waiting));
    return waiting;
  }

  private async work(group: string, waiting: Waiting<I, O>[]): Promise<void> {
    while (waiting.length > 0) {
      const calls = waiting.splice(0, this.most);
      await this.together(calls);
      if (calls.length > 1 && waiting.length < WORTH_WHILE) await this.linger();
    }
    this.groups.delete(group);
  }

  private linger(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, LINGER_MS));
  }

  private async together(calls: readonly Waiting<I, O>[]): Promise<void> {
    try {
      const answers = await this.run(calls.map(({ item }) => item));
      calls.forEach(({ resolve }, i) => resolve(answers[i] as O));
    } catch (error) {
      if (calls.length > 1 && this.isOfOne(error)) for (const call of calls) await this.together([call]);
      else calls.forEach(({ reject }) => reject(error));
    }
  }
}
