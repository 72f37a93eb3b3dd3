import { KeyRing } from "@dovetail/crypto";
import { Database } from "@dovetail/database";
import { Bus } from "@dovetail/messaging";
import { systemClock } from "@dovetail/resilience";
import { Module, type DynamicModule } from "@nestjs/common";
import { AccountRepository } from "./accounts/account.repository";
import { AccountService } from "./accounts/account.service";
import { AccountWorker, Turns } from "./accounts/account.worker";
import { AccountSecrets } from "./accounts/account-secrets";
import { SessionService } from "./accounts/session.service";
import { TenantDirectory } from "./accounts/tenant-directory";
import { BulkJobController } from "./bulk/bulk-job.controller";
import { BulkJobRepository } from "./bulk/bulk-job.repository";
import { BulkJobService } from "./bulk/bulk-job.service";
import { BulkSurroundings, BulkTasks, BulkWorker } from "./bulk/bulk.worker";
import { BudgetRepository } from "./calls/budget.repository";
import { CallGate } from "./calls/call-gate";
import { CircuitService } from "./calls/circuit.service";
import { TurnKeeper } from "./calls/turn-keeper";
import { TurnRepository } from "./calls/turn.repository";
import { WorkGate } from "./calls/work-gate";
import { DeadLetterController } from "./dead-letters/dead-letter.controller";
import { DeadLetterRepository } from "./dead-letters/dead-letter.repository";
import { DeadLetterService } from "./dead-letters/dead-letter.service";
import { LetterDecisions } from "./dead-letters/letter-decisions";
import { LetterDeskRepository } from "./dead-letters/letter-desk.repository";
import { LetterListRepository } from "./dead-letters/letter-list.repository";
import { LetterDesk } from "./dead-letters/letter-desk.service";
import { LetterRetrier } from "./dead-letters/letter-retrier";
import { LetterRetryTask } from "./dead-letters/letter-retry.task";
import { CallingWork, Engine, EngineLinks, Handlers, OtherWorkers } from "./engine";
import { EventExpander } from "./feed/expand";
import { FeedService } from "./feed/feed.service";
import { JobController } from "./jobs/job.controller";
import { JobEnds, JobTelling } from "./jobs/job-ends";
import { JobRepository } from "./jobs/job.repository";
import { JobService } from "./jobs/job.service";
import { PullWorker } from "./jobs/pull.worker";
import { RowReading, RowWorker } from "./jobs/row.worker";
import { RoundService } from "./jobs/round.service";
import { ScheduleService } from "./jobs/schedule.service";
import { TokenRepository } from "./oauth/token.repository";
import { TokenService } from "./oauth/token.service";
import { ConflictLetters } from "./pull/conflict-letters";
import { MergeService } from "./pull/merge.service";
import { GoneRows } from "./pull/gone-rows";
import { PageRepository } from "./pull/page.repository";
import { ParkedService } from "./pull/parked.service";
import { PullRuns } from "./pull/pull-runs.service";
import { PullService } from "./pull/pull.service";
import { planProviders } from "./plans/plan-providers";
import { PullSteps } from "./pull/pull-steps";
import { RunRepository } from "./pull/run.repository";
import { SingleReader } from "./pull/single-reader";
import { SourceRowService } from "./pull/source-row.service";
import { StampScan } from "./pull/stamp-scan";
import { UnseenRepository } from "./pull/unseen.repository";
import { UnseenRows } from "./pull/unseen-rows";
import { PushBatchRepository } from "./push/push-batch.repository";
import { PushBatches } from "./push/push-batches";
import { PushHand } from "./push/push-hand";
import { PushFailures, PushSessions } from "./push/push-failures";
import { PushChannels } from "./push/push-channels";
import { PushFinder } from "./push/push-finder";
import { PushSender } from "./push/push-sender";
import { PushPlanner } from "./push/push-plan";
import { PushRepository } from "./push/push.repository";
import { PushResolver } from "./push/push-resolver";
import { PushSettler } from "./push/push-settle";
import { PushOutcomes, PushSteps } from "./push/push-steps";
import { PushWorker } from "./push/push.worker";
import { FinancialService } from "./records/financial.service";
import { MesController } from "./records/mes.controller";
import { RecordController } from "./records/record.controller";
import { RecordReads } from "./records/record-reads";
import { RecordRepository } from "./records/record.repository";
import { RecordService } from "./records/record.service";
import { DatabaseGeneration } from "./recovery/database-generation";
import { RecoveryController } from "./recovery/recovery.controller";
import { RecoveryRepository } from "./recovery/recovery.repository";
import { RecoveryService, RecoveryTurns } from "./recovery/recovery.service";
import { RecoveryParts, RecoveryWatch } from "./recovery/recovery-watch";
import { ReplayController } from "./replay/replay.controller";
import { ReplayRepository } from "./replay/replay.repository";
import { ReplayService } from "./replay/replay.service";
import { ReplayTask } from "./replay/replay.task";
import { ConnectionService } from "./systems/connection.service";
import { EngineMetrics } from "./systems/engine-metrics";
import { CrashPoints } from "./crash-points";
import { Housekeeping } from "./housekeeping";
import { StatusRepository } from "./systems/status.repository";
import { StatusService } from "./systems/status.service";
import { SystemsController } from "./systems/systems.controller";
import { SystemsService } from "./systems/systems.service";
import { CLOCK, SETTINGS, type Settings } from "./tokens";
import { Ledger } from "./transactions/ledger.service";
import { TransactionRepository } from "./transactions/transaction.repository";
import { WorkBell } from "./work-bell";

const accounts = [
  AccountRepository,
  AccountSecrets,
  AccountService,
  AccountWorker,
  SessionService,
  TenantDirectory,
  TokenRepository,
  TokenService,
  Turns,
];
const calls = [BudgetRepository, CallGate, CircuitService, TurnKeeper, TurnRepository, WorkGate];
const jobs = [
  JobRepository,
  JobService,
  JobEnds,
  JobTelling,
  PullWorker,
  RowReading,
  RowWorker,
  ScheduleService,
  RoundService,
  JobController,
];
const pull = [
  PageRepository,
  SourceRowService,
  PullService,
  PullSteps,
  ParkedService,
  ConflictLetters,
  MergeService,
  SingleReader,
  GoneRows,
  PullRuns,
  RunRepository,
  StampScan,
  UnseenRepository,
  UnseenRows,
];
const push = [
  PushRepository,
  PushBatchRepository,
  PushBatches,
  PushHand,
  PushChannels,
  PushPlanner,
  PushResolver,
  PushSender,
  PushSessions,
  PushSettler,
  PushFailures,
  PushFinder,
  PushOutcomes,
  PushSteps,
  PushWorker,
];
const records = [RecordRepository, RecordReads, RecordService, FinancialService, RecordController, MesController];
const ledger = [TransactionRepository, Ledger, EventExpander, FeedService];
const letters = [
  DeadLetterRepository,
  DeadLetterService,
  DeadLetterController,
  LetterListRepository,
  LetterDeskRepository,
  LetterDecisions,
  LetterDesk,
  LetterRetrier,
  LetterRetryTask,
];
const recovery = [RecoveryRepository, RecoveryTurns, RecoveryService, RecoveryParts, RecoveryWatch, RecoveryController];
const replay = [ReplayRepository, ReplayTask, ReplayService, ReplayController];
const bulk = [BulkJobRepository, BulkJobService, BulkJobController, BulkTasks, BulkSurroundings, BulkWorker];
const systems = [EngineMetrics, SystemsService, ConnectionService, StatusRepository, StatusService, SystemsController];

/** What the module is built on. */
export interface EngineParts {
  db: Database;
  bus: Bus;
  keys: KeyRing;
  settings: Settings;
  crash: CrashPoints;
  generation: DatabaseGeneration;
}

@Module({})
export class SyncEngineModule {
  static with(parts: EngineParts): DynamicModule {
    return {
      module: SyncEngineModule,
      providers: [
        { provide: Database, useValue: parts.db },
        { provide: Bus, useValue: parts.bus },
        { provide: KeyRing, useValue: parts.keys },
        { provide: CrashPoints, useValue: parts.crash },
        { provide: CLOCK, useValue: systemClock },
        { provide: SETTINGS, useValue: parts.settings },
        { provide: DatabaseGeneration, useValue: parts.generation },
        WorkBell,
        ...accounts,
        ...calls,
        ...jobs,
        ...pull,
        ...push,
        ...records,
        ...ledger,
        ...letters,
        ...bulk,
        ...replay,
        ...recovery,
        ...planProviders,
        ...systems,
        OtherWorkers,
        CallingWork,
        Handlers,
        EngineLinks,
        Housekeeping,
        Engine,
      ],
    };
  }
}
