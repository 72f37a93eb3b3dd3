import type { BulkJob, BulkJobKind, BulkJobStatus, ProblemDocument } from "@dovetail/contracts";
import type { Json, JsonObject } from "@dovetail/domain";
import type { Tx, Claim } from "@dovetail/database";

/** A bulk job as stored. */
export interface BulkJobRow {
  id: string;
  kind: BulkJobKind;
  status: BulkJobStatus;
  filter: JsonObject;
  /** The same in the words of the tables: a renamed integration is still meant. */
  wanted: JsonObject;
  /** How far it has come, in the words of its kind; null: nowhere yet. */
  place: Json;
  total: number | null;
  seen: number;
  done: number;
  left: Record<string, number>;
  problem: ProblemDocument | null;
  created_by: string;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
}

/** What one slice of a bulk job came to: `done` entries and, by reason, those left as they were. */
export interface SliceResult {
  place: Json;
  done: number;
  left: Readonly<Record<string, number>>;
}

/** A bulk job in a worker's hands. */
export interface BulkTurn {
  claim: Claim;
  job: BulkJobRow;
  signal: AbortSignal;
  /**
   * Stores a slice in the transaction of its effect. Throws BulkEndedError when the job was cancelled, WorkLostError when
   * another worker has it: then the effect must not stand.
   */
  store(tx: Tx, result: SliceResult): Promise<void>;
}

/** One kind of bulk job. */
export interface BulkTask {
  /** How many entries fit; asked once, when the job begins. */
  count(tx: Tx, job: BulkJobRow): Promise<number>;
  /** Works on the entries behind `job.place` and stores how far it came. */
  slice(turn: BulkTurn): Promise<SliceEnd>;
}

/** Whether there may be more behind a slice; the last form: not now. */
export type SliceEnd = "more" | "end" | { againInMs: number };

/** The job ended while a slice of it was under way. */
export class BulkEndedError extends Error {
  constructor() {
    super("the bulk job has ended");
    this.name = "BulkEndedError";
  }
}

/** Counts each reason. */
export function tally(reasons: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

/** The sum of two tallies. */
export function added(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum = { ...one };
  for (const [reason, n] of Object.entries(other)) sum[reason] = (sum[reason] ?? 0) + n;
  return sum;
}

/** A bulk job as clients see it. */
export function bulkJobView(row: BulkJobRow): BulkJob {
  return {
    id: row.id,
    kind: row.kind,
    status: row.status,
    filter: row.filter,
    total: row.total ?? 0,
    counts: { seen: row.seen, done: row.done },
    left: row.left,
    createdBy: row.created_by,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    problem: row.problem,
  };
}
