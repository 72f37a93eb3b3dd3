import type { EntityName } from "@dovetail/domain";
import { CommitUnknownError, DatabaseUnavailableError, type Claim, type WorkResult } from "@dovetail/database";
import { withLogContext } from "@dovetail/service-kit";
import { Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import { AccountService } from "../accounts/account.service";
import { AdapterChangedError } from "../accounts/adapter-change";
import type { Session } from "../accounts/session.service";
import { EngineMetrics } from "../systems/engine-metrics";
import { entityOf } from "../pull/source-row.service";
import { parsePushWorkId } from "./push";
import { PushChannels } from "./push-channels";
import { PushPlanner } from "./push-plan";
import { PAUSED_MS } from "./push-failures";
import { PushSteps } from "./push-steps";

/** Brings one link at a time to its record's version. */
@Injectable()
export class PushWorker {
  constructor(
    private readonly accounts: AccountService,
    private readonly channels: PushChannels,
    private readonly planner: PushPlanner,
    private readonly steps: PushSteps,
    private readonly metrics: EngineMetrics,
  ) {}

  async handle(claim: Claim, signal: AbortSignal): Promise<WorkResult> {
    const { integration, entity: code, key } = parsePushWorkId(claim.id);
    const account = await this.accounts.byNumber(claim.tenantId, integration);
    if (!account || account.deleted) return { done: true };
    if (account.document.status !== "ACTIVE" || account.recovering) return { againInMs: PAUSED_MS };
    const entity = entityOf(code);
    return withLogContext(
      { tenant: account.tenant, integration: account.name, operation: `push ${entity}` },
      async () => {
        try {
          return await this.work(claim, account, entity, key, signal);
        } catch (error) {
          if (signal.aborted || isTransient(error)) return { againInMs: 1_000 };
          throw error;
        }
      },
    );
  }

  private async work(
    claim: Claim,
    account: Account,
    entity: EntityName,
    key: string,
    signal: AbortSignal,
  ): Promise<WorkResult> {
    let session: Session;
    try {
      session = await this.channels.open(claim, account, entity, key);
    } catch (error) {
      return this.steps.outcomes.failures.cannotOpen(claim, account, entity, key, error);
    }
    const port = session.adapter.entities[entity] ?? {};
    const plan = await this.planner.plan(account, entity, key, session);
    if (signal.aborted) return { againInMs: 0 };
    this.metrics.pushTurn(entity, plan.do);
    return this.steps.carryOut({ claim, account, entity, key, port, session }, plan);
  }
}

function isTransient(error: unknown): boolean {
  return (
    error instanceof DatabaseUnavailableError ||
    error instanceof CommitUnknownError ||
    error instanceof AdapterChangedError
  );
}
