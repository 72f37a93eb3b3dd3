import { ENTITIES, ENTITY_NAMES, expandEntityGroup, uuidv7, type EntityName } from "@dovetail/domain";
import {
  ProblemError,
  type CallContext,
  type ExecuteAnswer,
  type ExecuteSync,
  type Job,
  type JobMode,
  type JobTrigger,
  type ListJobs,
  type Page,
} from "@dovetail/contracts";
import { Database, enqueue, type Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { entitySettings, type Account } from "../accounts/account";
import { AccountService } from "../accounts/account.service";
import { PlanJobs } from "../plans/plan-jobs";
import { entityOf } from "../pull/source-row.service";
import { WorkBell } from "../work-bell";
import { idOfCursor, knownId } from "../ids";
import { priorityOf, pullWorkId, type JobRow } from "./job";
import { countsOf } from "./job-view";
import { JobRepository } from "./job.repository";

/** Jobs as clients ask for them and see them. */
@Injectable()
export class JobService {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobRepository,
    private readonly accounts: AccountService,
    private readonly bell: WorkBell,
    private readonly plans: PlanJobs,
  ) {}

  /** Queues a pull of each entity asked for, or with `dryRun` a plan of one. Throws ERP008 for an entity that the integration does not carry. */
  async execute(ctx: CallContext, input: ExecuteSync): Promise<ExecuteAnswer> {
    const account = await this.accounts.refresh(ctx.tenantId, ctx.tenant, input.integration);
    if (account.document.status !== "ACTIVE")
      throw new ProblemError("CONFLICT", `${account.name} is ${account.document.status.toLowerCase()}`, {
        resolution: "Enable or resume the integration first.",
      });
    const entities = input.entityTypes ? chosen(account, input.entityTypes) : inboundEntities(account);
    if (entities.length === 0) throw new ProblemError("ERP008", `${account.name} pulls no entity`);
    if (input.dryRun && input.mode === "scan")
      throw new ProblemError("ERP008", "a scan has no dry run", {
        resolution: "Ask for the dry run of a full run: it finds the same.",
        errors: [{ field: "mode", rule: "dryRun", value: "scan", code: "ERP008" }],
      });
    const jobs: ExecuteAnswer["jobs"] = [];
    for (const entity of entities) {
      if (input.dryRun) {
        const { id, status } = await this.plans.dryRun(account, entity, input.mode ?? "incremental");
        jobs.push({ id, entityType: entity, status, coalesced: false });
        continue;
      }
      const { row, coalesced } = await this.queue(
        account,
        entity,
        input.mode ?? "incremental",
        input.trigger ?? "manual",
      );
      jobs.push({ id: row.id, entityType: entity, status: row.status, coalesced });
    }
    return { jobs };
  }

  /** Queues one pull, in the caller's transaction when there is one. */
  async queue(
    account: Account,
    entity: EntityName,
    mode: JobMode,
    trigger: JobTrigger,
    within?: Tx,
  ): Promise<{ row: JobRow; coalesced: boolean }> {
    const work = async (tx: Tx) => {
      const queued = await this.jobs.queue(tx, { id: uuidv7(), integration: account.num, entity, mode, trigger });
      const id = pullWorkId(account.num, ENTITIES[entity].code);
      await enqueue(tx, { kind: "pull", id, dueInMs: 0, priority: priorityOf(trigger, mode) });
      return queued;
    };
    if (within) return work(within);
    const queued = await this.db.transaction(account.tenantId, work);
    this.bell.ring();
    return queued;
  }

  /** Sets the next turn of what comes due by itself; without a time it has none. */
  async replan(
    tx: Tx,
    id: string,
    dueInMs: number | undefined,
    kind: "schedule" | "scan" | "watch" = "schedule",
  ): Promise<void> {
    await this.jobs.forgetTurn(tx, kind, id);
    if (dueInMs !== undefined) await enqueue(tx, { kind, id, dueInMs, priority: 9 });
  }

  async get(ctx: CallContext, id: string): Promise<Job> {
    const row = await this.db.readOnly(ctx.tenantId, (tx) => this.jobs.get(tx, knownId(id, "job")));
    if (!row) throw new ProblemError("NOT_FOUND", `there is no job ${id}`);
    return this.view(ctx.tenantId, row);
  }

  async list(ctx: CallContext, input: ListJobs): Promise<Page<Job>> {
    const account = input.integration
      ? await this.accounts.get(ctx.tenantId, ctx.tenant, input.integration)
      : undefined;
    const limit = input.limit ?? 100;
    const rows = await this.db.readOnly(ctx.tenantId, (tx) =>
      this.jobs.list(tx, {
        integration: account?.num ?? null,
        entity: input.entityType ? ENTITIES[input.entityType].code : null,
        status: input.status ?? null,
        before: idOfCursor(input.cursor),
        limit: limit + 1,
      }),
    );
    const shown = rows.slice(0, limit);
    const items = await Promise.all(shown.map((row) => this.view(ctx.tenantId, row)));
    return { items, next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
  }

  /** Cancels a job that has not ended; a running one stops after its page. Throws CONFLICT when it has ended. */
  async cancel(ctx: CallContext, id: string): Promise<Job> {
    const ended = await this.db.transaction(ctx.tenantId, (tx) =>
      this.jobs.end(tx, knownId(id, "job"), "cancelled", null),
    );
    if (ended) return this.view(ctx.tenantId, ended);
    const job = await this.get(ctx, id);
    throw new ProblemError("CONFLICT", `the job is ${job.status}`, { current: job as never });
  }

  async view(tenantId: string, row: JobRow): Promise<Job> {
    const names = await this.accounts.names(tenantId);
    return {
      id: row.id,
      integration: names.get(row.integration) ?? String(row.integration),
      entityType: entityOf(row.entity),
      direction: row.direction,
      mode: row.mode,
      trigger: row.trigger,
      status: row.status,
      dryRun: row.dry_run,
      counts: countsOf(row),
      mappingVersion: row.mapping_version,
      startedAt: row.started_at,
      finishedAt: row.finished_at,
      createdAt: row.created_at,
      problem: row.problem,
      approval: row.approval,
    };
  }
}

/** Entities that the account pulls, parents first. */
export function inboundEntities(account: Account): EntityName[] {
  return ENTITY_NAMES.filter((entity) => entitySettings(account, entity) !== undefined);
}

function chosen(account: Account, words: readonly string[]): EntityName[] {
  const carried = new Set(inboundEntities(account));
  const wanted = new Set<EntityName>();
  for (const word of words) {
    const entities = expandEntityGroup(word);
    const offered = entities.filter((entity) => carried.has(entity));
    if (offered.length === 0) {
      const rule = entities.length === 0 ? "unknown" : "notCarried";
      const errors = [{ field: "entityTypes", rule, value: word, code: "ERP008" }];
      throw new ProblemError("ERP008", `${word} is no entity that ${account.name} carries`, { errors });
    }
    for (const entity of offered) wanted.add(entity);
  }
  return ENTITY_NAMES.filter((entity) => wanted.has(entity));
}
