import type { JsonTexts } from "../json-text";
import { operation } from "../operation";
import { ById, Nothing, type Page } from "../paging";
import {
  DescribeFields,
  HealthQuery,
  ReleaseIntegration,
  type Recovery,
  type TestAnswer,
  type ErpField,
  type IntegrationHealth,
  type IntegrationMetrics,
  type SealingKeyAnswer,
} from "./connections";
import { ListBulkJobs, type BulkJob } from "./bulk-jobs";
import { ListDeadLetters, RetryDeadLetter, DiscardDeadLetter, BulkRetry, type DeadLetter } from "./dead-letters";
import { ExecuteSync, ListJobs, type Job, type ExecuteAnswer } from "./jobs";
import { GetRecords, ListRecords, WriteRecord, FinancialQuery, type RecordView, type WriteAnswer } from "./records";
import { ApproveJob, ReadPlan, type PlanItem } from "./plans";
import {
  ReadChanges,
  ListTransactions,
  ReplayTransaction,
  ReplayTransactions,
  type CloudEvent,
  type Transaction,
} from "./transactions";

const errors = [
  "NOT_FOUND",
  "FORBIDDEN",
  "STALE",
  "CONFLICT",
  "ERP001",
  "ERP002",
  "ERP003",
  "ERP008",
  "UNAVAILABLE",
] as const;
const at = (name: string, timeoutMs = 10_000) => ({ subject: `dovetail.sync-engine.${name}`, errors, timeoutMs });

/** What the sync-engine answers. */
export const sync = {
  execute: operation<ExecuteSync, ExecuteAnswer>({ ...at("jobs.execute"), input: ExecuteSync }),
  jobs: operation<ListJobs, Page<Job>>({ ...at("jobs.list"), input: ListJobs }),
  job: operation<ById, Job>({ ...at("jobs.get"), input: ById }),
  cancelJob: operation<ById, Job>({ ...at("jobs.cancel"), input: ById }),
  plan: operation<ReadPlan, Page<PlanItem>>({ ...at("jobs.plan"), input: ReadPlan }),
  /** Checks the whole plan before anything is applied: large ones take their time. */
  approveJob: operation<ApproveJob, Job>({ ...at("jobs.approve", 60_000), input: ApproveJob }),
  rollbackJob: operation<ById, Job>({ ...at("jobs.rollback"), input: ById }),
  /**
   * A RecordView for each key that there is a record for; deleted ones are not shown. The answer ends where it grows too
   * large for a message: who gets fewer than he asked for asks for the others again.
   */
  recordsByKey: operation<GetRecords, JsonTexts>({ ...at("records.get"), input: GetRecords }),
  records: operation<ListRecords, Page<RecordView>>({ ...at("records.list"), input: ListRecords }),
  write: operation<WriteRecord, WriteAnswer>({ ...at("records.write"), input: WriteRecord }),
  financial: operation<FinancialQuery, Page<RecordView>>({ ...at("records.financial"), input: FinancialQuery }),
  changes: operation<ReadChanges, Page<CloudEvent>>({ ...at("changes.read"), input: ReadChanges }),
  transactions: operation<ListTransactions, Page<Transaction>>({ ...at("transactions.list"), input: ListTransactions }),
  transaction: operation<ById, Transaction>({ ...at("transactions.get"), input: ById }),
  replay: operation<ReplayTransactions, BulkJob>({ ...at("transactions.replay"), input: ReplayTransactions }),
  replayOne: operation<ReplayTransaction, Transaction>({
    ...at("transactions.replay-one", 40_000),
    input: ReplayTransaction,
  }),
  deadLetters: operation<ListDeadLetters, Page<DeadLetter>>({ ...at("dead-letters.list"), input: ListDeadLetters }),
  deadLetter: operation<ById, DeadLetter>({ ...at("dead-letters.get"), input: ById }),
  retryDeadLetter: operation<RetryDeadLetter, DeadLetter>({ ...at("dead-letters.retry"), input: RetryDeadLetter }),
  discardDeadLetter: operation<DiscardDeadLetter, DeadLetter>({
    ...at("dead-letters.discard"),
    input: DiscardDeadLetter,
  }),
  bulkRetry: operation<BulkRetry, BulkJob>({ ...at("dead-letters.bulk-retry"), input: BulkRetry }),
  bulkJobs: operation<ListBulkJobs, Page<BulkJob>>({ ...at("bulk-jobs.list"), input: ListBulkJobs }),
  bulkJob: operation<ById, BulkJob>({ ...at("bulk-jobs.get"), input: ById }),
  cancelBulkJob: operation<ById, BulkJob>({ ...at("bulk-jobs.cancel"), input: ById }),
  test: operation<ById, TestAnswer>({ ...at("connections.test", 40_000), input: ById }),
  fields: operation<DescribeFields, ErpField[]>({ ...at("connections.fields", 40_000), input: DescribeFields }),
  recovery: operation<ById, Recovery>({ ...at("recovery.get"), input: ById }),
  reset: operation<ById, Recovery>({ ...at("recovery.reset"), input: ById }),
  release: operation<ReleaseIntegration, Recovery>({ ...at("recovery.release"), input: ReleaseIntegration }),
  sealingKey: operation<Nothing, SealingKeyAnswer>({ ...at("keys.sealing"), input: Nothing }),
  health: operation<HealthQuery, IntegrationHealth[]>({ ...at("health"), input: HealthQuery }),
  metrics: operation<HealthQuery, IntegrationMetrics[]>({ ...at("metrics"), input: HealthQuery }),
};
