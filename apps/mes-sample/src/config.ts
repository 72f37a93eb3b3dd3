import {
  defineConfig,
  duration,
  LOG_LEVELS,
  oneOf,
  optional,
  secret,
  string,
  url,
  type ConfigValues,
} from "@dovetail/service-kit";

/** The variables of the sample module. */
export const moduleConfig = defineConfig({
  /** The module's own database; the platform never sees it. */
  DATABASE_URL: url({ protocols: ["postgres", "postgresql"] }),
  /** The tenant's name: it stands in every subject. */
  TENANT: string({ pattern: /^[a-z0-9-]{1,40}$/ }),
  NATS_URL: string({ pattern: /^(nats|tls):\/\// }),
  /** The tenant's user on the bus and its password, as `POST /api/v1/tenants` answered them. */
  NATS_USER: optional(string()),
  NATS_PASSWORD: optional(secret()),
  GATEWAY_URL: url({ protocols: ["http", "https"] }),
  /** A key with the permission erp:view. */
  API_KEY: secret(),
  /** Who sends: with a change's id the identity of the request. Never changes. */
  MODULE: string({ default: "/modules/mes-sample" }),
  /** The entities that the module keeps, separated by commas. */
  ENTITIES: string({ default: "Supplier,Part,PurchaseOrder" }),
  /** How often the feed is read although nothing called for it. */
  FEED_INTERVAL: duration("30s"),
  ERP_LOG_LEVEL: oneOf(LOG_LEVELS, "info"),
});

export type ModuleConfig = ConfigValues<typeof moduleConfig.fields>;
