import {
  defineConfig,
  duration,
  integer,
  LOG_LEVELS,
  oneOf,
  optional,
  port,
  secret,
  string,
  url,
  type ConfigValues,
} from "@dovetail/service-kit";

const POSTGRES = { protocols: ["postgres", "postgresql"] };

/** The gateway's variables. */
export const gatewayConfig = defineConfig({
  PORT: port(3001),
  HOST: string({ default: "127.0.0.1" }),
  /** Inbound notices have a listener of their own when set (9090 by convention). */
  WEBHOOK_PORT: optional(port()),
  /** What addresses in answers begin with. */
  PLATFORM_URL: url({ protocols: ["http", "https"], default: "http://127.0.0.1:3001" }),
  DATABASE_URL: url(POSTGRES),
  GATEWAY_DISPATCH_URL: url(POSTGRES),
  NATS_URL: string({ pattern: /^(nats|tls):\/\// }),
  NATS_USER: optional(string()),
  NATS_PASSWORD: optional(secret()),
  /** The key ring that encrypts notices, webhook secrets and kept answers. */
  GATEWAY_KEYS: secret({ minLength: 43 }),
  OPERATOR_KEY: secret({ minLength: 20 }),
  /** Origins that browsers may call from, separated by commas. */
  CORS_ORIGINS: string({ default: "" }),
  TRUST_PROXY: string({ default: "" }),
  /** Requests per minute; 0 = no limit. */
  RATE_LIMIT_PER_KEY: integer({ min: 0, default: 60_000 }),
  RATE_LIMIT_PER_TENANT: integer({ min: 0, default: 120_000 }),
  SESSION_TTL: duration("12h"),
  /** How long a key is believed without asking the database again. */
  KEY_CACHE: duration("10s"),
  SSL_CERT_PATH: optional(string()),
  SSL_KEY_PATH: optional(string()),
  SSL_CA_PATH: optional(string()),
  /** How long a lease of a process that fell silent lasts, milliseconds. Less than the default is for tests of recovery alone. */
  LEASE_MS: integer({ min: 3_000, max: 600_000, default: 30_000 }),
  ERP_LOG_LEVEL: oneOf(LOG_LEVELS, "info"),
});

export type GatewayConfig = ConfigValues<typeof gatewayConfig.fields>;
