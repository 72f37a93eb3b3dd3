import { diffRecords, type EntityName, type Json, type JsonObject } from "@dovetail/domain";
import type { PlanChange, PlanItemState, PlanOperation, ProblemDocument } from "@dovetail/contracts";
import type { JobRow } from "../jobs/job";
import type { Letter } from "../pull/page";

/** Told how the job stands, slice by slice. */
export type OnProgress = (job: JobRow) => Promise<void>;

/** How long a plan may be approved. */
export const PLAN_HOURS = 24;
/** How long the items of an ended plan can be read. */
export const KEPT_DAYS = 7;

/** Parts of a plan in the order in which they are made and applied: pushes go first, then what was read (SYN-11). */
export type PlanPart = "push" | "pull" | "gone" | "rollback";

/** A plan as stored, beside its job. */
export interface PlanRow {
  job_id: string;
  account_version: number;
  mapping_version: number | null;
  /** Pages that the pull had committed, and the cursor, when the plan was begun. */
  cursor_page: number;
  cursor: Json | null;
  baseline: boolean;
  part: PlanPart;
  /** Slices made. */
  page: number;
  /** Where the part in hand goes on: the cursor of the last page read, or a key. */
  mark: Json | null;
  /** The cursor behind the last page read; the pull goes on there once all is applied. */
  next_cursor: Json | null;
  /** Slices applied. */
  applied: number;
  keeps_cursor: boolean;
}

/** One slice of a plan. */
export interface PlanSlice {
  page: number;
  part: PlanPart;
  /** The I/O number of the read. */
  io: number;
  repeats: number;
  last: boolean;
}

/** What has to hold still when an item is applied. */
export interface Assumed {
  /** 0: there is no record. */
  version: number;
  /** Null in a roll-back: what the ERP showed meanwhile does not matter to it. */
  link: { shadowHash: string | null; pushIo: number } | null;
}

/** One item on its way into a plan. */
export interface NewItem {
  integration: number;
  key: string | null;
  externalId: string | null;
  operation: PlanOperation;
  reason?: string | null;
  problem?: ProblemDocument | null;
  changes?: PlanChange[];
  assumed?: Assumed | null;
  /** Canonical JSON and its hash. */
  doc?: string | null;
  hash?: string | null;
  erpVersion?: string | null;
  modifiedAt?: string | null;
  letter?: Letter | null;
  /** What would leave, in the ERP's words. */
  body?: JsonObject | null;
  pushes?: FollowingPush[];
  pushId?: string | null;
}

/** A push that an item of a roll-back is followed by. */
export interface FollowingPush {
  integration: number;
  operation: string;
  offered: boolean;
}

/** One item as stored. */
export interface ItemRow {
  page: number;
  n: number;
  integration: number;
  key: string | null;
  external_id: string | null;
  operation: PlanOperation;
  state: PlanItemState;
  reason: string | null;
  problem: ProblemDocument | null;
  changes: PlanChange[] | null;
  record_version: number | null;
  shadow_hash: string | null;
  push_io: number | null;
  doc: string | null;
  hash: string | null;
  erp_version: string | null;
  /** By our clock (RFC 3339). */
  modified_at: string | null;
  letter: Letter | null;
  body: JsonObject | null;
  pushes: FollowingPush[] | null;
  push_id: string | null;
}

/** A record and the link of one integration as they stand. */
export interface RecordState {
  key: string;
  version: number;
  deleted: boolean;
  doc: JsonObject | null;
  shadow_hash: string | null;
  push_io: number;
}

/** What an item assumes that is made from this state. */
export function assumedOf(state: RecordState): Assumed {
  return { version: state.version, link: { shadowHash: state.shadow_hash, pushIo: Number(state.push_io) } };
}

/** Field by field what becomes of a document; a missing side has no fields. */
export function changesOf(entity: EntityName, before: JsonObject | null, after: JsonObject | null): PlanChange[] {
  const old = before ?? {};
  const next = after ?? {};
  return diffRecords(entity, old, next).map((field) => ({ field, old: old[field] ?? null, new: next[field] ?? null }));
}

/** What a merge of one row would do, by the record before and after it. */
export function operationOf(before: RecordState | undefined, after: RecordState | undefined): PlanOperation {
  if (!after || after.version === (before?.version ?? 0)) return "skip";
  return before && before.version > 0 && !before.deleted ? "update" : "create";
}
