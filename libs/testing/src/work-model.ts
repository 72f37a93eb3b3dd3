/** A row of the work table, times in milliseconds. */
export interface ModelWork {
  kind: string;
  id: string;
  dueAt: number;
  priority: number;
  leaseUntil: number | null;
  epoch: number;
  again: boolean;
}

/** Work that was claimed; `deadline` is the holder's own. */
export interface ModelClaim {
  kind: string;
  id: string;
  epoch: number;
  deadline: number;
}

/**
 * The rules of the work table of `@dovetail/database` in memory, one call one transaction: for simulations. A spec of that
 * library runs both side by side.
 */
export class WorkModel {
  readonly rows = new Map<string, ModelWork>();
  private epochs = 0;

  constructor(private readonly now: () => number) {}

  enqueue({ kind, id, dueInMs = 0, priority = 5 }: { kind: string; id: string; dueInMs?: number; priority?: number }) {
    const dueAt = this.now() + dueInMs;
    const row = this.rows.get(`${kind}/${id}`);
    if (!row) {
      this.rows.set(`${kind}/${id}`, { kind, id, dueAt, priority, leaseUntil: null, epoch: 0, again: false });
      return;
    }
    row.dueAt = row.leaseUntil === null || row.again ? Math.min(row.dueAt, dueAt) : dueAt;
    row.priority = Math.min(row.priority, priority);
    row.again = row.leaseUntil !== null;
  }

  /** One row that is due: those whose lease ran out first, then by priority and time. */
  claim(kinds: readonly string[], leaseMs: number): ModelClaim | undefined {
    const now = this.now();
    let next: ModelWork | undefined;
    for (const row of this.rows.values())
      if (kinds.includes(row.kind) && isDue(row, now) && comesFirst(row, next)) next = row;
    if (!next) return undefined;
    next.leaseUntil = now + leaseMs;
    next.epoch = ++this.epochs;
    next.again = false;
    return { kind: next.kind, id: next.id, epoch: next.epoch, deadline: now + leaseMs };
  }

  renew(claim: ModelClaim, leaseMs: number): boolean {
    const row = this.held(claim);
    if (!row) return false;
    row.leaseUntil = claim.deadline = this.now() + leaseMs;
    return true;
  }

  /** The row while the claim is its last; a lease that ran out is held until another takes the row. */
  held(claim: ModelClaim): ModelWork | undefined {
    const row = this.rows.get(`${claim.kind}/${claim.id}`);
    return row && row.epoch === claim.epoch && row.leaseUntil !== null ? row : undefined;
  }

  finish(claim: ModelClaim): boolean {
    const row = this.held(claim);
    if (!row) return false;
    if (row.again) Object.assign(row, { leaseUntil: null, again: false });
    else this.rows.delete(`${claim.kind}/${claim.id}`);
    return true;
  }

  reschedule(claim: ModelClaim, dueInMs: number): boolean {
    const row = this.held(claim);
    if (!row) return false;
    const dueAt = Math.min(this.now() + dueInMs, row.again ? row.dueAt : Infinity);
    Object.assign(row, { leaseUntil: null, again: false, dueAt });
    return true;
  }
}

function isDue(row: ModelWork, now: number): boolean {
  return row.leaseUntil === null ? row.dueAt <= now : row.leaseUntil < now;
}

function comesFirst(row: ModelWork, than: ModelWork | undefined): boolean {
  if (!than) return true;
  const [expired, thanExpired] = [row.leaseUntil !== null, than.leaseUntil !== null];
  if (expired !== thanExpired) return expired;
  return row.priority < than.priority || (row.priority === than.priority && row.dueAt < than.dueAt);
}
