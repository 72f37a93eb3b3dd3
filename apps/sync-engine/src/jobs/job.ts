import { RETRY_TABLE, type Category } from "@dovetail/adapter-sdk";
import type { JobApproval, JobMode, JobStatus, JobTrigger, ProblemDocument } from "@dovetail/contracts";

/** One run of a pull or push of one entity at one account, as stored. */
export interface JobRow {
  id: string;
  integration: number;
  entity: number;
  direction: "inbound" | "outbound";
  mode: JobMode;
  trigger: JobTrigger;
  status: JobStatus;
  dry_run: boolean;
  read: number;
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
  parked: number;
  deleted: number;
  attempts: number;
  /** The last page is merged: a worker that takes the job over only ends it. */
  all_read: boolean;
  mapping_version: number | null;
  /** The I/O number at its start, when it notes what it sees; null: it notes nothing. */
  seen_from: number | null;
  /** A person lets more rows be deleted than a run may by itself. */
  deletes_approved: boolean;
  problem: ProblemDocument | null;
  approval: JobApproval | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
}

const NEXT: Record<JobStatus, readonly JobStatus[]> = {
  queued: ["running", "cancelled"],
  running: ["completed", "failed", "cancelled", "awaiting_approval"],
  awaiting_approval: ["running", "cancelled"],
  completed: [],
  failed: [],
  cancelled: [],
};

/** Whether a job may go from one status to another. */
export function mayBecome(from: JobStatus, to: JobStatus): boolean {
  return NEXT[from].includes(to);
}

/** Priority of the work row of a job: manual and webhook before schedule before full (SYN-1). Lower comes first. */
export function priorityOf(trigger: JobTrigger, mode: JobMode): number {
  if (trigger === "manual" || trigger === "webhook") return 2;
  return mode === "full" ? 8 : 6;
}

/** The id of the work row that carries all jobs of one (integration, entity): two never run at once. */
export function pullWorkId(integration: number, entity: number): string {
  return `${integration}:${entity}`;
}

/** Turns of one job that end by something nobody expected. */
const SURPRISES = 5;
const PASSING_MS = 1_000;

/** Why a turn of a job ended early: `passing` is the database's or another worker's doing, `problem` has a document. */
export type TurnEnd = "passing" | "cancelled" | "problem" | "surprise";

/** What follows a turn that ended early; `attempts` counts the job's turns, this one included. */
export function afterTurn(
  end: TurnEnd,
  attempts: number,
): { do: "again"; ms: number } | { do: "stop" } | { do: "fail" } {
  if (end === "passing") return { do: "again", ms: PASSING_MS };
  if (end === "cancelled") return { do: "stop" };
  if (end === "surprise" && attempts < SURPRISES) return { do: "again", ms: 1_000 * attempts };
  return { do: "fail" };
}

/** Failures of the ERP in a row, and whether the read goes on from the stored cursor; `moved`: pages were merged since the last. */
export function afterPullFailure(
  category: Category,
  failures: number,
  moved: boolean,
): { failures: number; again: boolean } {
  const inRow = moved ? 1 : failures + 1;
  return { failures: inRow, again: inRow < RETRY_TABLE[category].calls };
}
