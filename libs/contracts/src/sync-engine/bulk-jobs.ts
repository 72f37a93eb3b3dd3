import { OneOf } from "../fields";
import { PageQuery } from "../paging";
import { type ProblemDocument } from "../problem";
import { type JobStatus } from "./jobs";
import type { JsonObject } from "@dovetail/domain";

export const BULK_JOB_KINDS = ["retry", "replay"] as const;
export type BulkJobKind = (typeof BULK_JOB_KINDS)[number];
export const BULK_JOB_STATUSES = ["queued", "running", "completed", "failed", "cancelled"] as const;
export type BulkJobStatus = Extract<JobStatus, (typeof BULK_JOB_STATUSES)[number]>;

/** What a person asked to be done with many entries at once. */
export interface BulkJob {
  id: string;
  kind: BulkJobKind;
  status: BulkJobStatus;
  /** What was asked for. */
  filter: JsonObject;
  /** How many entries fitted when it began. */
  total: number;
  /** `seen` = `done` + the sum of `left`. */
  counts: { seen: number; done: number };
  /** Entries left as they were, by reason: MOVED_ON, UNKNOWN, CONFIRMED, …, or the code of a problem. */
  left: Record<string, number>;
  /** Who asked for it, as in the source of a change. */
  createdBy: string;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  problem: ProblemDocument | null;
}

export class ListBulkJobs extends PageQuery {
  @OneOf(BULK_JOB_KINDS, { optional: true })
  kind?: BulkJobKind;

  @OneOf(BULK_JOB_STATUSES, { optional: true })
  status?: BulkJobStatus;
}
