import type { FaultKind } from "../faults";

/**
 * What can go wrong when a row is taken up: `slow` = later; `error` = refused with the fault's message; `reset` = the worker
 * dies before its commit and takes the row up anew; `lateEffect` = the document stands, its row still says NEW for a while;
 * `lateCommit` = the document is stamped, and seen by others only later.
 */
export const SQL_FAULT_KINDS: readonly FaultKind[] = ["slow", "error", "reset", "lateEffect", "lateCommit"];
