import type { CallContext } from "@dovetail/contracts";
import { ProblemError, type ApprovalKind } from "@dovetail/contracts";
import { Injectable } from "@nestjs/common";
import type { JobRow } from "../jobs/job";

/** What approving does to jobs in `awaiting_approval` of one kind (`approval.kind` of the job). */
export interface Approvable {
  /**
   * Checks that what was looked at still holds, and lets the job go on; throws ProblemError and leaves everything as it was
   * otherwise. The caller has checked the job's status, the permission and the digest.
   */
  approve(ctx: CallContext, job: JobRow): Promise<void>;
}

/** Who acts on a person's word: each part of the engine that makes jobs wait for one registers here when it starts. */
@Injectable()
export class Approvals {
  private readonly known = new Map<ApprovalKind, Approvable>();

  register(kind: ApprovalKind, approvable: Approvable): void {
    this.known.set(kind, approvable);
  }

  of(kind: ApprovalKind): Approvable {
    const found = this.known.get(kind);
    if (!found) throw new ProblemError("CONFLICT", `nothing here can approve ${kind}`);
    return found;
  }
}
