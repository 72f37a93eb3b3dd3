import { assertHeld, Database, type Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { SessionService } from "../accounts/session.service";
import type { JobRow } from "../jobs/job";
import type { JobTurn } from "../jobs/job-ends";
import { CancelledError } from "../jobs/turn-end";
import { PullService } from "../pull/pull.service";
import type { OnProgress, PlanRow } from "./plan";
import { PlanRepository } from "./plan.repository";
import { PullPreview } from "./pull-preview";

/** Makes plans part by part; after a crash it goes on behind the last slice that was stored. */
@Injectable()
export class PlanMaker {
  constructor(
    private readonly db: Database,
    private readonly plans: PlanRepository,
    private readonly pulls: PullService,
    private readonly preview: PullPreview,
    private readonly sessions: SessionService,
  ) {}

  /** Answers the job as it waits for a person, or completed when there is nothing to do. */
  async make(turn: JobTurn, signal: AbortSignal, onProgress: OnProgress): Promise<JobRow> {
    for (;;) {
      const plan = await this.db.transaction(turn.account.tenantId, (tx) => this.plans.lock(tx, turn.job.id));
      if (!plan) throw new CancelledError();
      if (plan.part === "push") await this.step(turn, "pull", plan.mark);
      else if (plan.part === "pull") await this.pull(turn, signal, onProgress);
      else return this.seal(turn);
    }
  }

  private async pull(turn: JobTurn, signal: AbortSignal, onProgress: OnProgress): Promise<void> {
    const { account, entity, job } = turn;
    const { adapter } = await this.sessions.open(account);
    // an entity that only gets pushes need not be readable
    if (!adapter.entities[entity]?.pull && job.direction === "outbound") return this.step(turn, "gone", null);
    await this.pulls.run({
      account,
      entity,
      job,
      signal,
      plan: this.preview.pagesOf(turn),
      onPage: async ({ status, counts }) => {
        if (status !== "running") throw new CancelledError();
        await onProgress({ ...job, ...counts });
      },
    });
  }

  private async step(turn: JobTurn, part: PlanRow["part"], mark: PlanRow["mark"]): Promise<void> {
    await this.write(turn, (tx) => this.plans.goOn(tx, turn.job.id, part, mark));
  }

  private async seal(turn: JobTurn): Promise<JobRow> {
    const sealed = await this.write(turn, (tx) => this.plans.seal(tx, turn.job.id));
    if (!sealed) throw new CancelledError();
    return sealed;
  }

  private async write<T>(turn: JobTurn, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.db.transaction(turn.account.tenantId, async (tx) => {
      await assertHeld(tx, turn.claim);
      return work(tx);
    });
  }
}
