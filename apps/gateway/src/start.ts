import { readFileSync } from "node:fs";
import { KeyRing } from "@dovetail/crypto";
import { openDatabase, type Database } from "@dovetail/database";
import { Relay, serveEvents, type Bus, type LocalBus } from "@dovetail/messaging";
import { systemClock, type Clock } from "@dovetail/resilience";
import {
  createLogger,
  Metrics,
  startService,
  type Environment,
  type HealthCheck,
  type Logger,
  type Running,
} from "@dovetail/service-kit";
import { answerOperations } from "./bus/answers";
import { BusLink } from "./bus/bus-link";
import { gatewayConfig, type GatewayConfig } from "./config";
import { serveDocs } from "./docs/serve-docs";
import { GatewayModule } from "./gateway.module";
import { allowOrigins, securityHeaders } from "./http/edge";
import { startNoticeListener } from "./notices/notice-listener";
import { noticeRoutes } from "./notices/notice-routes";
import { NoticeService } from "./notices/notice.service";
import { Sweeper } from "./sweeper";
import { TenantService } from "./tenants/tenant.service";

export { gatewaySchema } from "./schema";

/** What a process hands the gateway. */
export interface GatewayOptions {
  env: Environment;
  /** Shared with the other services of the process. */
  local?: LocalBus;
  logger?: Logger;
  clock?: Clock;
}

/** Bytes of a body: a record of 1 MiB with room for escapes. */
const BODY_LIMIT = 2 * 1024 * 1024;
const SWEEP_EVERY_MS = 3_600_000;

/** Starts the HTTP edge. Throws ConfigError, DatabaseUnavailableError; it starts without NATS and joins it later. */
export async function startGateway(options: GatewayOptions): Promise<Running> {
  const config = gatewayConfig.load(options.env);
  const logger = options.logger ?? createLogger({ service: "gateway", level: config.ERP_LOG_LEVEL });
  const db = await openDatabase({
    url: config.DATABASE_URL,
    dispatchUrl: config.GATEWAY_DISPATCH_URL,
    schema: "gateway",
    applicationName: "gateway",
  });
  const bus = new BusLink(busOptions(config, options.local), logger);
  try {
    return await startEdge({ config, logger, db, bus, clock: options.clock ?? systemClock });
  } catch (error) {
    // Closed already when the service had been running; the first error is the one to tell.
    await bus.close().catch(() => undefined);
    await db.close().catch(() => undefined);
    throw error;
  }
}

interface Parts {
  config: GatewayConfig;
  logger: Logger;
  db: Database;
  bus: BusLink;
  clock: Clock;
}

async function startEdge(parts: Parts): Promise<Running> {
  const { config, logger, db, bus } = parts;
  const tls = tlsOf(config);
  const ring = KeyRing.parse(config.GATEWAY_KEYS.reveal());
  const closing: (() => Promise<void> | void)[] = [];
  let notices: NoticeService | undefined;
  const receive = (): NoticeService["receive"] => {
    if (!notices) throw new Error("the service is not ready");
    return notices.receive.bind(notices);
  };
  const http = { bodyLimit: BODY_LIMIT, ...(tls ? { tls } : {}), ...proxies(config) };
  const running = await startService({
    name: "gateway",
    module: GatewayModule.with({ ...parts, ring }),
    config: { host: config.HOST, port: config.PORT },
    logger,
    metrics: new Metrics({ service: "gateway" }),
    checks: checksOf(db, bus),
    http,
    fastifyPlugins: [securityHeaders(tls !== undefined), noticeRoutes(receive, logger)],
    configure: async (app) => {
      allowOrigins(app, config.CORS_ORIGINS);
      serveDocs(app, config.PLATFORM_URL);
      // The first request must find the services and the bus.
      await app.init();
      notices = app.get(NoticeService);
      await bus.open((joined) =>
        join(joined, parts, { tenants: app.get(TenantService), notices: app.get(NoticeService) }, closing),
      );
    },
    onStop: [
      async () => {
        for (const close of closing.reverse()) await close();
      },
      () => bus.close(),
      () => db.close(),
    ],
  });
  closing.push(sweepNowAndThen(running.app.get(Sweeper), logger));
  if (config.WEBHOOK_PORT !== undefined) {
    const place = { host: config.HOST, port: config.WEBHOOK_PORT };
    closing.push(await listenForNotices(running, () => startNoticeListener(place, { receive, logger, http })));
  }
  return running;
}

/** The second listener, or neither. */
async function listenForNotices(running: Running, start: () => Promise<Running>): Promise<() => Promise<void>> {
  try {
    const listener = await start();
    return () => listener.stop();
  } catch (error) {
    await running.stop();
    throw error;
  }
}

/** The bus is there: answer others and hand events on. */
function join(
  bus: Bus,
  { config, db, logger }: Parts,
  services: { tenants: TenantService; notices: NoticeService },
  closing: (() => Promise<void> | void)[],
): void {
  answerOperations(bus, services);
  serveEvents(bus, { db, producer: "gateway" });
  // Not nudged: until the next round equal notices fall together.
  const relay = new Relay({ db, bus, producer: "gateway", log: logger, leaseMs: config.LEASE_MS });
  relay.start();
  closing.push(() => relay.stop());
}

function sweepNowAndThen(sweeper: Sweeper, logger: Logger): () => void {
  const sweep = (): void => {
    sweeper.sweep().catch((error: unknown) => logger.warn({ err: error }, "old rows were not removed"));
  };
  const timer = setInterval(sweep, SWEEP_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function checksOf(db: Database, bus: BusLink): HealthCheck[] {
  return [
    { name: "database", check: async () => void (await db.call({ text: "select 1", values: [], readOnly: true })) },
    {
      name: "bus",
      check: async () => {
        if (bus.status() === "down") throw new Error("the message bus cannot be reached");
      },
    },
  ];
}

function busOptions(config: GatewayConfig, local: LocalBus | undefined) {
  return {
    url: config.NATS_URL,
    name: "gateway",
    ...(config.NATS_USER === undefined ? {} : { user: config.NATS_USER }),
    ...(config.NATS_PASSWORD === undefined ? {} : { pass: config.NATS_PASSWORD.reveal() }),
    ...(local ? { local } : {}),
  };
}

function tlsOf(config: GatewayConfig): { cert: string; key: string; ca?: string } | undefined {
  const { SSL_CERT_PATH: cert, SSL_KEY_PATH: key, SSL_CA_PATH: ca } = config;
  if (cert === undefined || key === undefined) return undefined;
  return { cert: text(cert), key: text(key), ...(ca === undefined ? {} : { ca: text(ca) }) };
}

function text(path: string): string {
  return readFileSync(path, "utf8");
}

function proxies(config: GatewayConfig): { trustProxy?: string[] } {
  const list = config.TRUST_PROXY.split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
  return list.length > 0 ? { trustProxy: list } : {};
}
