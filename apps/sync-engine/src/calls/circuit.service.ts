import type { CircuitView } from "@dovetail/contracts";
import type { Clock } from "@dovetail/resilience";
import { Inject, Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import { CLOCK } from "../tokens";
import { BudgetRepository, type BudgetRow } from "./budget.repository";
import { maintenanceUntil } from "./maintenance";

/** Tells whether accounts can be called. */
@Injectable()
export class CircuitService {
  constructor(
    private readonly repository: BudgetRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Whether the account failed so often that it is not called now, whichever process met the failures. Once its time is over
   * it counts as closed until somebody probes it: whoever asks then is the probe.
   */
  async isOpen(account: Account): Promise<boolean> {
    const row = (await this.repository.all(account.tenantId)).find(({ integration }) => integration === account.num);
    if (row?.open_until == null) return false;
    return row.probing || Date.parse(row.open_until) > this.clock.now();
  }

  async standing(account: Account): Promise<CircuitView> {
    return (await this.standings(account.tenantId))(account);
  }

  /** The standing of each of a tenant's accounts, from one read. */
  async standings(tenantId: string): Promise<(account: Account) => CircuitView> {
    const rows = new Map((await this.repository.all(tenantId)).map((row) => [row.integration, row]));
    return (account) => this.view(account, rows.get(account.num));
  }

  private view(account: Account, row: BudgetRow | undefined): CircuitView {
    const quietMs = maintenanceUntil(account, this.clock.now());
    const state = row?.open_until == null ? "closed" : row.probing ? "half-open" : "open";
    const standing = { state, failures: row?.failures ?? 0 } as const;
    if (quietMs !== undefined)
      return {
        ...standing,
        waitsUntil: new Date(this.clock.now() + quietMs).toISOString(),
        waitsFor: "maintenance",
      };
    if (row?.open_until != null) return { ...standing, waitsUntil: row.open_until, waitsFor: "circuit" };
    return {
      ...standing,
      waitsUntil: row?.paused_until ?? null,
      waitsFor: row?.paused_until == null ? null : "paused",
    };
  }
}
