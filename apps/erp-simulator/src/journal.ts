import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Store } from "./odoo/store";
import type { CommitImage, JournalWrite } from "./odoo/transaction";
import type { Row } from "./odoo/values";

/** One committed write, in the order of commits; `at` is the commit's time, ISO 8601 UTC. */
export interface JournalEntry extends JournalWrite {
  seq: number;
  at: string;
}

interface JournalLine extends CommitImage {
  entries: JournalEntry[];
}

interface Snapshot {
  seq: number;
  tables: Record<string, { next: number; rows: [number, Row][] }>;
  counters: [string, number][];
}

/**
 * The append-only journal: one JSON line per committed transaction, written before the answer leaves.
 * With a directory it is also the database: a snapshot plus the lines behind it give the same rows and ids.
 */
export class Journal {
  readonly entries: JournalEntry[] = [];
  private seq = 0;
  private readonly file: string | undefined;
  private readonly snapshotFile: string | undefined;

  constructor(
    private readonly store: Store,
    private readonly now: () => number,
    directory?: string,
  ) {
    if (directory === undefined) return;
    mkdirSync(directory, { recursive: true });
    this.file = join(directory, "journal.jsonl");
    this.snapshotFile = join(directory, "snapshot.json");
  }

  /** Brings the rows back; false when there was nothing to bring back. */
  load(): boolean {
    const from = this.loadSnapshot();
    const lines = this.loadLines(from);
    return from > 0 || lines > 0;
  }

  private loadSnapshot(): number {
    if (!this.snapshotFile || !existsSync(this.snapshotFile)) return 0;
    const snapshot = JSON.parse(readFileSync(this.snapshotFile, "utf8")) as Snapshot;
    for (const [model, { next, rows }] of Object.entries(snapshot.tables)) {
      if (!this.store.tables.has(model)) continue;
      for (const [id, row] of rows) this.store.put(model, id, row);
      this.store.table(model).next = next;
    }
    for (const [name, value] of snapshot.counters) this.store.counters.set(name, value);
    return snapshot.seq;
  }

  private loadLines(after: number): number {
    if (!this.file || !existsSync(this.file)) return 0;
    const text = readFileSync(this.file, "utf8");
    const end = text.lastIndexOf("\n") + 1;
    // A process that was killed may leave half a line: that transaction was never answered.
    if (end < text.length) truncateSync(this.file, Buffer.byteLength(text.slice(0, end)));
    const lines = text.slice(0, end).split("\n").filter(Boolean);
    for (const line of lines) {
      const { entries, rows, counters } = JSON.parse(line) as JournalLine;
      this.entries.push(...entries);
      const last = entries[entries.length - 1]?.seq ?? 0;
      this.seq = Math.max(this.seq, last);
      if (last <= after) continue;
      for (const [model, id, row] of rows)
        if (this.store.tables.has(model)) this.store.put(model, id, row ?? undefined);
      for (const [name, value] of counters) this.store.counters.set(name, value);
    }
    return lines.length;
  }

  /** Appends one transaction. */
  append(writes: readonly JournalWrite[], image: CommitImage): JournalEntry[] {
    const at = new Date(this.now()).toISOString();
    const entries = writes.map((write) => ({ seq: ++this.seq, at, ...write }));
    this.entries.push(...entries);
    if (this.file) appendFileSync(this.file, `${JSON.stringify({ entries, ...image })}\n`);
    return entries;
  }

  /** Writes a snapshot, so that the next start need not replay what it holds. */
  snapshot(): void {
    if (!this.snapshotFile) return;
    const tables: Snapshot["tables"] = {};
    for (const [model, table] of this.store.tables) tables[model] = { next: table.next, rows: [...table.rows] };
    const snapshot: Snapshot = { seq: this.seq, tables, counters: [...this.store.counters] };
    writeFileSync(`${this.snapshotFile}.new`, JSON.stringify(snapshot));
    renameSync(`${this.snapshotFile}.new`, this.snapshotFile);
  }
}
