import { openDatabase, type Database } from "@dovetail/database";
import { Bus, purgeLog, Relay, serveEvents, type LocalBus } from "@dovetail/messaging";
import { createLogger, startService, type Environment, type Logger, type Running } from "@dovetail/service-kit";
import { integrationConfigVariables } from "./config";
import { integrationConfigModule } from "./integration-config.module";

export { integrationConfigSchema } from "./schema";

/** How the service is started. */
export interface StartOptions {
  /** See config.ts; nothing else is read from the process. */
  env: Environment;
  /** Shared with services in the same process. */
  local?: LocalBus;
  logger?: Logger;
}

const NAME = "integration-config";
const PURGE_EVERY_MS = 3_600_000;

/** Starts integration-config: connects, answers its operations, relays its event log. The schema must be migrated. */
export async function startIntegrationConfig(options: StartOptions): Promise<Running> {
  const config = integrationConfigVariables.load(options.env);
  const logger = options.logger ?? createLogger({ service: NAME, level: config.ERP_LOG_LEVEL });
  const db = await openDatabase({
    url: config.DATABASE_URL,
    dispatchUrl: config.INTEGRATION_CONFIG_DISPATCH_URL,
    schema: "integration_config",
    applicationName: NAME,
  });
  const closing: (() => Promise<void>)[] = [() => db.close()];
  try {
    const bus = await Bus.connect({
      url: config.NATS_URL,
      name: NAME,
      log: logger,
      ...(config.NATS_USER === undefined ? {} : { user: config.NATS_USER }),
      ...(config.NATS_PASSWORD === undefined ? {} : { pass: config.NATS_PASSWORD.reveal() }),
      ...(options.local === undefined ? {} : { local: options.local }),
    });
    closing.unshift(() => bus.close());
    const relay = new Relay({ db, bus, producer: NAME, log: logger, leaseMs: config.LEASE_MS });
    closing.unshift(() => relay.stop());
    const purge = setInterval(() => void purgeOld(db, logger), PURGE_EVERY_MS).unref();
    closing.unshift(async () => clearInterval(purge));
    serveEvents(bus, { db, producer: NAME });
    const running = await startService({
      name: NAME,
      module: integrationConfigModule({ db, bus, relay }),
      config: { host: config.HOST, port: config.PORT },
      logger,
      checks: [
        { name: "database", check: async () => void (await db.call({ text: "select 1", values: [], readOnly: true })) },
        { name: "bus", check: async () => assertUp(bus) },
      ],
      onStop: closing,
    });
    relay.start();
    return running;
  } catch (error) {
    for (const close of closing) await close().catch(() => undefined);
    throw error;
  }
}

async function purgeOld(db: Database, logger: Logger): Promise<void> {
  try {
    await purgeLog(db);
  } catch (error) {
    logger.warn({ err: error }, "old rows of the event log could not be removed now");
  }
}

function assertUp(bus: Bus): void {
  if (bus.status() !== "up") throw new Error("the message bus cannot be reached");
}
