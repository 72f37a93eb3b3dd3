import { ProblemError, type CallContext } from "@dovetail/contracts";
import { Database, enqueue } from "@dovetail/database";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { pullWorkId, type JobRow } from "../jobs/job";
import { JobRepository } from "../jobs/job.repository";
import { WorkBell } from "../work-bell";
import { Approvals, type Approvable } from "./approvals";

/** A person lets a run go on that met more rows that are gone than it may delete by itself (SYN-7). */
@Injectable()
export class DeletesApproval implements Approvable, OnModuleInit {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobRepository,
    private readonly approvals: Approvals,
    private readonly bell: WorkBell,
  ) {}

  onModuleInit(): void {
    this.approvals.register("deletes", this);
  }

  async approve(ctx: CallContext, { id, integration, entity }: JobRow): Promise<void> {
    await this.db.transaction(ctx.tenantId, async (tx) => {
      if (!(await this.jobs.approveDeletes(tx, id, `${ctx.actor.kind}:${ctx.actor.id}`)))
        throw new ProblemError(
          "CONFLICT",
          "the job does not wait any more, or another run of the entity is under way",
          {
            resolution: "Wait for the end of the other run; a full one counts anew what is gone.",
          },
        );
      await enqueue(tx, { kind: "pull", id: pullWorkId(integration, entity), dueInMs: 0, priority: 2 });
    });
    this.bell.ring();
  }
}
