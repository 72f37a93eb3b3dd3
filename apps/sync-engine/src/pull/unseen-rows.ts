import { AdapterError, RETRY_TABLE } from "@dovetail/adapter-sdk";
import { ENTITIES } from "@dovetail/domain";
import { ProblemError } from "@dovetail/contracts";
import { Database, enqueue } from "@dovetail/database";
import { retry, type Clock } from "@dovetail/resilience";
import { Inject, Injectable } from "@nestjs/common";
import { AccountWaitsError } from "../calls/account-waits.error";
import { DeadLetterRepository } from "../dead-letters/dead-letter.repository";
import { CancelledError } from "../jobs/turn-end";
import { CLOCK } from "../tokens";
import { GoneRows } from "./gone-rows";
import type { PullRun } from "./pull.service";
import { UnseenRepository, type UnseenRow } from "./unseen.repository";

const SLICE = 1_000;
/** Of so many times the deletions allowed may a run ask; a listing that lacks more rows is a person's. */
const ASKED = 10;

/** More rows are gone than a run may delete by itself: it stops until a person approves. */
export class ApprovalNeededError extends ProblemError {}

/**
 * What a run that showed every row did not show. Each such row is asked about; one that is there was passed over by the
 * listing and is read, one that surely is not becomes a deletion. Nothing is deleted before all were asked, so that a run
 * that stops has deleted nothing. Taken up again after a crash it comes to the same: what was deleted is linked no more.
 */
@Injectable()
export class UnseenRows {
  constructor(
    private readonly db: Database,
    private readonly unseen: UnseenRepository,
    private readonly gone: GoneRows,
    private readonly letters: DeadLetterRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Throws ApprovalNeededError, CancelledError, or ProblemError when the ERP cannot be asked. */
  async settle(run: PullRun): Promise<void> {
    if (run.job.seen_from === null || run.account.recovering) return;
    const absent = await this.absent(run, run.job.deletes_approved ? null : await this.allowed(run));
    for (const row of absent) await this.delete(run, row);
  }

  /** How many rows the run may still delete by itself. */
  private async allowed({ account, entity }: PullRun): Promise<number> {
    const { most, deleted } = await this.gone.limit(account, entity);
    return Math.max(0, most - deleted);
  }

  /** The rows that are surely not there; `allowed` null: however many. */
  private async absent(run: PullRun, allowed: number | null): Promise<UnseenRow[]> {
    const absent: UnseenRow[] = [];
    let asked = 0;
    for await (const row of this.candidates(run)) {
      if (allowed !== null && asked >= Math.max(ASKED * allowed, SLICE)) throw this.stop(absent.length, asked, true);
      asked++;
      if (await this.isThere(run, row)) await this.readAgain(run, row);
      else if (absent.push(row) > (allowed ?? Infinity)) throw this.stop(absent.length, asked, false);
    }
    return absent;
  }

  private async *candidates({ account, entity, job, signal }: PullRun): AsyncGenerator<UnseenRow> {
    const noting = { jobId: job.id, integration: account.num, entity, from: Number(job.seen_from) };
    for (let after = ""; ;) {
      const rows = await this.unseen.unseen(account.tenantId, noting, after, SLICE);
      // asked behind the rows: a run that still goes on had its notes when they were read
      if (!(await this.unseen.isRunning(account.tenantId, noting))) throw new CancelledError();
      for (const row of rows) {
        signal.throwIfAborted();
        yield row;
      }
      const last = rows.at(-1);
      if (!last || rows.length < SLICE) return;
      after = last.key;
    }
  }

  private async isThere(run: PullRun, { externalId }: UnseenRow): Promise<boolean> {
    return this.patient(run, () => this.gone.isThere(run.account, run.entity, externalId));
  }

  private async readAgain({ account, entity }: PullRun, { externalId }: UnseenRow): Promise<void> {
    const id = `${account.num}:${ENTITIES[entity].code}:${externalId}`;
    await this.db.transaction(account.tenantId, (tx) => enqueue(tx, { kind: "reread", id, dueInMs: 0, priority: 6 }));
  }

  /** Asked once more, now that all are known: between the two answers a person may have approved for days. */
  private async delete(run: PullRun, { key, externalId }: UnseenRow): Promise<void> {
    const { account, entity, job } = run;
    run.signal.throwIfAborted();
    const row = { id: externalId, key, jobId: job.id };
    const letter = await this.patient(run, () => this.gone.settle(account, entity, row));
    if (!letter) return;
    await this.db.transaction(account.tenantId, (tx) =>
      this.letters.saveSource(tx, account.num, entity, letter, 0, job.id),
    );
  }

  /** Failures of the ERP are waited out as often as their category allows. */
  private async patient<T>({ signal }: PullRun, ask: () => Promise<T>): Promise<T> {
    try {
      return await retry(ask, {
        attempts: 10,
        signal,
        clock: this.clock,
        shouldRetry: (error, attempt) => {
          if (
            !(error instanceof AdapterError) ||
            error instanceof AccountWaitsError ||
            attempt >= RETRY_TABLE[error.category].calls
          )
            return false;
          return error.retryAfterMs === undefined ? true : { afterMs: error.retryAfterMs };
        },
      });
    } catch (error) {
      if (!(error instanceof AdapterError) || error instanceof AccountWaitsError) throw error;
      throw new ProblemError("UNAVAILABLE", `a row that was not shown could not be asked about: ${error.message}`, {
        cause: error,
      });
    }
  }

  private stop(absent: number, asked: number, more: boolean): ApprovalNeededError {
    const all = more ? `${asked} and more rows that are known were` : `${asked} rows that are known were`;
    return new ApprovalNeededError(
      "CONFLICT",
      `${all} not shown, and at least ${absent} of them are gone: more than a run deletes by itself within a day`,
      { resolution: "Look into the ERP. Approve the job to have deleted what is not there, or cancel it." },
    );
  }
}
