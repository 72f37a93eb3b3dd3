import type { EntityName } from "@dovetail/domain";
import { adapterFor } from "@dovetail/adapter-registry";
import type { JobMode } from "@dovetail/contracts";
import { Injectable } from "@nestjs/common";
import { entitySettings, type Account } from "../accounts/account";
import { JobService } from "../jobs/job.service";
import { PullService, type PullRun } from "./pull.service";
import { StampScan } from "./stamp-scan";
import { RunRepository } from "./run.repository";
import { isAboveTolerance, NAMED, toleranceProblem } from "./tolerance";
import { UnseenRows } from "./unseen-rows";

/** A run from its first page to what follows its last. */
@Injectable()
export class PullRuns {
  constructor(
    private readonly pulls: PullService,
    private readonly scans: StampScan,
    private readonly unseen: UnseenRows,
    private readonly runs: RunRepository,
    private readonly jobs: JobService,
  ) {}

  /** Whether a run of this mode is shown every row, and what it is not shown can be asked about. */
  notesSeen(account: Account, entity: EntityName, mode: JobMode): boolean {
    const port = adapterFor(account.document.adapter.system).entities[entity];
    if (!port?.lookup || mode === "incremental") return false;
    return mode === "scan" ? port.stamps !== undefined : port.deletesSeen === true;
  }

  /** As PullService.run; throws ApprovalNeededError when more rows are gone than it may delete, ERP008 above the tolerance. */
  async run(run: PullRun): Promise<void> {
    // a scan before the first load is complete has nothing to compare with
    const scans = run.job.mode === "scan" && run.job.seen_from !== null;
    if (scans) await this.scans.run(run, (tx) => this.jobs.queue(run.account, run.entity, "full", "schedule", tx));
    else await this.pulls.run(run);
    await this.assertTolerable(run);
    await this.unseen.settle(run);
  }

  /** A bad row alone fails no run; more of them than the entity tolerates do, after all others were applied. */
  private async assertTolerable(run: PullRun): Promise<void> {
    const tolerance = entitySettings(run.account, run.entity)?.tolerance;
    if (!tolerance) return;
    const counts = await this.runs.counts(run);
    if (counts && isAboveTolerance(tolerance, counts))
      throw toleranceProblem(counts, await this.runs.rejected(run, NAMED));
  }
}
