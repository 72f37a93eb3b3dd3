export type { DatabaseOptions, PoolSizes } from "./connection-options";
export { Database, openDatabase, type Statement } from "./database";
export {
  CommitUnknownError,
  DatabaseUnavailableError,
  isConnectionLost,
  isSerializationFailure,
  sqlState,
  TransactionAbortedError,
  violatedConstraint,
} from "./errors";
export { migrateService } from "./migrate-service";
export type { RolePasswords } from "./roles";
export { roleName, type DispatchTable, type ServiceRole, type ServiceSchema } from "./service-schema";
export { sqlMigration, type MigrationClass, type SqlMigrationOptions } from "./sql-migration";
export type { TransactionOptions } from "./transaction";
export type { Tx } from "./tx";
export { valueTypes } from "./value-types";
export { dumpSchema } from "./schema-dump";
export { forgetRequests, rememberRequest, type RequestIdentity } from "./requests";
export {
  assertHeld,
  claimWork,
  enqueue,
  finishWork,
  renewWork,
  rescheduleWork,
  WorkLostError,
  type Claim,
  type ClaimRequest,
  type WorkItem,
} from "./work";
export { WorkRunner, type WorkResult, type WorkRunnerOptions } from "./work-runner";
export { REQUESTS_TABLE_SQL, WORK_TABLE_SQL } from "./work-table";
