import type { Store } from "./store";
import type { Json, Row } from "./values";

/** One write as the journal tells it. */
export interface JournalWrite {
  model: string;
  id: number;
  method: string;
  values: Json;
  reference: string | null;
}

interface Change {
  model: string;
  id: number;
  before: Row | undefined;
  after: Row | undefined;
}

/** What a committed transaction leaves: rows by (model, id), null = deleted. */
export interface CommitImage {
  rows: [string, number, Row | null][];
  counters: [string, number][];
}

/**
 * The writes of one request. Every row it touches carries `stamp`, the transaction's START, as PostgreSQL's now() does.
 * Ids and counters are drawn at once and never given back, as sequences are.
 */
export class Transaction {
  private changes: Change[] = [];
  private readonly counters = new Map<string, number>();
  readonly writes: JournalWrite[] = [];
  /** Work for after the commit, such as webhooks. */
  readonly afterCommit: (() => void)[] = [];

  constructor(
    readonly store: Store,
    /** `YYYY-MM-DD HH:MM:SS.ffffff`, UTC. */
    readonly stamp: string,
  ) {}

  get isEmpty(): boolean {
    return this.changes.length === 0;
  }

  put(model: string, id: number, row: Row | undefined): void {
    this.changes.push({ model, id, before: this.store.row(model, id), after: row });
    this.store.put(model, id, row);
  }

  nextId(model: string): number {
    return this.store.table(model).next++;
  }

  nextNumber(counter: string): number {
    const next = (this.store.counters.get(counter) ?? 0) + 1;
    this.store.counters.set(counter, next);
    this.counters.set(counter, next);
    return next;
  }

  /** The rows that it locks. */
  rows(): string[] {
    return [...new Set(this.changes.map(({ model, id }) => `${model}/${id}`))];
  }

  /** Takes every change back; `redo` may put them in again. */
  undo(): void {
    for (const change of [...this.changes].reverse()) this.store.put(change.model, change.id, change.before);
  }

  redo(): void {
    for (const change of this.changes) this.store.put(change.model, change.id, change.after);
  }

  image(): CommitImage {
    const last = new Map<string, [string, number, Row | null]>();
    for (const { model, id, after } of this.changes) last.set(`${model}/${id}`, [model, id, after ?? null]);
    return { rows: [...last.values()], counters: [...this.counters] };
  }
}
