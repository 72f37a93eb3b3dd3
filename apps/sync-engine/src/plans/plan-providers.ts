import { Approvals } from "./approvals";
import { DeletesApproval } from "./deletes-approval";
import { GonePreview, GoneTrials } from "./gone-preview";
import { PageMerging } from "./page-merging";
import { PlanApplier } from "./plan-applier";
import { PlanApproval, PlanChecks } from "./plan-approval";
import { PlanController } from "./plan.controller";
import { PlanJobs } from "./plan-jobs";
import { PlanMaker } from "./plan-maker";
import { PlanPageRepository } from "./plan-page.repository";
import { PlanRepository } from "./plan.repository";
import { PlanService } from "./plan.service";
import { PlanWorker } from "./plan.worker";
import { PullPlanning } from "./pull-planning";
import { PullPreview } from "./pull-preview";
import { PullSlices } from "./pull-slices";
import { PullTurns } from "./pull-turns";
import { PlannedPushes } from "./planned-pushes";
import { PushPlanRepository } from "./push-plan.repository";
import { PushPreview } from "./push-preview";
import { PushSlices } from "./push-slices";
import { RollbackPreview } from "./rollback-preview";
import { RollbackRepository } from "./rollback.repository";
import { RollbackService } from "./rollback.service";
import { RollbackSlices } from "./rollback-slices";
import { SliceParts } from "./slice-parts";

/** Everything about plans: dry runs, approvals, roll-backs. */
export const planProviders = [
  PlanRepository,
  PlanPageRepository,
  PlanJobs,
  PageMerging,
  PullPreview,
  PushPlanRepository,
  PlannedPushes,
  PushPreview,
  PushSlices,
  GoneTrials,
  GonePreview,
  PullPlanning,
  RollbackRepository,
  RollbackPreview,
  RollbackSlices,
  RollbackService,
  PlanMaker,
  PullSlices,
  SliceParts,
  PlanApplier,
  PlanWorker,
  PullTurns,
  Approvals,
  PlanChecks,
  PlanApproval,
  DeletesApproval,
  PlanService,
  PlanController,
];
