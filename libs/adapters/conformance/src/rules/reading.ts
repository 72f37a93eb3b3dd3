import type { EntityName, Json } from "@dovetail/domain";
import type { Page, PullQuery, Raw } from "@dovetail/adapter-sdk";
import type { ConformanceHarness } from "../harness";
import { must, portOf, wait, withSession } from "./rule";

export interface Reading {
  pages: Page[];
  rows: Raw[];
  ids: Set<string>;
  /** Of the last page, through JSON as the engine stores it. */
  cursor: Json;
}

export interface ReadOptions extends Partial<PullQuery> {
  /** Runs after each page, with its index from 0. */
  between?: (page: Page, index: number) => Promise<void> | void;
  /** Stop reading after so many pages, as a killed process does. */
  stopAfter?: number;
}

/** More than any harness seeds: a pull that goes round in circles must end. */
const MAX_PAGES = 3000;

export function throughJson(cursor: Json): Json {
  return JSON.parse(JSON.stringify(cursor)) as Json;
}

/** Reads pages with a session until the last one. */
export async function read(
  harness: ConformanceHarness,
  session: unknown,
  entity: EntityName,
  options: ReadOptions = {},
): Promise<Reading> {
  const { between, stopAfter, ...query } = options;
  const { pull } = portOf(harness, entity);
  must(pull, `${entity} has no pull`);
  const complete: PullQuery = { mode: "full", cursor: null, pageSize: 100, lookbackSeconds: 0, ...query };
  const reading: Reading = { pages: [], rows: [], ids: new Set(), cursor: complete.cursor };
  for await (const page of pull(session, complete)) {
    reading.pages.push(page);
    must(reading.pages.length <= MAX_PAGES, `a pull of ${entity} does not end: ${MAX_PAGES} pages`);
    for (const row of page.rows) {
      reading.rows.push(row);
      reading.ids.add(row.externalId);
    }
    reading.cursor = throughJson(page.cursor);
    await between?.(page, reading.pages.length - 1);
    if (reading.pages.length === stopAfter) break;
  }
  must(reading.pages.length > 0, `a pull of ${entity} brought no page, not even an empty last one`);
  return reading;
}

/** The same in a session of its own. */
export function readAlone(harness: ConformanceHarness, entity: EntityName, options?: ReadOptions): Promise<Reading> {
  return withSession(harness, (session) => read(harness, session, entity, options));
}

/** How often an incremental read is repeated until it shows what it must: ERPs stamp in whole seconds. */
const TRIES = 6;

/** Reads increments from `cursor` until all `wanted` ids were seen. Returns those that never were. */
export async function readUntilSeen(
  harness: ConformanceHarness,
  entity: EntityName,
  wanted: readonly string[],
  from: { cursor: Json; seen?: ReadonlySet<string>; lookbackSeconds?: number; pageSize?: number },
): Promise<string[]> {
  const seen = new Set(from.seen);
  let { cursor } = from;
  const missing = () => wanted.filter((id) => !seen.has(id));
  for (let attempt = 0; attempt < TRIES && missing().length > 0; attempt++) {
    if (attempt > 0) await wait(harness, 1100);
    const { lookbackSeconds = 0, pageSize = 100 } = from;
    const reading = await readAlone(harness, entity, { mode: "incremental", cursor, lookbackSeconds, pageSize });
    for (const id of reading.ids) seen.add(id);
    cursor = reading.cursor;
  }
  return missing();
}

export function isPulled(harness: ConformanceHarness, entity: EntityName): boolean {
  return portOf(harness, entity).pull !== undefined;
}

export function isIncremental(harness: ConformanceHarness, entity: EntityName): boolean {
  return isPulled(harness, entity) && portOf(harness, entity).incremental !== false;
}
