import { ENTITIES, type EntityName } from "@dovetail/domain";
import { adapterFor } from "@dovetail/adapter-registry";
import { ProblemError, type CallContext, type Recovery } from "@dovetail/contracts";
import { Database } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import { AccountService } from "../accounts/account.service";
import { inboundEntities, JobService } from "../jobs/job.service";
import { RoundService } from "../jobs/round.service";
import { ScheduleService } from "../jobs/schedule.service";
import { RecoveryRepository, type RecoveryReason } from "./recovery.repository";

/** What goes on at an integration once it is in recovery, and once it is released. */
@Injectable()
export class RecoveryTurns {
  constructor(
    readonly jobs: JobService,
    readonly schedules: ScheduleService,
    readonly rounds: RoundService,
  ) {}
}

/**
 * Recovery mode of an integration: nothing is pushed or deleted and no schedule runs, while a full scan links by key what the
 * ERP shows; a person releases it.
 */
@Injectable()
export class RecoveryService {
  constructor(
    private readonly db: Database,
    private readonly repository: RecoveryRepository,
    private readonly accounts: AccountService,
    private readonly turns: RecoveryTurns,
  ) {}

  /** As after a restore, for one integration; links stay. Answers at once, the scan runs as jobs. */
  async reset(ctx: CallContext, id: string): Promise<Recovery> {
    const account = await this.accounts.refresh(ctx.tenantId, ctx.tenant, id);
    await this.begin(account, "reset");
    return this.view(account);
  }

  /**
   * Pushes, deletions and schedules go on. Throws CONFLICT when it is not in recovery, and, without `force`, while entities
   * have not been read whole.
   */
  async release(ctx: CallContext, id: string, force: boolean): Promise<Recovery> {
    const account = await this.accounts.refresh(ctx.tenantId, ctx.tenant, id);
    const { unread, recovering } = await this.view(account);
    if (!recovering) throw new ProblemError("CONFLICT", `${account.name} is not in recovery`);
    if (unread.length > 0 && !force)
      throw new ProblemError("CONFLICT", `${unread.join(", ")} have not been read whole since recovery began`, {
        resolution: "Wait for their full runs, or start them; `force` releases the integration all the same.",
        current: { unread },
      });
    await this.db.transaction(ctx.tenantId, (tx) => this.repository.release(tx, account.num));
    const released = await this.accounts.refresh(ctx.tenantId, ctx.tenant, id);
    await this.turns.schedules.align(released);
    await this.turns.rounds.align(released);
    return this.view(released);
  }

  async get(ctx: CallContext, id: string): Promise<Recovery> {
    return this.view(await this.accounts.get(ctx.tenantId, ctx.tenant, id));
  }

  /** Cursors back, open creates in doubt, full scan queued: in one transaction, once per generation. */
  async begin(account: Account, reason: RecoveryReason): Promise<void> {
    const generation = await this.repository.noteGeneration();
    await this.db.transaction(account.tenantId, async (tx) => {
      if (!(await this.repository.begin(tx, account.num, generation, reason))) return;
      if (account.document.status !== "ACTIVE") return;
      for (const entity of pulled(account)) await this.turns.jobs.queue(account, entity, "full", "start", tx);
    });
    this.accounts.forget(account.tenantId);
  }

  private async view(account: Account): Promise<Recovery> {
    const found = (await this.repository.recovering(account.tenantId)).find(({ num }) => num === account.num);
    const loaded = found?.begun
      ? await this.db.readOnly(account.tenantId, (tx) => this.repository.loaded(tx, account.num))
      : [];
    return {
      integration: account.name,
      recovering: found !== undefined,
      since: found?.since ?? null,
      reason: found ? (found.reason ?? "database") : null,
      unread: found ? pulled(account).filter((entity) => !loaded.includes(ENTITIES[entity].code)) : [],
    };
  }
}

/** Entities that the integration carries and its adapter can read. */
function pulled(account: Account): EntityName[] {
  const { entities } = adapterFor(account.document.adapter.system);
  return inboundEntities(account).filter((entity) => entities[entity]?.pull !== undefined);
}
