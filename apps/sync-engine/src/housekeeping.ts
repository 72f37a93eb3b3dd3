import { Database, forgetRequests } from "@dovetail/database";
import { purgeLog } from "@dovetail/messaging";
import { LOGGER, type Logger } from "@dovetail/service-kit";
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from "@nestjs/common";

const EVERY_MS = 60 * 60_000;
const LOG_DAYS = 7;

/** Removes what is no longer needed: log rows that every consumer has passed, remembered requests of yesterday. */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly db: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweep(), EVERY_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Safe to run in several processes at once. */
  async sweep(): Promise<void> {
    try {
      await purgeLog(this.db, { olderThanDays: LOG_DAYS });
      await forgetRequests(this.db);
    } catch (error) {
      this.logger.warn({ err: error }, "housekeeping will be tried again in an hour");
    }
  }
}
