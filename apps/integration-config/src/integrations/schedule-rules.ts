import { expandEntityGroup, type JsonObject } from "@dovetail/domain";
import { Cron } from "croner";
import type { Fault } from "./faults";

/** Why a text is no cron expression (UTC; five or six parts, or `@daily` and its kin), or undefined when it is one. */
export function cronFault(expression: unknown): string | undefined {
  if (typeof expression !== "string") return "must be a cron expression";
  if (expression.length > 200) return "is longer than 200 characters";
  // croner also takes one date; a schedule comes again.
  if (/^\s*\d{4}-/.test(expression)) return "is a date, not a cron expression";
  try {
    const cron = new Cron(expression, { paused: true, timezone: "UTC" });
    return cron.nextRun() === null ? "never comes due" : undefined;
  } catch {
    return "is not a cron expression";
  }
}

const MAX_WINDOWS = 20;
const MAX_MINUTES = 7 * 24 * 60;

/** Faults of `syncSchedule.maintenance`: windows [{cron, minutes}] in which the ERP is not called. */
function checkMaintenance(windows: unknown): Fault[] {
  const field = "syncSchedule.maintenance";
  if (!Array.isArray(windows) || windows.length > MAX_WINDOWS)
    return [
      { field, rule: "type", value: windows, message: `must be a list of at most ${MAX_WINDOWS} {cron, minutes}` },
    ];
  return windows.flatMap((window: unknown, at): Fault[] => {
    const { cron, minutes, ...rest } = (typeof window === "object" && window !== null ? window : {}) as JsonObject;
    const here = `${field}[${at}]`;
    const faults: Fault[] = Object.keys(rest).map((name) => {
      return { field: `${here}.${name}`, rule: "unknown", value: name, message: "is no member of a window" };
    });
    const message = cronFault(cron);
    if (message) faults.push({ field: `${here}.cron`, rule: "cron", value: cron, message });
    const whole = typeof minutes === "number" && Number.isInteger(minutes) && minutes >= 1 && minutes <= MAX_MINUTES;
    if (!whole)
      faults.push({ field: `${here}.minutes`, rule: "range", value: minutes, message: `must be 1 to ${MAX_MINUTES}` });
    return faults;
  });
}

/** Faults of `syncSchedule`: {enabled, interval, maintenance} and a cron expression per entity or group. */
export function checkSchedule(schedule: JsonObject): Fault[] {
  const faults: Fault[] = [];
  for (const [name, value] of Object.entries(schedule)) {
    const field = `syncSchedule.${name}`;
    if (name === "enabled") {
      if (typeof value !== "boolean") faults.push({ field, rule: "type", value, message: "must be true or false" });
    } else if (name === "maintenance") {
      faults.push(...checkMaintenance(value));
    } else if (name !== "interval" && expandEntityGroup(name).length === 0) {
      faults.push({ field, rule: "unknown", value, message: `${name} is neither an entity nor a group` });
    } else {
      const message = cronFault(value);
      if (message) faults.push({ field, rule: "cron", value, message });
    }
  }
  return faults;
}
