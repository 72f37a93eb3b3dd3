import { defineConfig, integer, LOG_LEVELS, oneOf, optional, port, secret, string, url } from "@dovetail/service-kit";

const POSTGRES = { protocols: ["postgres", "postgresql"] };

/** The service's variables. */
export const integrationConfigVariables = defineConfig({
  PORT: port(3002),
  HOST: string({ default: "127.0.0.1" }),
  DATABASE_URL: url(POSTGRES),
  INTEGRATION_CONFIG_DISPATCH_URL: url(POSTGRES),
  NATS_URL: string({ pattern: /^(nats|tls):\/\// }),
  NATS_USER: optional(string()),
  NATS_PASSWORD: optional(secret()),
  /** How long a lease of a process that fell silent lasts, milliseconds. Less than the default is for tests of recovery alone. */
  LEASE_MS: integer({ min: 3_000, max: 600_000, default: 30_000 }),
  ERP_LOG_LEVEL: oneOf(LOG_LEVELS, "info"),
});
