import { ENTITIES, type FieldError } from "@dovetail/domain";
import { ProblemError, type CallContext } from "@dovetail/contracts";
import { Database, type Tx } from "@dovetail/database";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import type { Account } from "../accounts/account";
import { AccountService } from "../accounts/account.service";
import type { JobRow } from "../jobs/job";
import { GoneRows } from "../pull/gone-rows";
import { entityOf } from "../pull/source-row.service";
import { WorkBell } from "../work-bell";
import { Approvals, type Approvable } from "./approvals";
import { expired, PlanJobs } from "./plan-jobs";
import { PlanRepository, type StaleItem } from "./plan.repository";
import { notWaiting } from "./plan.service";
import { referencesTo } from "./rollback";
import { RollbackRepository } from "./rollback.repository";

/** So many stale items are named. */
const NAMED = 20;

/** How plans are checked and read: what an approval asks them. */
@Injectable()
export class PlanChecks {
  constructor(
    private readonly plans: PlanRepository,
    private readonly jobs: PlanJobs,
    private readonly accounts: AccountService,
    private readonly rollbacks: RollbackRepository,
    private readonly gone: GoneRows,
  ) {}

  /** The account as its owner knows it now; of a deleted one as it last was. */
  async accountOf(ctx: CallContext, job: JobRow): Promise<Account> {
    const known = await this.accounts.byNumber(ctx.tenantId, job.integration);
    if (!known) throw new ProblemError("NOT_FOUND", "the integration of the job is not known");
    if (job.approval?.kind === "rollback") return known;
    const account = await this.accounts.refresh(ctx.tenantId, ctx.tenant, known.integrationId);
    if (account.deleted || account.document.status !== "ACTIVE")
      throw new ProblemError("CONFLICT", `${account.name} is not active`, {
        resolution: "Enable or resume the integration first.",
      });
    if (account.recovering)
      throw new ProblemError("CONFLICT", `${account.name} is in recovery: no plan is applied before its release`, {
        resolution: "Release the integration first, then make a new plan.",
      });
    return account;
  }

  /** More deletions than a run makes by itself within a day are no operator's, however they were found. */
  async assertMay(ctx: CallContext, account: Account, job: JobRow): Promise<void> {
    if (job.approval?.kind !== "sync" || job.deleted === 0 || ctx.actor.permissions.includes("erp:admin")) return;
    const { most, deleted } = await this.gone.limit(account, entityOf(job.entity));
    if (deleted + job.deleted > most)
      throw new ProblemError(
        "FORBIDDEN",
        `the plan deletes ${job.deleted} records, after ${deleted} within a day: approving more than ${most} needs erp:admin`,
      );
  }

  /** Checks all before anything is applied, then lets the job go on. */
  async pass(tx: Tx, ctx: CallContext, account: Account, id: string): Promise<void> {
    const plan = await this.plans.lock(tx, id);
    const job = await this.plans.job(tx, id);
    if (!plan || !job) throw new ProblemError("NOT_FOUND", `there is no plan of job ${id}`);
    if (job.status !== "awaiting_approval") throw notWaiting(job);
    if ((await this.plans.untilExpiry(tx, id)) <= 0) throw expired(job.approval);
    if (await this.plans.edited(tx, id))
      throw new ProblemError("CONFLICT", "the plan is not the one that was made: its items were changed", {
        resolution: "Cancel the job and make a new plan.",
      });
    if (job.approval?.kind === "sync") {
      const { code } = ENTITIES[entityOf(job.entity)];
      if (account.version !== plan.account_version)
        throw stale("the integration was changed since the plan was made", { version: account.version });
      if ((account.mappings[code] ?? null) !== plan.mapping_version)
        throw stale("the plan was made with another mapping", { mappingVersion: account.mappings[code] ?? null });
      if (await this.plans.isPulled(tx, job))
        throw new ProblemError("CONFLICT", "a synchronisation of the entity is running", {
          resolution: "Wait until it has ended, or cancel it; then make a new plan.",
        });
      if (await this.plans.cursorMoved(tx, job, plan))
        throw stale("a synchronisation of the entity has gone on since the plan was made", { cursor: "moved" });
    }
    const items = await this.plans.stale(tx, job, null, NAMED);
    if (items.length > 0)
      throw stale(
        `records were changed since the plan was made: ${items
          .map(({ key }) => key)
          .join(", ")
          .slice(0, 500)}`,
        {},
        items,
      );
    if (job.approval?.kind === "rollback") await this.unreferenced(tx, job);
    await this.jobs.approve(tx, account, job, `${ctx.actor.kind}:${ctx.actor.id}`);
  }

  /** Nothing has come to refer to what a roll-back deletes. */
  private async unreferenced(tx: Tx, job: JobRow): Promise<void> {
    const keys = await this.rollbacks.referenced(tx, job.id, job.entity, referencesTo(entityOf(job.entity)));
    if (keys.length > 0)
      throw stale(`other records refer by now to ${keys.slice(0, NAMED).join(", ").slice(0, 500)}`, {});
  }
}

/** A person's word on a plan: it is applied whole, or refused whole. */
@Injectable()
export class PlanApproval implements Approvable, OnModuleInit {
  constructor(
    private readonly db: Database,
    private readonly checks: PlanChecks,
    private readonly approvals: Approvals,
    private readonly bell: WorkBell,
  ) {}

  onModuleInit(): void {
    this.approvals.register("sync", this);
    this.approvals.register("rollback", this);
  }

  async approve(ctx: CallContext, job: JobRow): Promise<void> {
    const account = await this.checks.accountOf(ctx, job);
    await this.checks.assertMay(ctx, account, job);
    await this.db.transaction(ctx.tenantId, (tx) => this.checks.pass(tx, ctx, account, job.id));
    this.bell.ring();
  }
}

function stale(
  detail: string,
  current: Record<string, string | number | null>,
  items: readonly StaleItem[] = [],
): ProblemError {
  const errors: FieldError[] = items.map(({ key, planned, found }) => ({
    field: key,
    rule: "stale",
    value: found,
    code: "STALE",
    message: `planned on version ${planned}, has version ${found}`,
  }));
  return new ProblemError("STALE", detail, {
    current,
    resolution: "Cancel the job and make a new plan.",
    ...(errors.length > 0 ? { errors } : {}),
  });
}
