import { Cron } from "croner";
import { expandEntityGroup, type EntityName, type JsonObject } from "@dovetail/domain";
import { entitySettings, type Account } from "../accounts/account";
import { inboundEntities } from "./job.service";

/** When an entity is pulled: a cron expression (UTC), or every so many milliseconds, or not at all. */
export type Schedule = { cron: string } | { everyMs: number } | undefined;

/**
 * The schedule of one entity: its own, else what `syncSchedule` says for it or its group, else `syncSchedule.interval`,
 * else the default interval of the service. `syncSchedule.enabled: false` switches all off.
 */
export function scheduleOf(account: Account, entity: EntityName, defaultMs: number): Schedule {
  const plan: JsonObject = account.document.syncSchedule;
  if (plan.enabled === false || account.document.status !== "ACTIVE" || account.deleted || account.recovering) return undefined;
  if (!inboundEntities(account).includes(entity)) return undefined;
  const own = entitySettings(account, entity)?.schedule;
  if (own) return { cron: own };
  for (const [word, cron] of Object.entries(plan))
    if (typeof cron === "string" && word !== "interval" && expandEntityGroup(word).includes(entity)) return { cron };
  if (typeof plan.interval === "string") return { cron: plan.interval };
  return defaultMs > 0 ? { everyMs: defaultMs } : undefined;
}

/** Milliseconds from `now` (epoch) to the schedule's next turn. Throws when the expression is no cron expression. */
export function nextInMs(schedule: Exclude<Schedule, undefined>, now: number): number | undefined {
  if ("everyMs" in schedule) return schedule.everyMs;
  const next = new Cron(schedule.cron, { timezone: "UTC", paused: true }).nextRun(new Date(now));
  return next ? next.getTime() - now : undefined;
}
