import { Database } from "@dovetail/database";
import { Injectable } from "@nestjs/common";

/** Which account, and which process asks. */
export interface Holder {
  tenantId: string;
  num: number;
  owner: string;
}

/** What a process wants of an account for its next second or so. */
export interface Wish {
  /** The account's calls at the same time, over all processes. */
  limit: number;
  wanted: number;
  inUse: number;
  leaseMs: number;
  /** Milliseconds between two calls; null: no rate is set. */
  intervalMs: number | null;
  calls: number;
  /** Calls that were drawn and not made. */
  unused: number;
}

export interface Lease {
  slots: number;
  /** Another process wants more than it has. */
  contended: boolean;
  calls: number;
  next_call_ms: number | null;
  wait_ms: number | null;
  why: "paused" | "circuit" | null;
  probe: boolean;
  failures: number;
}

/** How the circuit opens. */
export interface CircuitRule {
  threshold: number;
  openMs: number;
  longestMs: number;
}

/** An account's budget as it stands. */
export interface BudgetRow {
  integration: number;
  failures: number;
  paused_until: string | null;
  open_until: string | null;
  probing: boolean;
}

/** SQL of the budgets that all processes share. One statement, one round trip each. */
@Injectable()
export class BudgetRepository {
  constructor(private readonly db: Database) {}

  async lease({ tenantId, num, owner }: Holder, wish: Wish): Promise<Lease> {
    const { limit, wanted, inUse, leaseMs, intervalMs, calls, unused } = wish;
    const [lease] = await this.db.call<Lease>({
      name: "lease_calls",
      text: "select * from sync_engine.lease_calls($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      values: [tenantId, num, owner, limit, wanted, inUse, leaseMs, intervalMs, calls, unused],
    });
    if (!lease) throw new Error("no lease came back");
    return lease;
  }

  /** For how long the circuit is open by it, or null. */
  async failed(holder: Holder, what: string, rule: CircuitRule): Promise<{ failures: number; openMs: number | null }> {
    const { tenantId, num, owner } = holder;
    const [row] = await this.db.call<{ failures: number; open_ms: number | null }>({
      name: "note_failure",
      text: "select * from sync_engine.note_failure($1, $2, $3, $4, $5, $6, $7)",
      values: [tenantId, num, owner, what, rule.threshold, rule.openMs, rule.longestMs],
    });
    return { failures: row?.failures ?? 0, openMs: row?.open_ms ?? null };
  }

  /** True when an open circuit was closed by it. */
  async succeeded({ tenantId, num, owner }: Holder, force: boolean): Promise<boolean> {
    const [row] = await this.db.call<{ closed: boolean }>({
      name: "note_success",
      text: "select sync_engine.note_success($1, $2, $3, $4) closed",
      values: [tenantId, num, owner, force],
    });
    return row?.closed ?? false;
  }

  /** Nobody calls the account for so long; a longer pause stays. */
  async pause({ tenantId, num }: Holder, ms: number): Promise<void> {
    await this.db.transaction(tenantId, (tx) =>
      tx.execute(
        `insert into sync_engine.call_budgets as b (tenant_id, integration, paused_until)
         values ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
         on conflict (tenant_id, integration) do update set paused_until = greatest(b.paused_until, excluded.paused_until)`,
        [tenantId, num, ms],
        "budget_pause",
      ),
    );
  }

  /** The budgets of a tenant's accounts that were called at all. */
  async all(tenantId: string): Promise<BudgetRow[]> {
    return this.db.readOnly(tenantId, (tx) =>
      tx.query<BudgetRow>(
        `select integration, failures, case when paused_until > clock_timestamp() then paused_until end paused_until, open_until,
           probe is not null and probe_until > clock_timestamp() probing
         from sync_engine.call_budgets where tenant_id = $1`,
        [tenantId],
      ),
    );
  }
}
