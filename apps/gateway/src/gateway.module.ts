import { Module, type DynamicModule, type Type } from "@nestjs/common";
import { APP_GUARD } from "@nestjs/core";
import type { KeyRing } from "@dovetail/crypto";
import { Database } from "@dovetail/database";
import type { Clock } from "@dovetail/resilience";
import { AuthController } from "./auth/auth.controller";
import { AuthGuard } from "./auth/auth.guard";
import { Authenticator } from "./auth/authenticator.service";
import { IdentityRepository } from "./auth/identity.repository";
import { LoginService } from "./auth/login.service";
import { SessionRepository } from "./auth/session.repository";
import { BusLink } from "./bus/bus-link";
import type { GatewayConfig } from "./config";
import { IdempotencyInterceptor } from "./http/idempotency.interceptor";
import { KeptAnswers } from "./http/kept-answers";
import { RateLimits } from "./http/rate-limits";
import { FinancialController } from "./integrations/financial.controller";
import { IntegrationController } from "./integrations/integration.controller";
import { IntegrationService } from "./integrations/integration.service";
import { MappingController } from "./integrations/mapping.controller";
import { RecoveryController } from "./integrations/recovery.controller";
import { SealingService } from "./integrations/sealing.service";
import { SystemController } from "./integrations/system.controller";
import { BulkJobController } from "./jobs/bulk-job.controller";
import { JobController } from "./jobs/job.controller";
import { JobEvents } from "./jobs/job-events";
import { KeyController } from "./keys/key.controller";
import { KeyRepository } from "./keys/key.repository";
import { KeyService } from "./keys/key.service";
import { DeadLetterController } from "./ledger/dead-letter.controller";
import { LedgerController } from "./ledger/ledger.controller";
import { StatusController } from "./ledger/status.controller";
import { NoticeController } from "./notices/notice.controller";
import { NoticeRepository } from "./notices/notice.repository";
import { NoticeService } from "./notices/notice.service";
import { RecordController } from "./records/record.controller";
import { RecordLookups } from "./records/record-lookups";
import { Sweeper } from "./sweeper";
import { TenantController } from "./tenants/tenant.controller";
import { TenantRepository } from "./tenants/tenant.repository";
import { TenantService } from "./tenants/tenant.service";
import { CLOCK, CONFIG, KEYS } from "./tokens";
import { UserController } from "./users/user.controller";
import { UserRepository } from "./users/user.repository";
import { UserService } from "./users/user.service";

/** Every controller of the API. Routes of one prefix with fixed words stand before those with parameters. */
export const CONTROLLERS: readonly Type<object>[] = [
  AuthController,
  TenantController,
  UserController,
  KeyController,
  SystemController,
  IntegrationController,
  RecoveryController,
  MappingController,
  FinancialController,
  NoticeController,
  JobController,
  BulkJobController,
  RecordController,
  LedgerController,
  DeadLetterController,
  StatusController,
];

/** What the module is made of. */
export interface GatewayParts {
  config: GatewayConfig;
  db: Database;
  ring: KeyRing;
  clock: Clock;
  /** Opened later, when the module's own services can answer. */
  bus: BusLink;
}

@Module({})
export class GatewayModule {
  static with(parts: GatewayParts): DynamicModule {
    return {
      module: GatewayModule,
      controllers: [...CONTROLLERS],
      providers: [
        { provide: CONFIG, useValue: parts.config },
        { provide: CLOCK, useValue: parts.clock },
        { provide: KEYS, useValue: parts.ring },
        { provide: Database, useValue: parts.db },
        { provide: BusLink, useValue: parts.bus },
        { provide: APP_GUARD, useClass: AuthGuard },
        Authenticator,
        IdentityRepository,
        IdempotencyInterceptor,
        IntegrationService,
        JobEvents,
        KeptAnswers,
        KeyRepository,
        KeyService,
        LoginService,
        NoticeRepository,
        NoticeService,
        RateLimits,
        RecordLookups,
        SealingService,
        SessionRepository,
        Sweeper,
        TenantRepository,
        TenantService,
        UserRepository,
        UserService,
      ],
    };
  }
}
