import {
  createMask,
  type Http,
  HttpClient,
  type Page,
  type PullQuery,
  type Raw,
  secretsOf,
} from "@dovetail/adapter-sdk";
import { odoo } from "../src/adapter";
import type { EntityName, JsonObject } from "@dovetail/domain";
import { CLOCK } from "./fake-odoo";

/** Where a started Odoo is and who may enter. */
export interface OdooPlace {
  url: string;
  database: string;
  username: string;
  password: string;
}

/** The flat config of a connection to it. */
export function configOf(place: OdooPlace): JsonObject {
  return {
    apiEndpoint: place.url,
    database: place.database,
    apiUsername: place.username,
    apiPassword: place.password,
    protocol: "auto",
    language: "en_US",
    stockLocations: "all",
    timeoutSeconds: 120,
  };
}

/** Opens the adapter as the engine would. */
export async function openOdoo(
  config: JsonObject,
  signal = new AbortController().signal,
  through: (http: Http) => Http = (http) => http,
) {
  const client = new HttpClient({ mask: createMask(secretsOf(odoo.connection, config)), signal });
  const http = through(client);
  const quiet = () => undefined;
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const session = await odoo.open({ config, http, clock: CLOCK, signal, log });
  return { session, close: () => client.close() };
}

/** Reads an entity to its last page. */
export async function pullAll(
  session: unknown,
  entity: EntityName,
  query: Partial<PullQuery> = {},
): Promise<{ rows: Raw[]; last: Page | undefined }> {
  const rows: Raw[] = [];
  let last: Page | undefined;
  const whole: PullQuery = { mode: "full", cursor: null, pageSize: 20, lookbackSeconds: 0, ...query };
  for await (const page of odoo.entities[entity]?.pull?.(session, whole) ?? []) {
    rows.push(...page.rows);
    last = page;
  }
  return { rows, last };
}
