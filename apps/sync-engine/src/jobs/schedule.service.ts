import { ENTITIES, ENTITY_NAMES } from "@dovetail/domain";
import { Database, type Claim, type WorkResult } from "@dovetail/database";
import type { Clock } from "@dovetail/resilience";
import { Inject, Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import { AccountService } from "../accounts/account.service";
import { entityOf } from "../pull/source-row.service";
import { CLOCK, SETTINGS, type Settings } from "../tokens";
import { JobService } from "./job.service";
import { nextInMs, scheduleOf } from "./schedule";

/** Keeps one work row per scheduled entity, due at its next turn. A turn that was missed runs once. */
@Injectable()
export class ScheduleService {
  constructor(
    private readonly db: Database,
    private readonly accounts: AccountService,
    private readonly jobs: JobService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Brings the work rows in line with the integration as it is now. */
  async align(account: Account): Promise<void> {
    await this.db.transaction(account.tenantId, async (tx) => {
      for (const entity of ENTITY_NAMES) {
        const id = `${account.num}:${ENTITIES[entity].code}`;
        const schedule = scheduleOf(account, entity, this.settings.syncIntervalMs);
        const dueInMs = schedule && nextInMs(schedule, this.clock.now());
        await this.jobs.replan(tx, id, dueInMs);
      }
    });
  }

  async handle(claim: Claim): Promise<WorkResult> {
    const [num, code] = claim.id.split(":").map(Number) as [number, number];
    const account = await this.accounts.byNumber(claim.tenantId, num);
    if (!account) return { done: true };
    const entity = entityOf(code);
    const schedule = scheduleOf(account, entity, this.settings.syncIntervalMs);
    if (!schedule) return { done: true };
    await this.jobs.queue(account, entity, "incremental", "schedule");
    const again = nextInMs(schedule, this.clock.now());
    return again === undefined ? { done: true } : { againInMs: again };
  }
}
