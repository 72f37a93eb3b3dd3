import { accessSync, constants, mkdirSync } from "node:fs";
import { lockFolder } from "@dovetail/embedded";
import { BusUsers } from "./bus-users";
import { Cleanup } from "./cleanup";
import { demoAccess, runDemo } from "./demo/demo";
import type { Screen } from "./demo/progress";
import { startErps } from "./demo/start-erps";
import { writeDemoFile } from "./demo-file";
import { emptyFolder } from "./fresh";
import { KeptState } from "./kept-state";
import type { Options } from "./options";
import { migrateAll, SCHEMAS } from "./schemas";
import { requireFreePort, serviceUsers, startServers, type Servers } from "./servers";
import { operatorKey, startServices, type Services } from "./services";
import { whereToLook } from "./where-to-look";

/** The platform in this process. */
export interface Platform {
  readonly gatewayUrl: string;
  /** Resolves when the demo has been shown (at once without one); rejects when it fails or is stopped. */
  readonly shown: Promise<void>;
  stop(): Promise<void>;
}

/** Starts everything in one process. Throws StartError and the like for what a person can put right. */
export async function startPlatform(options: Options, screen: Screen): Promise<Platform> {
  const cleanup = new Cleanup();
  try {
    return await start(options, screen, cleanup);
  } catch (error) {
    await cleanup.run().catch(() => undefined);
    throw error;
  }
}

async function start(options: Options, screen: Screen, cleanup: Cleanup): Promise<Platform> {
  const state = await openFolder(options, cleanup);
  const servers = await startServers(options, state, cleanup);
  const applied = Object.values(await migrateAll(servers.adminUrl, state)).reduce((sum, n) => sum + n, 0);
  const services = await startServices(options, state, servers, cleanup);
  await followTenants(state, servers, services, cleanup);
  const gatewayUrl = services.gateway.url;
  tellServers(screen, options, servers, { applied, gatewayUrl });
  const stopping = new AbortController();
  const demo = show({ options, state, servers, screen, gatewayUrl, signal: stopping.signal }, cleanup);
  // Stopping ends the demo first; its end is not a failure then.
  cleanup.add(async () => {
    stopping.abort(new Error("stopped"));
    await demo.catch(() => undefined);
  });
  return { gatewayUrl, shown: demo, stop: () => cleanup.run() };
}

/** Takes the folder for this process alone, empties it when asked to, and reads what was kept. */
export async function openFolder(options: Options, cleanup: Cleanup): Promise<KeptState> {
  mkdirSync(options.dir, { recursive: true });
  accessSync(options.dir, constants.W_OK | constants.X_OK);
  const lock = lockFolder(options.dir, "npm start");
  cleanup.add(() => lock.release());
  await requireFreePort(options.PORT, options.HOST);
  if (options.fresh) await emptyFolder(options.dir);
  return KeptState.open(
    options.dir,
    SCHEMAS.map(({ schema }) => schema),
    options.env,
  );
}

async function followTenants(state: KeptState, servers: Servers, services: Services, cleanup: Cleanup): Promise<void> {
  if (!servers.nats) return;
  const users = await BusUsers.follow({
    nats: servers.nats,
    services: serviceUsers(state),
    password: state.kept.bus.platform,
    local: services.local,
    logger: services.logger,
  });
  cleanup.add(() => users.stop());
}

interface ShowParts {
  options: Options;
  state: KeptState;
  servers: Servers;
  screen: Screen;
  gatewayUrl: string;
  signal: AbortSignal;
}

async function show(parts: ShowParts, cleanup: Cleanup): Promise<void> {
  const { options, screen, gatewayUrl, state, servers, signal } = parts;
  if (!options.demo) return whereToLook(screen, options, gatewayUrl);
  const key = operatorKey(options, state);
  const tenant = { gatewayUrl, operatorKey: key, state, screen, signal };
  const access = await demoAccess(tenant);
  const places = { gatewayUrl, natsUrl: servers.natsUrl, databaseUrl: servers.adminUrl, operatorKey: key };
  writeDemoFile(options, access, { ...places, ownBus: servers.nats !== undefined });
  const erps = await startErps(options, state, servers.adminUrl, cleanup);
  await runDemo({ ...tenant, erps }, access);
  whereToLook(screen, options, gatewayUrl, { access, sql: erps.sql });
}

function tellServers(
  screen: Screen,
  options: Options,
  servers: Servers,
  { applied, gatewayUrl }: { applied: number; gatewayUrl: string },
): void {
  const database = new URL(servers.adminUrl);
  screen.line("Dovetail");
  screen.line(
    `  PostgreSQL   ${database.host}${database.pathname}${options.DATABASE_URL === undefined ? " (bundled)" : ""}`,
  );
  screen.line(`  NATS         ${new URL(servers.natsUrl).host}${servers.nats ? " (bundled)" : ""}`);
  screen.line(`  schemas      ${applied === 0 ? "up to date" : `${applied} migrations applied`}`);
  screen.line("  services     gateway, integration-config, sync-engine");
  screen.line(`  API          ${gatewayUrl}`);
  if (!options.ERP_INTEGRATION_ENABLED)
    screen.line("  ERP_INTEGRATION_ENABLED is false: no synchronisation runs; the API is up.");
}
