import { KeyRing } from "@dovetail/crypto";
import { openDatabase } from "@dovetail/database";
import { Bus, type LocalBus } from "@dovetail/messaging";
import { createLogger, startService, type Environment, type Logger, type Running } from "@dovetail/service-kit";
import { config } from "./config";
import { CrashPoints } from "./crash-points";
import { Engine } from "./engine";
import { comparedWithBroker } from "./recovery/broker-witness";
import { DatabaseGeneration } from "./recovery/database-generation";
import { RecoveryRepository } from "./recovery/recovery.repository";
import { SyncEngineModule } from "./sync-engine.module";
import type { Settings } from "./tokens";

export { CrashPoints } from "./crash-points";
export { type PageCall } from "./pull/page-call";
export { PageRepository } from "./pull/page.repository";
export { syncEngineSchema } from "./schema";

/** How to start a sync-engine. `local` is shared by services of one process. */
export interface StartOptions {
  env: Environment;
  local?: LocalBus;
  logger?: Logger;
}

/** Starts the sync-engine: the record store, jobs, pulls and pushes; the only service that talks to ERPs. */
export async function startSyncEngine({ env, local, logger: given }: StartOptions): Promise<Running> {
  const values = config.load(env);
  const logger = given ?? createLogger({ service: "sync-engine", level: values.ERP_LOG_LEVEL });
  const db = await openDatabase({
    url: values.DATABASE_URL.reveal(),
    dispatchUrl: values.SYNC_ENGINE_DISPATCH_URL.reveal(),
    schema: "sync_engine",
    applicationName: "sync-engine",
    pool: { max: 10 + values.SYNC_ENGINE_CONCURRENCY },
  });
  const recovery = new RecoveryRepository(db);
  const noted = await recovery.noteGeneration().catch(async (error: unknown) => {
    await db.close();
    throw error;
  });
  const bus = await busOf(values, logger, local).catch(async (error: unknown) => {
    await db.close();
    throw error;
  });
  const generation = await comparedWithBroker(recovery, { bus, logger }, noted);
  const keys = KeyRing.parse(values.SYNC_ENGINE_KEYS.reveal());
  const crash = new CrashPoints(values.CRASH_AT);
  const engine: { stop?: () => Promise<void> } = {};
  const running = await startService({
    name: "sync-engine",
    module: SyncEngineModule.with({
      db,
      bus,
      keys,
      settings: settingsOf(values),
      crash,
      generation: new DatabaseGeneration(generation),
    }),
    config: { host: values.HOST, port: values.PORT },
    logger,
    checks: [
      { name: "database", check: async () => void (await db.call({ text: "select 1", values: [], readOnly: true })) },
      {
        name: "bus",
        check: async () => (bus.status() === "up" ? undefined : Promise.reject(new Error("not connected"))),
      },
    ],
    onStop: [() => engine.stop?.(), () => bus.close(), () => db.close()],
  });
  engine.stop = () => running.app.get(Engine).stop();
  return running;
}

type Values = ReturnType<typeof config.load>;

function busOf(values: Values, log: Logger, local: LocalBus | undefined): Promise<Bus> {
  return Bus.connect({
    url: values.NATS_URL,
    ...(values.NATS_USER === undefined ? {} : { user: values.NATS_USER }),
    ...(values.NATS_PASSWORD === undefined ? {} : { pass: values.NATS_PASSWORD.reveal() }),
    name: "sync-engine",
    ...(local === undefined ? {} : { local }),
    log,
  });
}

function settingsOf(values: Values): Settings {
  return {
    enabled: values.ERP_INTEGRATION_ENABLED,
    syncIntervalMs: values.ERP_SYNC_INTERVAL,
    statusWatchMs: values.ERP_STATUS_WATCH_INTERVAL,
    leaseMs: values.LEASE_MS,
    concurrency: values.SYNC_ENGINE_CONCURRENCY,
    fileRoots: (values.ERP_FILE_ROOTS ?? "").split(":").filter((folder) => folder !== ""),
  };
}
