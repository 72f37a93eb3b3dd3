import type { EntityName } from "@dovetail/domain";
import { ProblemError, progressSubject, type Job } from "@dovetail/contracts";
import { assertHeld, Database, enqueue, type Claim, type Tx } from "@dovetail/database";
import { appendEvent, Bus } from "@dovetail/messaging";
import { LOGGER, type Logger } from "@dovetail/service-kit";
import { Inject, Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import { EngineMetrics } from "../systems/engine-metrics";
import type { JobRow } from "./job";
import { JobRepository } from "./job.repository";
import { JobService } from "./job.service";
import { addsUp, countsOf } from "./job-view";

/** A job in a worker's hands. */
export interface JobTurn {
  claim: Claim;
  account: Account;
  entity: EntityName;
  job: JobRow;
}

/** Who listens to jobs without a log: the progress subject and the metrics. */
@Injectable()
export class JobTelling {
  constructor(
    private readonly bus: Bus,
    private readonly metrics: EngineMetrics,
  ) {}

  progress(tenant: string, jobId: string, job: Job): void {
    this.bus.publishCore(progressSubject(tenant, jobId), job);
  }

  ended(row: JobRow): void {
    this.metrics.jobEnded(row);
  }
}

/** What is told and stored when a job begins, moves and ends. */
@Injectable()
export class JobEnds {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobRepository,
    private readonly service: JobService,
    private readonly tell: JobTelling,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** In the transaction that takes the job up for the first time. */
  async started(tx: Tx, account: Account, entity: EntityName, job: JobRow): Promise<void> {
    await appendEvent(tx, {
      type: "sync.started",
      tenant: account.tenant,
      data: { jobId: job.id, integration: account.name, entityType: entity, counts: {} },
    });
  }

  async progress(account: Account, row: JobRow): Promise<void> {
    this.tell.progress(account.tenant, row.id, await this.service.view(account.tenantId, row));
  }

  /** Throws WorkLostError when another worker has taken the job over: then it is not ours to end. */
  async completed(turn: JobTurn): Promise<void> {
    const ended = await this.end(turn, null);
    if (ended) this.logger.info({ counts: countsOf(ended) }, "job completed");
  }

  /** As `completed`. */
  async failed(turn: JobTurn, error: unknown): Promise<void> {
    const problem = error instanceof ProblemError ? error : new ProblemError("INTERNAL", "the job failed unexpectedly");
    this.logger.warn({ err: error, category: problem.code }, "job failed");
    await this.end(turn, problem);
  }

  /** It waits until a person approves. Throws as `completed`. */
  async stopped({ account, job, claim }: JobTurn, error: ProblemError): Promise<void> {
    this.logger.warn({ category: error.code, detail: error.message }, "job waits for approval");
    const stopped = await this.db.transaction(account.tenantId, async (tx) => {
      await assertHeld(tx, claim);
      return this.jobs.stop(tx, job.id, error.problem);
    });
    if (stopped) await this.progress(account, stopped);
  }

  surprised(error: unknown): void {
    this.logger.error({ err: error }, "a job met an error that nobody expected; it goes on from its last page");
  }

  private async end({ account, entity, job, claim }: JobTurn, given: ProblemError | null): Promise<JobRow | undefined> {
    const ended = await this.db.transaction(account.tenantId, async (tx) => {
      await assertHeld(tx, claim);
      const problem = given ?? unbalanced(await this.jobs.get(tx, job.id, true));
      const row = await this.jobs.end(tx, job.id, problem ? "failed" : "completed", problem?.problem ?? null);
      if (!row) return undefined;
      const status = problem ? (problem.code === "ERP002" ? "EXPIRED" : "ERROR") : "CONNECTED";
      await this.jobs.noteStatus(tx, account.num, status, problem?.problem ?? null, !problem);
      await appendEvent(tx, {
        type: problem ? "sync.failed" : "sync.completed",
        tenant: account.tenant,
        data: {
          jobId: job.id,
          integration: account.name,
          entityType: entity,
          counts: { ...countsOf(row) },
          ...(problem ? { problemCode: problem.code } : {}),
        },
      });
      await enqueue(tx, { kind: "release", id: String(account.num), dueInMs: 0, priority: 4 });
      return row;
    });
    if (!ended) return undefined;
    this.tell.ended(ended);
    await this.progress(account, ended);
    return ended;
  }
}

/** A run whose rows did not each end in exactly one state has a fault of ours: it is never called completed. */
function unbalanced(row: JobRow | undefined): ProblemError | null {
  if (!row || addsUp(countsOf(row))) return null;
  return new ProblemError("INTERNAL", `the counts do not add up: ${JSON.stringify(countsOf(row))}`);
}
