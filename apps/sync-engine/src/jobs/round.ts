import { createHash } from "node:crypto";
import type { EntityPort } from "@dovetail/adapter-sdk";
import { adapterFor } from "@dovetail/adapter-registry";
import type { JobMode } from "@dovetail/contracts";
import type { EntityName } from "@dovetail/domain";
import { entitySettings, ownedPrefix, type Account } from "../accounts/account";
import { nextInMs, scheduleOf } from "./schedule";

/** When stamps are listed where nothing is said: at night (UTC), each entity of each integration at a moment of its own. */
const NIGHTLY = "0 1 * * *";
const SPREAD_MS = 3 * 60 * 60_000;

/**
 * How all rows of an entity are compared: by their stamps, else by a full run where that shows every row; undefined where
 * neither can be: what such a system delivers is no listing of what it has.
 */
export function scanModeOf(account: Account, entity: EntityName): JobMode | undefined {
  const port = portOf(account, entity);
  if (port?.stamps && port.lookup) return "scan";
  return port?.pull && port.deletesSeen ? "full" : undefined;
}

/** Milliseconds to the entity's next scan; undefined: there is none. An integration without schedules has no scans. */
export function nextScanInMs(account: Account, entity: EntityName, defaultMs: number, now: number): number | undefined {
  if (scheduleOf(account, entity, defaultMs) === undefined || scanModeOf(account, entity) === undefined)
    return undefined;
  const own = entitySettings(account, entity)?.scanSchedule;
  if (own === "off") return undefined;
  const spread = own === undefined ? Math.floor(SPREAD_MS * shareOf(account, entity)) : 0;
  // counted from before the spread, so that a turn within it is not passed over
  const next = nextInMs({ cron: own ?? NIGHTLY }, now - spread);
  return next === undefined ? undefined : Math.max(0, next);
}

const WATCHED: EntityName = "PurchaseOrder";

/**
 * Whether changes of purchase orders are asked for every `everyMs`, so that a status reaches the other side soon without
 * notices and whatever the schedule: of an ERP that may change them, and can be asked for changes alone (SYN-17).
 */
export function isWatched(account: Account, everyMs: number, defaultMs: number): boolean {
  const settings = entitySettings(account, WATCHED);
  const schedule = scheduleOf(account, WATCHED, defaultMs);
  const port = portOf(account, WATCHED);
  if (everyMs === 0 || !settings || !schedule || !port?.pull || port.incremental === false) return false;
  if (ownedPrefix(settings) === null) return false;
  return !("everyMs" in schedule && schedule.everyMs <= everyMs);
}

function portOf(account: Account, entity: EntityName): EntityPort<unknown> | undefined {
  return adapterFor(account.document.adapter.system).entities[entity];
}

/** A number from 0 to 1 that is always the same for an entity of an integration. */
function shareOf(account: Account, entity: EntityName): number {
  return createHash("sha256").update(`${account.integrationId}/${entity}`).digest().readUInt32BE(0) / 2 ** 32;
}
