import { defineConfig, LOG_LEVELS, oneOf, optional, port, secret, string, url } from "@dovetail/service-kit";

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
  ERP_LOG_LEVEL: oneOf(LOG_LEVELS, "info"),
});
