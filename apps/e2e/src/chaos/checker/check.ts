import type { FaultKind, History } from "../history";
import { answered } from "./answered";
import { balance, totals } from "./balance";
import { consumer } from "./consumer";
import { unearned, unlisted } from "./earned";
import { finalValue } from "./final-value";
import { noWayBack } from "./no-way-back";
import { oneDocument } from "./one-document";
import { passedOver } from "./passed-over";
import { reread } from "./re-read";
import { sidesAgree } from "./sides-agree";
import { unasked } from "./unasked";
import { type View, viewOf } from "./view";
import type { Violation } from "./violation";
import { applied, quiet, stuck } from "./work-done";

const CHECKS: readonly ((view: View) => Violation[])[] = [
  answered,
  finalValue,
  sidesAgree,
  noWayBack,
  passedOver,
  oneDocument,
  unasked,
  unearned,
  unlisted,
  applied,
  quiet,
  stuck,
  balance,
  totals,
  consumer,
  reread,
];

/** What a run proves: nothing when a fault was seen too seldom, however clean it is. */
export interface Verdict {
  violations: Violation[];
  /** Kinds of faults that were observed less often than the setup asks for. */
  tooSeldom: { kind: FaultKind; observed: number; least: number }[];
  /** Observed faults by kind. */
  faults: Partial<Record<FaultKind, number>>;
}

/** Judges a run by all laws. Reads nothing but the history. */
export function check(history: History): Verdict {
  const view = viewOf(history);
  const faults: Verdict["faults"] = {};
  for (const { kind, observed } of history.faults) if (observed) faults[kind] = (faults[kind] ?? 0) + 1;
  const least = Object.entries(history.setup.limits.faults) as [FaultKind, number][];
  const tooSeldom = least
    .map(([kind, count]) => ({ kind, observed: faults[kind] ?? 0, least: count }))
    .filter((one) => one.observed < one.least);
  return { violations: CHECKS.flatMap((law) => law(view)), tooSeldom, faults };
}

/** What `npm run chaos` ends with: 0 clean, 1 a law was broken, 2 the run proves nothing. */
export function exitCode({ violations, tooSeldom }: Verdict): 0 | 1 | 2 {
  if (violations.length > 0) return 1;
  return tooSeldom.length > 0 ? 2 : 0;
}
