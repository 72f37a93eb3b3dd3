import { Injectable } from "@nestjs/common";
import { SessionService } from "../accounts/session.service";
import type { JobTurn } from "../jobs/job-ends";
import { CancelledError } from "../jobs/turn-end";
import { PullService } from "../pull/pull.service";
import { GonePreview } from "./gone-preview";
import type { OnProgress } from "./plan";
import { PullPreview } from "./pull-preview";

/** Reads an ERP as a run does, into a plan. */
@Injectable()
export class PullPlanning {
  constructor(
    private readonly pulls: PullService,
    private readonly preview: PullPreview,
    private readonly sessions: SessionService,
    readonly gone: GonePreview,
  ) {}

  /** False when there is nothing to read: an entity that only gets pushes need not be readable. */
  async make(turn: JobTurn, signal: AbortSignal, onProgress: OnProgress): Promise<boolean> {
    const { account, entity, job } = turn;
    const { adapter } = await this.sessions.open(account);
    if (!adapter.entities[entity]?.pull && job.direction === "outbound") return false;
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
    return true;
  }
}
