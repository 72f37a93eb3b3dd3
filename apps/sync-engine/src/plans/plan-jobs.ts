import type { EntityName } from "@dovetail/domain";
import { ProblemError, type JobApproval, type JobMode } from "@dovetail/contracts";
import { assertHeld, Database, enqueue, type Claim, type Tx, type WorkResult } from "@dovetail/database";
import { appendEvent } from "@dovetail/messaging";
import { Injectable } from "@nestjs/common";
import { entitySettings, type Account } from "../accounts/account";
import { JobRepository } from "../jobs/job.repository";
import { pullWorkId, type JobRow } from "../jobs/job";
import type { JobTurn } from "../jobs/job-ends";
import { countsOf } from "../jobs/job-view";
import { entityOf } from "../pull/source-row.service";
import { WorkBell } from "../work-bell";
import { PlanPageRepository } from "./plan-page.repository";
import { PlanRepository } from "./plan.repository";

/** The work row of one plan: integration and job, so that the integration's turns are counted. */
export const PLAN_WORK = "plan";

function planWorkId(integration: number, jobId: string): string {
  return `${integration}:${jobId}`;
}

function jobOf(claim: Claim): string {
  return claim.id.slice(claim.id.indexOf(":") + 1);
}

/** Jobs that make plans, from their queue to their end. */
@Injectable()
export class PlanJobs {
  constructor(
    private readonly db: Database,
    private readonly plans: PlanRepository,
    private readonly pages: PlanPageRepository,
    private readonly jobs: JobRepository,
    private readonly bell: WorkBell,
  ) {}

  /** Queues a dry run of one entity: nothing of it changes anything until its plan is approved. */
  async dryRun(account: Account, entity: EntityName, mode: JobMode): Promise<JobRow> {
    const direction = entitySettings(account, entity)?.direction === "outbound" ? "outbound" : "inbound";
    return this.queue({ account, entity, mode, direction, part: "push", approval: { kind: "sync", reverts: null } });
  }

  /** Queues a plan that takes a job back. */
  async rollback(account: Account, entity: EntityName, reverts: string): Promise<JobRow> {
    const approval = { kind: "rollback", reverts } as const;
    return this.queue({ account, entity, mode: "incremental", direction: "inbound", part: "rollback", approval });
  }

  /** The job to make a plan for; undefined when there is nothing to make. */
  async take(claim: Claim): Promise<JobRow | undefined> {
    return this.db.transaction(claim.tenantId, (tx) => this.plans.take(tx, jobOf(claim)));
  }

  /** The approved plan of the (integration, entity) whose pulls are in hand. */
  async approved(claim: Claim): Promise<JobRow | undefined> {
    const [integration, entity] = claim.id.split(":").map(Number) as [number, number];
    return this.db.transaction(claim.tenantId, async (tx) => {
      const id = await this.pages.approved(tx, integration, entity);
      return id === undefined ? undefined : this.plans.takeAgain(tx, id);
    });
  }

  /** A person's word: the plan is applied by the worker of the entity's pulls, so that none runs at the same time. */
  async approve(tx: Tx, account: Account, job: JobRow, by: string): Promise<void> {
    await this.pages.approve(tx, job.id, by);
    await appendEvent(tx, {
      type: "sync.started",
      tenant: account.tenant,
      data: { jobId: job.id, integration: account.name, entityType: entityOf(job.entity), counts: {} },
    });
    await enqueue(tx, { kind: "pull", id: pullWorkId(job.integration, job.entity), dueInMs: 0, priority: 2 });
  }

  /** All slices are applied. */
  async completed({ account, entity, job, claim }: JobTurn): Promise<JobRow | undefined> {
    return this.db.transaction(account.tenantId, async (tx) => {
      await assertHeld(tx, claim);
      await this.pages.applied(tx, job.id);
      const row = await this.jobs.end(tx, job.id, "completed", null);
      if (!row) return undefined;
      const counts = { ...countsOf(row) };
      await appendEvent(tx, {
        type: "sync.completed",
        tenant: account.tenant,
        data: { jobId: job.id, integration: account.name, entityType: entity, counts },
      });
      await enqueue(tx, { kind: "release", id: String(account.num), dueInMs: 0, priority: 4 });
      return row;
    });
  }

  /** The plan could not be made, or not be applied any further. Only the latter is told: the former changed nothing. */
  async failed({ account, entity, job, claim }: JobTurn, error: unknown): Promise<JobRow | undefined> {
    const problem = error instanceof ProblemError ? error : new ProblemError("INTERNAL", "the job failed unexpectedly");
    return this.db.transaction(account.tenantId, async (tx) => {
      await assertHeld(tx, claim);
      const row = await this.jobs.end(tx, job.id, "failed", problem.problem);
      if (!row || job.approval?.state !== "approved") return row;
      await appendEvent(tx, {
        type: "sync.failed",
        tenant: account.tenant,
        data: {
          jobId: job.id,
          integration: account.name,
          entityType: entity,
          counts: { ...countsOf(row) },
          problemCode: problem.code,
        },
      });
      return row;
    });
  }

  /** What is left to do about a plan that is made: it expires, and its items are forgotten some day. */
  async rest(claim: Claim): Promise<WorkResult> {
    return this.db.transaction(claim.tenantId, async (tx) => {
      const job = await this.plans.job(tx, jobOf(claim));
      if (!job) return { done: true };
      const expiresAt = job.approval?.expiresAt;
      if (job.status === "awaiting_approval" && expiresAt) {
        const left = await this.plans.untilExpiry(tx, job.id);
        if (left > 0) return { againInMs: left };
        await this.jobs.end(tx, job.id, "cancelled", expired(job.approval).problem);
      }
      const left = await this.pages.forget(tx, jobOf(claim));
      return left > 0 ? { againInMs: left } : { done: true };
    });
  }

  private async queue(plan: Parameters<PlanRepository["create"]>[1]): Promise<JobRow> {
    const { tenantId } = plan.account;
    const job = await this.db.transaction(tenantId, async (tx) => {
      const id = await this.plans.create(tx, plan);
      await enqueue(tx, { kind: PLAN_WORK, id: planWorkId(plan.account.num, id), dueInMs: 0, priority: 3 });
      return this.jobs.get(tx, id);
    });
    if (!job) throw new Error("the plan was not queued");
    this.bell.ring();
    return job;
  }
}

/** What an approval that comes too late is answered. */
export function expired(approval: JobApproval | null): ProblemError {
  return new ProblemError("STALE", `the plan expired at ${approval?.expiresAt ?? "its end"}`, {
    resolution: "Make a new plan: run the dry run, or ask for the roll-back, again.",
  });
}
