import type { JobTurn } from "../jobs/job-ends";
import type { CursorRow } from "../pull/page.repository";
import type { PlanRow, PlanSlice } from "./plan";

/** A slice of an approved plan in a worker's hands. */
export interface SliceTurn extends JobTurn {
  plan: PlanRow;
  slice: PlanSlice;
  cursor: CursorRow;
}

/** Items that are left out, by their place in the slice, and why. */
export type LeftOut = Map<number, string>;
