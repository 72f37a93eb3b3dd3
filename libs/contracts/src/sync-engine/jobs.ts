import { Flag, OneOf, Text, Words } from "../fields";
import { PageQuery } from "../paging";
import { type ProblemDocument } from "../problem";
import { ENTITY_NAMES, type EntityName } from "@dovetail/domain";
import type { JobApproval } from "./plans";

export const JOB_STATUSES = ["queued", "running", "awaiting_approval", "completed", "failed", "cancelled"] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];
/** `scan`: keys and version stamps of all rows are listed, and what differs is read (a full run where none can be listed). */
export const JOB_MODES = ["incremental", "full", "scan"] as const;
export type JobMode = (typeof JOB_MODES)[number];
export const JOB_TRIGGERS = ["manual", "webhook", "schedule", "start"] as const;
export type JobTrigger = (typeof JOB_TRIGGERS)[number];

/** Every row read ends in exactly one of created … parked: `read` is their sum. Tombstones count beside it. */
export interface JobCounts {
  read: number;
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
  parked: number;
  deleted: number;
}

export interface Job {
  id: string;
  integration: string;
  entityType: EntityName;
  direction: "inbound" | "outbound";
  mode: JobMode;
  trigger: JobTrigger;
  status: JobStatus;
  dryRun: boolean;
  counts: JobCounts;
  mappingVersion: number | null;
  startedAt: string | null;
  finishedAt: string | null;
  createdAt: string;
  problem: ProblemDocument | null;
  /** Null: the job acts without a person's word. */
  approval: JobApproval | null;
}

export class ExecuteSync {
  @Text()
  integration!: string;

  @Words({ optional: true, description: "entities or groups; every inbound entity when absent" })
  entityTypes?: string[];

  @OneOf(JOB_MODES, { optional: true })
  mode?: JobMode;

  @Flag({ optional: true, description: "plan only: nothing changes until the job is approved" })
  dryRun?: boolean;

  @OneOf(JOB_TRIGGERS, { optional: true })
  trigger?: JobTrigger;
}

export interface ExecuteAnswer {
  jobs: { id: string; entityType: EntityName; status: JobStatus; coalesced: boolean }[];
}

export class ListJobs extends PageQuery {
  @Text({ optional: true })
  integration?: string;

  @OneOf(ENTITY_NAMES, { optional: true })
  entityType?: EntityName;

  @OneOf(JOB_STATUSES, { optional: true })
  status?: JobStatus;
}

/** Progress on core NATS: not in any log, lost when nobody listens. */
export function progressSubject(tenant: string, jobId: string): string {
  return `dovetail.progress.${tenant}.${jobId}`;
}
