import {
  ProblemError,
  type ApproveJob,
  type CallContext,
  type Job,
  type Page,
  type PlanItem,
  type ReadPlan,
} from "@dovetail/contracts";
import { Database, type Tx } from "@dovetail/database";
import { cutByBytes } from "@dovetail/messaging";
import { Injectable } from "@nestjs/common";
import { AccountService } from "../accounts/account.service";
import type { JobRow } from "../jobs/job";
import { JobService } from "../jobs/job.service";
import { knownId, strangeCursor } from "../ids";
import { Approvals } from "./approvals";
import { viewOf } from "./plan-view";
import { PlanRepository } from "./plan.repository";

/** Plans as clients see them, and a person's word on them. */
@Injectable()
export class PlanService {
  constructor(
    private readonly db: Database,
    private readonly plans: PlanRepository,
    private readonly jobs: JobService,
    private readonly accounts: AccountService,
    private readonly approvals: Approvals,
  ) {}

  /** The items of a job's plan; of a job without one there are none. Throws NOT_FOUND for an unknown job. */
  async items(ctx: CallContext, input: ReadPlan): Promise<Page<PlanItem>> {
    const limit = input.limit ?? 100;
    const filter = {
      operation: input.operation ?? null,
      state: input.state ?? null,
      after: placeOf(input.cursor),
      limit: limit + 1,
    };
    const { job, rows } = await this.db.readOnly(ctx.tenantId, async (tx) => {
      const found = await this.row(tx, input.id);
      return { job: found, rows: await this.plans.items(tx, found.id, filter) };
    });
    const names = await this.accounts.names(ctx.tenantId);
    const cut = cutByBytes(rows.slice(0, limit).map((row) => viewOf(row, job, names)));
    const last = rows[cut.items.length - 1];
    const more = rows.length > cut.items.length;
    return { items: cut.items, next: more && last ? `${last.page}:${last.n}` : null };
  }

  /**
   * Lets a job that waits for a person go on. Throws NOT_FOUND; CONFLICT when it does not wait; FORBIDDEN; STALE when the
   * plan is another one than was looked at, has expired, or something that it assumes does not hold any more.
   */
  async approve(ctx: CallContext, { id, digest }: ApproveJob): Promise<Job> {
    const job = await this.db.readOnly(ctx.tenantId, (tx) => this.row(tx, id));
    const { approval } = job;
    if (job.status !== "awaiting_approval" || !approval) throw notWaiting(job);
    // a dry run's own check looks at how much it deletes; the others always take something away
    if (approval.kind !== "sync" && !ctx.actor.permissions.includes("erp:admin"))
      throw new ProblemError("FORBIDDEN", `approving a job of kind ${approval.kind} needs erp:admin`);
    if (digest !== undefined && digest !== approval.digest)
      throw new ProblemError("STALE", "the approval is of another plan than this job's", {
        current: { digest: approval.digest },
        resolution: "Read the job and its plan again, and approve with its approval.digest.",
      });
    await this.approvals.of(approval.kind).approve(ctx, job);
    return this.jobs.get(ctx, id);
  }

  private async row(tx: Tx, id: string): Promise<JobRow> {
    const found = await this.plans.job(tx, knownId(id, "job"));
    if (!found) throw new ProblemError("NOT_FOUND", `there is no job ${id}`);
    return found;
  }
}

/** What an approval of a job gets that waits for none. */
export function notWaiting(job: JobRow): ProblemError {
  const by = job.approval?.approvedBy ? `, approved by ${job.approval.approvedBy}` : "";
  return new ProblemError("CONFLICT", `the job is ${job.status}${by}: nothing waits for an approval`, {
    current: { status: job.status },
  });
}

function placeOf(cursor: string | undefined): [number, number] {
  if (cursor === undefined) return [0, -1];
  const [, page, n] = /^(\d{1,9}):(\d{1,9})$/.exec(cursor) ?? [];
  if (page === undefined || n === undefined) throw strangeCursor(cursor);
  return [Number(page), Number(n)];
}
