import { ProblemError, type BulkJobKind } from "@dovetail/contracts";
import {
  assertHeld,
  CommitUnknownError,
  Database,
  DatabaseUnavailableError,
  type Claim,
  type Tx,
  type WorkResult,
} from "@dovetail/database";
import { LOGGER, type Logger } from "@dovetail/service-kit";
import { Inject, Injectable } from "@nestjs/common";
import { CrashPoints } from "../crash-points";
import { LetterRetryTask } from "../dead-letters/letter-retry.task";
import { ReplayTask } from "../replay/replay.task";
import { WorkBell } from "../work-bell";
import { BulkEndedError, type BulkJobRow, type BulkTask, type BulkTurn, type SliceResult } from "./bulk-job";
import { BulkJobRepository } from "./bulk-job.repository";

/** Which task does which kind of bulk job. */
@Injectable()
export class BulkTasks {
  readonly byKind: Readonly<Record<BulkJobKind, BulkTask>>;

  constructor(retry: LetterRetryTask, replay: ReplayTask) {
    this.byKind = { retry, replay };
  }
}

/** What a worker of bulk jobs touches beside the database. */
@Injectable()
export class BulkSurroundings {
  constructor(
    readonly bell: WorkBell,
    readonly crash: CrashPoints,
    @Inject(LOGGER) readonly logger: Logger,
  ) {}
}

/** Runs bulk jobs slice by slice; whoever takes one over goes on from its last slice. */
@Injectable()
export class BulkWorker {
  constructor(
    private readonly db: Database,
    private readonly jobs: BulkJobRepository,
    private readonly tasks: BulkTasks,
    private readonly around: BulkSurroundings,
  ) {}

  async handle(claim: Claim, signal: AbortSignal): Promise<WorkResult> {
    const job = await this.take(claim);
    if (!job) return { done: true };
    const turn: BulkTurn = { claim, job, signal, store: (tx, slice) => this.store(tx, turn, slice) };
    try {
      return await this.run(turn);
    } catch (error) {
      if (error instanceof BulkEndedError) return { done: true };
      if (signal.aborted || isTransient(error)) return { againInMs: 1_000 };
      if (!(error instanceof ProblemError)) throw error;
      this.around.logger.warn({ err: error, job: job.id }, "bulk job failed");
      await this.end(claim, error);
      return { done: true };
    }
  }

  private async run(turn: BulkTurn): Promise<WorkResult> {
    const task = this.tasks.byKind[turn.job.kind];
    for (;;) {
      const end = await task.slice(turn);
      this.around.bell.ring();
      this.around.crash.at("bulk.after-slice");
      if (end === "end") break;
      if (end !== "more") return end;
      if (turn.signal.aborted) return { againInMs: 0 };
    }
    await this.end(turn.claim, null);
    return { done: true };
  }

  /** The job of the claim, begun; undefined when it has ended. */
  private async take(claim: Claim): Promise<BulkJobRow | undefined> {
    return this.db.transaction(claim.tenantId, async (tx) => {
      const job = await this.jobs.get(tx, claim.id, true);
      if (job?.status === "queued") {
        await this.jobs.begin(tx, job.id, await this.tasks.byKind[job.kind].count(tx, job));
        return { ...job, status: "running" };
      }
      return job?.status === "running" ? job : undefined;
    });
  }

  private async store(tx: Tx, turn: BulkTurn, slice: SliceResult): Promise<void> {
    await assertHeld(tx, turn.claim);
    const stored = await this.jobs.store(tx, turn.job.id, slice);
    if (!stored) throw new BulkEndedError();
    turn.job = stored;
  }

  private async end(claim: Claim, problem: ProblemError | null): Promise<void> {
    await this.db.transaction(claim.tenantId, async (tx) => {
      await assertHeld(tx, claim);
      await this.jobs.end(tx, claim.id, problem ? "failed" : "completed", problem?.problem ?? null);
    });
  }
}

function isTransient(error: unknown): boolean {
  return error instanceof DatabaseUnavailableError || error instanceof CommitUnknownError;
}
