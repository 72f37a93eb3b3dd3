import { sqlMigration, type ServiceSchema } from "@dovetail/database";
import { EVENT_LOG_SQL } from "@dovetail/messaging";
import initial from "../migrations/0001-initial.sql";
import lookups from "../migrations/0002-lookups.sql";

/** The gateway's tables: tenants, people, keys, inbound notices, answered requests and its event log. */
export const gatewaySchema: ServiceSchema = {
  schema: "gateway",
  lookup: true,
  migrations: [
    sqlMigration("Initial", 1763640000001, initial + EVENT_LOG_SQL("gateway")),
    sqlMigration("Lookups", 1763640000002, lookups),
  ],
};
