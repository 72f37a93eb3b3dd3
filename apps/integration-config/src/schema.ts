import { sqlMigration, type ServiceSchema } from "@dovetail/database";
import { EVENT_LOG_SQL } from "@dovetail/messaging";
import initial from "../migrations/0001-initial.sql";

/** The service's tables: integrations, mappings, audit and its event log. */
export const integrationConfigSchema: ServiceSchema = {
  schema: "integration_config",
  migrations: [sqlMigration("Initial", 1763640000001, initial + EVENT_LOG_SQL("integration_config"))],
};
