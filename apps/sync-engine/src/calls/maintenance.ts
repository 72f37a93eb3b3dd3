import type { JsonObject } from "@dovetail/domain";
import { Cron } from "croner";
import type { Account } from "../accounts/account";

/** `syncSchedule.maintenance`: from each turn of the cron expression (UTC) for so many minutes the ERP is not called. */
interface Window {
  cron: string;
  minutes: number;
}

interface Known {
  /** Nothing is to be computed anew before. */
  until: number;
  /** End of the window that is on; undefined: none is. */
  end: number | undefined;
}

const MINUTE_MS = 60_000;
/** Long windows that follow each other are one: how many are looked at. */
const JOINED = 100;
const known = new WeakMap<JsonObject, Known>();

/** Milliseconds until the account's maintenance window ends; undefined when none is on. `now`: milliseconds since 1970. */
export function maintenanceUntil(account: Account, now: number): number | undefined {
  const schedule = account.document.syncSchedule;
  if (!Array.isArray(schedule["maintenance"]) || schedule["maintenance"].length === 0) return undefined;
  let state = known.get(schedule);
  if (!state || now >= state.until) {
    state = at(schedule["maintenance"] as unknown as Window[], now);
    known.set(schedule, state);
  }
  return state.end === undefined ? undefined : state.end - now;
}

function at(windows: readonly Window[], now: number): Known {
  let end = now;
  for (let joined = 0; joined < JOINED; joined++) {
    const later = Math.max(...windows.map((window) => endOf(window, end)));
    if (later <= end) break;
    end = later;
  }
  if (end > now) return { until: end, end };
  const starts = windows.flatMap(({ cron }) => nextOf(cron, now) ?? []);
  return { until: Math.min(...starts, now + 24 * 60 * MINUTE_MS), end: undefined };
}

/** The end of the window that is on at this moment, or the moment itself. */
function endOf({ cron, minutes }: Window, moment: number): number {
  const length = minutes * MINUTE_MS;
  let end = moment;
  // from the first turn behind the last moment at which a window that is over by now could have begun
  for (let start = nextOf(cron, moment - length); start !== undefined && start <= moment; start = nextOf(cron, start))
    end = start + length;
  return end;
}

function nextOf(cron: string, after: number): number | undefined {
  return timer(cron).nextRun(new Date(after))?.getTime();
}

function timer(cron: string): Cron {
  return new Cron(cron, { timezone: "UTC", paused: true });
}
