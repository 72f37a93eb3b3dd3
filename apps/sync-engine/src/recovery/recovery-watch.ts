import { LOGGER, METRICS, type Logger, type Metrics } from "@dovetail/service-kit";
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from "@nestjs/common";
import { AccountService } from "../accounts/account.service";
import { TenantDirectory } from "../accounts/tenant-directory";
import { SETTINGS, type Settings } from "../tokens";
import { DatabaseGeneration } from "./database-generation";
import { RecoveryRepository } from "./recovery.repository";
import { RecoveryService } from "./recovery.service";

const EVERY_MS = 10_000;

/** Services by which integrations are found and put into recovery. */
@Injectable()
export class RecoveryParts {
  constructor(
    readonly repository: RecoveryRepository,
    readonly recovery: RecoveryService,
    readonly accounts: AccountService,
    readonly tenants: TenantDirectory,
  ) {}
}

/** Looks whether the database is still the one that it was, and has recovery begin where it is not. */
@Injectable()
export class RecoveryWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private readonly gauge;

  constructor(
    private readonly parts: RecoveryParts,
    private readonly generation: DatabaseGeneration,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) metrics: Metrics,
  ) {
    this.gauge = metrics.gauge("dovetail_recovery_integrations", "Integrations that wait for a person's release.", []);
  }

  onApplicationBootstrap(): void {
    if (!this.settings.enabled) return;
    const look = () => (this.looking = this.looking.then(() => this.look()));
    void look();
    this.timer = setInterval(look, EVERY_MS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  private async look(): Promise<void> {
    try {
      await this.compare();
      let waiting = 0;
      for (const { id } of await this.parts.tenants.all()) waiting += await this.beginAll(id);
      this.gauge.set({}, waiting);
    } catch (error) {
      this.logger.warn({ err: error }, "whether the database is the one that it was will be asked again");
    }
  }

  private async compare(): Promise<void> {
    const now = await this.parts.repository.noteGeneration();
    if (now === this.generation.current) return;
    this.logger.error({ generation: now }, "the database is not the one that it was: recovery begins");
    this.generation.current = now;
  }

  /** How many integrations of the tenant are in recovery. */
  private async beginAll(tenantId: string): Promise<number> {
    const rows = await this.parts.repository.recovering(tenantId);
    for (const { num, begun } of rows) {
      if (begun) continue;
      const account = (await this.parts.accounts.all(tenantId)).find((each) => each.num === num);
      if (!account) continue;
      this.logger.warn({ tenant: account.tenant, integration: account.name }, "the integration is in recovery");
      await this.parts.recovery.begin(account, "database");
    }
    return rows.length;
  }
}
