import { ProblemError, type CallContext, type Job } from "@dovetail/contracts";
import { Database } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { AccountService } from "../accounts/account.service";
import { JobRepository } from "../jobs/job.repository";
import { JobService } from "../jobs/job.service";
import { knownId } from "../ids";
import { entityOf } from "../pull/source-row.service";
import { PlanJobs } from "./plan-jobs";

const ENDED: readonly string[] = ["completed", "failed", "cancelled"];

/** Asks for a job to be taken back. */
@Injectable()
export class RollbackService {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobRepository,
    private readonly views: JobService,
    private readonly accounts: AccountService,
    private readonly plans: PlanJobs,
  ) {}

  /** Queues the plan of a roll-back; nothing changes before it is approved. Throws NOT_FOUND; CONFLICT while the job goes on. */
  async start(ctx: CallContext, id: string): Promise<Job> {
    const job = await this.db.readOnly(ctx.tenantId, (tx) => this.jobs.get(tx, knownId(id, "job")));
    if (!job) throw new ProblemError("NOT_FOUND", `there is no job ${id}`);
    if (!ENDED.includes(job.status))
      throw new ProblemError("CONFLICT", `the job is ${job.status}: only one that has ended is taken back`, {
        current: { status: job.status },
        resolution: "Cancel the job or wait for its end.",
      });
    const account = await this.accounts.byNumber(ctx.tenantId, job.integration);
    if (!account) throw new ProblemError("NOT_FOUND", "the integration of the job is not known");
    return this.views.view(ctx.tenantId, await this.plans.rollback(account, entityOf(job.entity), job.id));
  }
}
