export { ReadEvents, readEvents, type EventRange } from "./event-log";
export {
  PRODUCERS,
  streamOf,
  streamSubjects,
  RECORD_SUBJECTS,
  eventSubject,
  consumerSubjects,
  tenantSubjects,
  inboxPrefix,
  MES_SUBJECTS,
  MES_OPERATIONS,
  parseMesSubject,
  type Producer,
  type RecordChanged,
  type Baseline,
  type IntegrationChanged,
  type MappingChanged,
  type TenantChanged,
  type NoticeReceived,
  type SyncEnded,
  type EventData,
  type EventType,
  type DomainEvent,
  type MesOperation,
} from "./events";
export { quickRulesOf, type QuickRule } from "./quick-rules";
export { Text, Flag, Whole, OneOf, Words, Free, Nested, ListOf } from "./fields";
export { JsonText, JsonTexts } from "./json-text";
export { gateway, type TenantRow, type TenantBusUser, type NoticeBody } from "./gateway";
export {
  CONNECTION_METHODS,
  AUTH_METHODS,
  INTEGRATION_STATUSES,
  CONNECTION_STATUSES,
  DIRECTIONS,
  CREDENTIAL_FIELDS,
  BatchSizes,
  BATCH_SIZES,
  Limits,
  Features,
  TlsSettings,
  IntegrationSettings,
  NewIntegration,
  SealedCredentials,
  CreateIntegration,
  UpdateIntegration,
  DeleteIntegration,
  SetIntegrationStatus,
  ListIntegrations,
  type IntegrationStatus,
  type ConnectionStatus,
  type Direction,
  type CredentialField,
  type EntitySettings,
  type Integration,
  type ConnectionDocument,
} from "./integration-config/integrations";
export {
  MappingReference,
  PutMapping,
  ListMappings,
  type MappingVersion,
  type MappingSaved,
} from "./integration-config/mappings";
export { integrationConfig } from "./integration-config/operations";
export { MesData, MesRequest, type MesAnswer } from "./mes";
export {
  PERMISSIONS,
  operation,
  serviceContext,
  type CallContext,
  type Actor,
  type Permission,
  type Operation,
} from "./operation";
export { PageQuery, ById, Nothing, type Page } from "./paging";
export { PROBLEM_CODES, ProblemError, type ProblemDocument, type ProblemCode, type ProblemExtras } from "./problem";
export {
  DescribeFields,
  HealthQuery,
  credentialContext,
  type TestAnswer,
  type ErpField,
  CIRCUIT_STATES,
  type CircuitView,
  ReleaseIntegration,
  type Recovery,
  type IntegrationHealth,
  type IntegrationMetrics,
  type SealingKeyAnswer,
} from "./sync-engine/connections";
export {
  BULK_JOB_KINDS,
  BULK_JOB_STATUSES,
  ListBulkJobs,
  type BulkJob,
  type BulkJobKind,
  type BulkJobStatus,
} from "./sync-engine/bulk-jobs";
export {
  DEAD_LETTER_KINDS,
  DEAD_LETTER_STATUSES,
  ListDeadLetters,
  RetryDeadLetter,
  DiscardDeadLetter,
  BulkRetry,
  LetterFilter,
  type DeadLetterKind,
  type DeadLetterStatus,
  type DeadLetter,
  type LetterExcerpt,
} from "./sync-engine/dead-letters";
export {
  JOB_STATUSES,
  JOB_MODES,
  JOB_TRIGGERS,
  ExecuteSync,
  ListJobs,
  progressSubject,
  type JobStatus,
  type JobMode,
  type JobTrigger,
  type JobCounts,
  type Job,
  type ExecuteAnswer,
} from "./sync-engine/jobs";
export {
  APPROVAL_KINDS,
  APPROVAL_STATES,
  PLAN_OPERATIONS,
  PLAN_ITEM_STATES,
  ReadPlan,
  ApproveJob,
  type ApprovalKind,
  type ApprovalState,
  type JobApproval,
  type PlanOperation,
  type PlanItemState,
  type PlanChange,
  type PlanItem,
} from "./sync-engine/plans";
export { sync } from "./sync-engine/operations";
export {
  SYNC_STATES,
  GetRecords,
  ListRecords,
  WriteRecord,
  FinancialQuery,
  type RecordSync,
  type RecordView,
  type WriteAnswer,
} from "./sync-engine/records";
export {
  systems,
  ResolveSystem,
  type ConnectionTemplate,
  type ResolvedSystem,
  type SystemDescription,
} from "./sync-engine/systems";
export {
  ReadChanges,
  TRANSACTION_STATUSES,
  ListTransactions,
  REPLAY_MAPPINGS,
  ReplayTransaction,
  ReplayTransactions,
  type ReplayMapping,
  type CloudEvent,
  type TransactionStatus,
  type Transaction,
} from "./sync-engine/transactions";
