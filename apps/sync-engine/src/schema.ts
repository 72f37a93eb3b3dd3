import { REQUESTS_TABLE_SQL, sqlMigration, WORK_TABLE_SQL, type ServiceSchema } from "@dovetail/database";
import { EVENT_LOG_SQL } from "@dovetail/messaging";
import initial from "../migrations/0001-initial.sql";
import pageMerge from "../migrations/0002-page-merge.sql";
import plans from "../migrations/0003-plans.sql";
import accounts from "../migrations/0004-accounts.sql";
import rows from "../migrations/0005-rows.sql";
import letters from "../migrations/0006-letters.sql";
import pushBatches from "../migrations/0007-push-batches.sql";

const SCHEMA = "sync_engine";

/** The sync-engine's schema. */
export const syncEngineSchema: ServiceSchema = {
  schema: SCHEMA,
  migrations: [
    sqlMigration(
      "initial",
      1795000000001,
      [WORK_TABLE_SQL(SCHEMA), REQUESTS_TABLE_SQL(SCHEMA), EVENT_LOG_SQL(SCHEMA), initial].join("\n"),
    ),
    sqlMigration("page-merge", 1795000000002, pageMerge),
    sqlMigration("plans", 1795000000003, plans),
    sqlMigration("accounts", 1795000000004, accounts),
    sqlMigration("rows", 1795000000005, rows),
    sqlMigration("letters", 1795000000006, letters),
    sqlMigration("push-batches", 1795000000007, pushBatches),
  ],
};
