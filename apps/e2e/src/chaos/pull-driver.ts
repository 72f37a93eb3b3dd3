import { setTimeout as sleep } from "node:timers/promises";
import type { ExecuteAnswer } from "@dovetail/contracts";
import type { ChaosErp } from "./erps/erp";
import type { TenantWorld } from "../tenant-world";

/** Has the ERPs read again and again, as schedules do that are shorter than cron can say. */
export class PullDriver {
  /** Every job that was asked for and not refused. */
  readonly jobs = new Set<string>();

  /** `onlyFull`: an ERP that is read by its notices alone is asked for nothing between them. */
  constructor(
    private readonly tenant: TenantWorld,
    private readonly onlyFull = false,
  ) {}

  async run(
    erps: readonly ChaosErp[],
    { everyMs, mode }: { everyMs: number; mode: "incremental" | "full" },
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      for (const erp of erps) await this.ask(erp, mode);
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Refused or lost is no matter: the next one reads what this one would have. */
  async ask(erp: ChaosErp, mode: "incremental" | "full" = "incremental"): Promise<string[]> {
    if (this.onlyFull && mode !== "full") return [];
    const body = { entityTypes: [...erp.inbound], mode };
    const path = `/erp/sync-jobs/${erp.integration}/execute`;
    const answer = await this.tenant.api.send<ExecuteAnswer>("POST", path, { body }).catch(() => undefined);
    if (answer?.status !== 202) return [];
    const ids = answer.body.jobs.map(({ id }) => id);
    for (const id of ids) this.jobs.add(id);
    return ids;
  }
}
