import type { JsonObject } from "@dovetail/domain";

/** One stored row or document. */
export interface StoredRow {
  externalId: string;
  version: string;
  /** The stamp the row carries, milliseconds since 1970, in whole steps of the ERP's resolution. */
  stamp: number;
  /** When it was committed: before that nobody sees it, whatever its stamp says. */
  visibleAt: number;
  body: JsonObject;
  reference?: string;
  childrenComplete: boolean;
}

/** The rows of one entity in ascending order of their numeric ids. */
export class Table {
  private readonly rows = new Map<string, StoredRow>();
  private readonly removed = new Map<string, number>();
  private nextId = 1;

  newId(): string {
    return String(this.nextId++);
  }

  put(row: StoredRow): void {
    this.rows.set(row.externalId, row);
  }

  /** Takes the row out and remembers when. */
  remove(externalId: string, at: number): boolean {
    if (!this.rows.delete(externalId)) return false;
    this.removed.set(externalId, at);
    return true;
  }

  /** As a reader sees it at `now`. */
  get(externalId: string, now: number): StoredRow | undefined {
    const row = this.rows.get(externalId);
    return row && row.visibleAt <= now ? row : undefined;
  }

  /** Up to `limit` visible rows with an id above `after` that match, by ascending id. */
  page(after: string | null, limit: number, now: number, matches: (row: StoredRow) => boolean): StoredRow[] {
    const found: StoredRow[] = [];
    const floor = after === null ? 0 : Number(after);
    for (const row of this.rows.values()) {
      if (found.length === limit) break;
      if (Number(row.externalId) > floor && row.visibleAt <= now && matches(row)) found.push(row);
    }
    return found;
  }

  /** Every visible row that matches. */
  find(now: number, matches: (row: StoredRow) => boolean): StoredRow[] {
    return this.page(null, Number.POSITIVE_INFINITY, now, matches);
  }

  /** Ids of rows removed from `from` to `to`, both included. */
  removedBetween(from: number, to: number): string[] {
    return [...this.removed].filter(([, at]) => at >= from && at <= to).map(([id]) => id);
  }

  get size(): number {
    return this.rows.size;
  }
}
