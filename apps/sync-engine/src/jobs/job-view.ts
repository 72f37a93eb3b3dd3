import type { JobCounts } from "@dovetail/contracts";
import type { JobRow } from "./job";

/** The counters of a job. */
export function countsOf(row: JobRow): JobCounts {
  const { read, created, updated, unchanged, rejected, parked, deleted } = row;
  return { read, created, updated, unchanged, rejected, parked, deleted };
}
