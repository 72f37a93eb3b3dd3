import { Database } from "@dovetail/database";
import { Bus, Relay } from "@dovetail/messaging";
import { Module, type DynamicModule } from "@nestjs/common";
import { Acts } from "./acts";
import { AuditRepository } from "./audit/audit.repository";
import { IntegrationController } from "./integrations/integration.controller";
import { IntegrationRepository } from "./integrations/integration.repository";
import { IntegrationService } from "./integrations/integration.service";
import { MappingController } from "./mappings/mapping.controller";
import { MappingRepository } from "./mappings/mapping.repository";
import { MappingService } from "./mappings/mapping.service";
import { Operations } from "./operations";
import { SystemService } from "./systems/system.service";

/** What the service is given when it starts. */
export interface Connections {
  db: Database;
  bus: Bus;
  relay: Relay;
}

/** The service's module over its connections. */
export function integrationConfigModule({ db, bus, relay }: Connections): DynamicModule {
  // A class of its own per instance: Nest keys modules by class.
  class IntegrationConfigModule {}
  Module({})(IntegrationConfigModule);
  return {
    module: IntegrationConfigModule,
    providers: [
      { provide: Database, useValue: db },
      { provide: Bus, useValue: bus },
      { provide: Relay, useValue: relay },
      AuditRepository,
      Acts,
      SystemService,
      IntegrationRepository,
      IntegrationService,
      MappingRepository,
      MappingService,
      Operations,
      IntegrationController,
      MappingController,
    ],
  };
}
