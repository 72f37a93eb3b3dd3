import { startGateway } from "@dovetail/gateway";
import { startIntegrationConfig } from "@dovetail/integration-config";
import { LocalBus } from "@dovetail/messaging";
import { createLogger, type Environment, type Logger, type Running } from "@dovetail/service-kit";
import { startSyncEngine } from "@dovetail/sync-engine";
import type { Cleanup } from "./cleanup";
import type { BusUser, KeptState } from "./kept-state";
import { logDestination } from "./log-file";
import type { Options } from "./options";
import { roleUrl } from "./schemas";
import type { Servers } from "./servers";

/** The running services of this process. */
export interface Services {
  gateway: Running;
  local: LocalBus;
  logger: Logger;
}

/** Starts every service with an environment of its own; nothing is put into the process's. */
export async function startServices(
  options: Options,
  state: KeptState,
  servers: Servers,
  cleanup: Cleanup,
): Promise<Services> {
  const local = new LocalBus();
  const destination = logDestination(options.logFile);
  cleanup.add(() => destination.close());
  const loggerOf = (service: string): Logger => createLogger({ service, level: options.ERP_LOG_LEVEL, destination });
  const start = async (name: BusUser, starter: Starter, own: Environment): Promise<Running> => {
    const env = { ...options.env, ...busAccess(options, state, servers, name), ...own };
    const running = await starter({ env, local, logger: loggerOf(name) });
    cleanup.add(() => running.stop());
    return running;
  };
  const url = (schema: string, role: "run" | "dispatch"): string => roleUrl(servers.adminUrl, state, schema, role);
  const inside = { HOST: "127.0.0.1", PORT: "0" };
  await start("integration-config", startIntegrationConfig, {
    ...inside,
    DATABASE_URL: url("integration_config", "run"),
    INTEGRATION_CONFIG_DISPATCH_URL: url("integration_config", "dispatch"),
  });
  await start("sync-engine", startSyncEngine, {
    ...inside,
    DATABASE_URL: url("sync_engine", "run"),
    SYNC_ENGINE_DISPATCH_URL: url("sync_engine", "dispatch"),
    SYNC_ENGINE_KEYS: options.env["SYNC_ENGINE_KEYS"] ?? state.kept.keys.syncEngine,
  });
  const gateway = await start("gateway", startGateway, {
    HOST: options.HOST,
    PORT: String(options.PORT),
    PLATFORM_URL: options.env["PLATFORM_URL"] ?? `http://127.0.0.1:${options.PORT}`,
    DATABASE_URL: url("gateway", "run"),
    GATEWAY_DISPATCH_URL: url("gateway", "dispatch"),
    GATEWAY_KEYS: options.env["GATEWAY_KEYS"] ?? state.kept.keys.gateway,
    OPERATOR_KEY: operatorKey(options, state),
  });
  return { gateway, local, logger: loggerOf("platform") };
}

type Starter = (options: { env: Environment; local: LocalBus; logger: Logger }) => Promise<Running>;

/** The key of the person who runs the platform. */
export function operatorKey(options: Options, state: KeptState): string {
  return options.OPERATOR_KEY?.reveal() ?? state.kept.operatorKey;
}

/** How a service reaches the bus: by its own user on ours, by the given one elsewhere. */
export function busAccess(options: Options, state: KeptState, servers: Servers, user: BusUser): Environment {
  if (servers.nats) return { NATS_URL: servers.natsUrl, NATS_USER: user, NATS_PASSWORD: state.kept.bus[user] };
  return { NATS_URL: servers.natsUrl, NATS_USER: options.NATS_USER, NATS_PASSWORD: options.NATS_PASSWORD?.reveal() };
}
