import { assertHeld, Database, type Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { JobRow } from "../jobs/job";
import type { JobTurn } from "../jobs/job-ends";
import { CancelledError } from "../jobs/turn-end";
import type { OnProgress, PlanRow } from "./plan";
import { PlanRepository } from "./plan.repository";
import { PullPlanning } from "./pull-planning";
import { PushPreview } from "./push-preview";
import { RollbackPreview } from "./rollback-preview";

/** Makes plans part by part; after a crash it goes on behind the last slice that was stored. */
@Injectable()
export class PlanMaker {
  constructor(
    private readonly db: Database,
    private readonly plans: PlanRepository,
    private readonly pulls: PullPlanning,
    private readonly rollbacks: RollbackPreview,
    private readonly pushes: PushPreview,
  ) {}

  /** Answers the job as it waits for a person, or completed when there is nothing to do. */
  async make(turn: JobTurn, signal: AbortSignal, onProgress: OnProgress): Promise<JobRow> {
    for (;;) {
      const plan = await this.db.transaction(turn.account.tenantId, (tx) => this.plans.lock(tx, turn.job.id));
      if (!plan) throw new CancelledError();
      const sealed = await this.part(turn, plan, signal, onProgress);
      if (sealed) return sealed;
    }
  }

  /** Makes the part in hand; answers the job when it was the last one. */
  private async part(
    turn: JobTurn,
    plan: PlanRow,
    signal: AbortSignal,
    onProgress: OnProgress,
  ): Promise<JobRow | undefined> {
    switch (plan.part) {
      case "push":
        await this.pushes.make(turn, plan, signal);
        await this.goOn(turn, "pull", plan);
        return undefined;
      case "pull":
        if (!(await this.pulls.make(turn, signal, onProgress))) await this.goOn(turn, "gone", plan);
        return undefined;
      case "gone":
        await this.pulls.gone.make(turn, plan, signal);
        return this.seal(turn);
      case "rollback":
        await this.rollbacks.make(turn, signal);
        return this.seal(turn);
    }
  }

  private async goOn(turn: JobTurn, part: PlanRow["part"], { mark }: PlanRow): Promise<void> {
    await this.write(turn, (tx) => this.plans.goOn(tx, turn.job.id, part, mark));
  }

  private async seal(turn: JobTurn): Promise<JobRow> {
    const sealed = await this.write(turn, async (tx) => {
      if (turn.job.approval?.kind === "rollback") await this.rollbacks.holdReferenced(tx, turn.job, turn.entity);
      return this.plans.seal(tx, turn.job.id);
    });
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
