import type { Claim, WorkResult } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { PullWorker } from "../jobs/pull.worker";
import { PlanWorker } from "./plan.worker";

/** Whose turn it is when the pulls of an (integration, entity) are claimed, and who makes plans. */
@Injectable()
export class PullTurns {
  constructor(
    private readonly plans: PlanWorker,
    private readonly pulls: PullWorker,
  ) {}

  /** Approved plans first: a person waits for them, and a pull before would make them stale. */
  async handle(claim: Claim, signal: AbortSignal): Promise<WorkResult> {
    return (await this.plans.applyNext(claim, signal)) ?? (await this.pulls.handle(claim, signal));
  }

  async plan(claim: Claim, signal: AbortSignal): Promise<WorkResult> {
    return this.plans.make(claim, signal);
  }
}
