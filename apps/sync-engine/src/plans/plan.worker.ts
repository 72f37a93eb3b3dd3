import type { Claim, WorkResult } from "@dovetail/database";
import { withLogContext } from "@dovetail/service-kit";
import { Injectable } from "@nestjs/common";
import { AccountService } from "../accounts/account.service";
import { AccountWaitsError } from "../calls/account-waits.error";
import { afterTurn, type JobRow } from "../jobs/job";
import { JobEnds, type JobTurn } from "../jobs/job-ends";
import { endOf } from "../jobs/turn-end";
import { entityOf } from "../pull/source-row.service";
import { PlanApplier } from "./plan-applier";
import { PlanJobs } from "./plan-jobs";
import { PlanMaker } from "./plan-maker";

/** Makes plans, applies approved ones, and ends those that nobody approved in time. */
@Injectable()
export class PlanWorker {
  constructor(
    private readonly jobs: PlanJobs,
    private readonly maker: PlanMaker,
    private readonly applier: PlanApplier,
    private readonly ends: JobEnds,
    private readonly accounts: AccountService,
  ) {}

  /** The work row of one plan: makes it, and comes again when it expires and when it may be forgotten. */
  async make(claim: Claim, signal: AbortSignal): Promise<WorkResult> {
    const job = await this.jobs.take(claim);
    const turn = job && (await this.turnOf(claim, job));
    if (!turn) return this.jobs.rest(claim);
    return this.within(turn, signal, async () => {
      const made = await this.maker.make(turn, signal, (row) => this.ends.progress(turn.account, row));
      await this.ends.progress(turn.account, made);
    });
  }

  /** Applies an approved plan of the (integration, entity) whose work row is claimed; undefined when there is none. */
  async applyNext(claim: Claim, signal: AbortSignal): Promise<WorkResult | undefined> {
    const job = await this.jobs.approved(claim);
    const turn = job && (await this.turnOf(claim, job));
    if (!turn) return undefined;
    return this.within(turn, signal, async () => {
      await this.applier.apply(turn, signal, (row) => this.ends.progress(turn.account, row));
      const ended = await this.jobs.completed(turn);
      if (ended) await this.ends.progress(turn.account, ended);
    });
  }

  private async turnOf(claim: Claim, job: JobRow): Promise<JobTurn | undefined> {
    const account = await this.accounts.byNumber(claim.tenantId, job.integration);
    return account && { claim, account, entity: entityOf(job.entity), job };
  }

  private async within(turn: JobTurn, signal: AbortSignal, work: () => Promise<void>): Promise<WorkResult> {
    const { account, job } = turn;
    return withLogContext({ tenant: account.tenant, integration: account.name, job: job.id }, async () => {
      try {
        await work();
      } catch (error) {
        if (error instanceof AccountWaitsError) throw error;
        const end = signal.aborted ? "passing" : endOf(error);
        const next = afterTurn(end, job.attempts);
        if (end === "surprise" && next.do === "again") this.ends.surprised(error);
        if (next.do === "again") return { againInMs: next.ms };
        const failed = next.do === "fail" ? await this.jobs.failed(turn, error) : undefined;
        if (failed) await this.ends.progress(account, failed);
      }
      return { againInMs: 0 };
    });
  }
}
