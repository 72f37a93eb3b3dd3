import type { JobCounts } from "@dovetail/contracts";
import type { JobRow } from "./job";

/** Whether every row that was read ended in exactly one state (SYN-4). */
export function addsUp({ read, created, updated, unchanged, rejected, parked }: JobCounts): boolean {
  return read === created + updated + unchanged + rejected + parked;
}

/** The counters of a job. */
export function countsOf(row: JobRow): JobCounts {
  const { read, created, updated, unchanged, rejected, parked, deleted } = row;
  return { read, created, updated, unchanged, rejected, parked, deleted };
}
