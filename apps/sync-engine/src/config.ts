import {
  boolean,
  defineConfig,
  integer,
  oneOf,
  optional,
  port,
  secret,
  string,
  url,
  LOG_LEVELS,
} from "@dovetail/service-kit";
import { CRASH_AT_PATTERN } from "./crash-points";

/** The variables of the sync-engine. */
export const config = defineConfig({
  PORT: port(3010),
  HOST: string({ default: "127.0.0.1" }),
  DATABASE_URL: secret(),
  SYNC_ENGINE_DISPATCH_URL: secret(),
  NATS_URL: url({ protocols: ["nats", "tls"] }),
  NATS_USER: optional(string()),
  NATS_PASSWORD: optional(secret()),
  SYNC_ENGINE_KEYS: secret(),
  SYNC_ENGINE_CONCURRENCY: integer({ min: 1, max: 64, default: 4 }),
  ERP_INTEGRATION_ENABLED: boolean(true),
  ERP_SYNC_INTERVAL: integer({ min: 0, default: 300_000 }),
  ERP_STATUS_WATCH_INTERVAL: integer({ min: 0, default: 60_000 }),
  ERP_FILE_ROOTS: optional(string()),
  ERP_LOG_LEVEL: oneOf(LOG_LEVELS, "info"),
  /** How long a lease of a process that fell silent lasts, milliseconds. Less than the default is for tests of recovery alone. */
  LEASE_MS: integer({ min: 3_000, max: 600_000, default: 30_000 }),
  /** For tests of recovery alone: the point at which this process kills itself. */
  CRASH_AT: optional(string({ pattern: CRASH_AT_PATTERN })),
});
