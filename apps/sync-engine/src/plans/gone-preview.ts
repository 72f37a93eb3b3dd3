import { AdapterError } from "@dovetail/adapter-sdk";
import { ProblemError } from "@dovetail/contracts";
import { assertHeld, Database } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { AccountWaitsError } from "../calls/account-waits.error";
import { SessionService } from "../accounts/session.service";
import type { JobTurn } from "../jobs/job-ends";
import { CancelledError } from "../jobs/turn-end";
import { GoneRows } from "../pull/gone-rows";
import type { PlanRow } from "./plan";
import { PlanPageRepository } from "./plan-page.repository";
import { PlanRepository } from "./plan.repository";
import { PullPreview } from "./pull-preview";

const SLICE = 100;
/** A listing that lacks more known rows than this is looked into by a person before any plan is made of it. */
const ASKED = 1_000;

/** Where deletions are found and planned. */
@Injectable()
export class GoneTrials {
  constructor(
    readonly gone: GoneRows,
    readonly preview: PullPreview,
    readonly trials: PlanPageRepository,
  ) {}
}

/** Plans deletions of what a full read did not show, each confirmed by a read of it, as a full run does. */
@Injectable()
export class GonePreview {
  constructor(
    private readonly db: Database,
    private readonly plans: PlanRepository,
    private readonly found: GoneTrials,
    private readonly sessions: SessionService,
  ) {}

  async make(turn: JobTurn, { baseline }: PlanRow, signal: AbortSignal): Promise<void> {
    const { account, entity, job } = turn;
    if (job.mode !== "full" || !baseline) return;
    const port = (await this.sessions.open(account)).adapter.entities[entity];
    if (!port?.lookup || !port.deletesSeen) return;
    let after = "";
    for (let asked = 0; ; asked += SLICE) {
      signal.throwIfAborted();
      const unseen = await this.db.readOnly(account.tenantId, (tx) => this.found.trials.unseen(tx, job, after, SLICE));
      if (asked >= ASKED && unseen.length > 0) throw tooMany(asked);
      await this.slice(
        turn,
        unseen.map(({ external_id }) => external_id),
      );
      const last = unseen.at(-1);
      if (!last || unseen.length < SLICE) return;
      after = last.key;
    }
  }

  private async slice(turn: JobTurn, ids: readonly string[]): Promise<void> {
    const { account, entity, job, claim } = turn;
    if (ids.length === 0) return;
    const io = await this.found.trials.nextIo();
    const foreseen = await this.ask(() => this.found.gone.foresee({ account, entity, ids, io, jobId: null }));
    if (foreseen.length === 0) return;
    await this.db.transaction(account.tenantId, async (tx) => {
      await assertHeld(tx, claim);
      const plan = await this.plans.lock(tx, job.id);
      const now = await this.plans.job(tx, job.id);
      if (!plan || now?.status !== "running") throw new CancelledError();
      const items = await this.found.preview.goneItems(tx, turn, foreseen);
      const slice = { page: plan.page + 1, part: "gone", io, repeats: 0, last: false } as const;
      await this.plans.addSlice(tx, job.id, slice, null, items);
    });
  }

  private async ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      if (!(error instanceof AdapterError) || error instanceof AccountWaitsError) throw error;
      throw new ProblemError("UNAVAILABLE", `a row that was not shown could not be asked about: ${error.message}`, {
        cause: error,
      });
    }
  }
}

function tooMany(asked: number): ProblemError {
  return new ProblemError("CONFLICT", `more than ${asked} rows that are known were not shown`, {
    resolution: "Look into the ERP and what its user may see; then make the plan again.",
  });
}
