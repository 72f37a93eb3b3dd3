import { ENTITIES, ENTITY_NAMES } from "@dovetail/domain";
import { Database, type Claim, type WorkResult } from "@dovetail/database";
import type { Clock } from "@dovetail/resilience";
import { Inject, Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import { AccountService } from "../accounts/account.service";
import { entityOf } from "../pull/source-row.service";
import { CLOCK, SETTINGS, type Settings } from "../tokens";
import { JobService } from "./job.service";
import { isWatched, nextScanInMs, scanModeOf } from "./round";

/** What is looked at by itself beside the schedules: all rows by their stamps at night, purchase orders every minute. */
@Injectable()
export class RoundService {
  constructor(
    private readonly db: Database,
    private readonly accounts: AccountService,
    private readonly jobs: JobService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Brings the work rows in line with the integration as it is now. */
  async align(account: Account): Promise<void> {
    const { syncIntervalMs, statusWatchMs } = this.settings;
    await this.db.transaction(account.tenantId, async (tx) => {
      for (const entity of ENTITY_NAMES) {
        const due = nextScanInMs(account, entity, syncIntervalMs, this.clock.now());
        await this.jobs.replan(tx, `${account.num}:${ENTITIES[entity].code}`, due, "scan");
      }
      const watched = isWatched(account, statusWatchMs, syncIntervalMs);
      await this.jobs.replan(tx, String(account.num), watched ? statusWatchMs : undefined, "watch");
    });
  }

  async scan(claim: Claim): Promise<WorkResult> {
    const [num, code] = claim.id.split(":").map(Number) as [number, number];
    const account = await this.accounts.byNumber(claim.tenantId, num);
    if (!account) return { done: true };
    const entity = entityOf(code);
    const due = () => nextScanInMs(account, entity, this.settings.syncIntervalMs, this.clock.now());
    const mode = scanModeOf(account, entity);
    if (due() === undefined || mode === undefined) return { done: true };
    await this.jobs.queue(account, entity, mode, "schedule");
    const again = due();
    return again === undefined ? { done: true } : { againInMs: again };
  }

  async watch(claim: Claim): Promise<WorkResult> {
    const { syncIntervalMs, statusWatchMs } = this.settings;
    const account = await this.accounts.byNumber(claim.tenantId, Number(claim.id));
    if (!account || !isWatched(account, statusWatchMs, syncIntervalMs)) return { done: true };
    await this.jobs.queue(account, "PurchaseOrder", "incremental", "schedule");
    return { againInMs: statusWatchMs };
  }
}
