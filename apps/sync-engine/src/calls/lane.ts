/** What calls of one account are for, the more urgent first. */
export const LANES = ["push", "reread", "incremental", "full", "compare"] as const;
export type Lane = (typeof LANES)[number];

/**
 * By how much a call of a lane may be overtaken, milliseconds: calls that wait leave in the order of their arrival plus
 * this. So the urgent goes first, and nothing waits for ever behind it.
 */
const YIELDS_MS: Record<Lane, number> = { push: 0, reread: 250, incremental: 1_000, full: 5_000, compare: 10_000 };

/** When a call that comes at `now` is to leave if there are more calls than slots. */
export function turnOf(lane: Lane, now: number): number {
  return now + YIELDS_MS[lane];
}
