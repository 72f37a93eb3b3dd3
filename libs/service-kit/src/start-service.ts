import { setMaxListeners } from "node:events";
import type { DynamicModule, INestApplication, Type } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import type { FastifyInstance } from "fastify";
import { Health, type HealthCheck } from "./health";
import { Connections } from "./http/drain";
import { prepareEdge, refuseAddress } from "./http/edge";
import { ProblemFilter } from "./http/problem-filter";
import { strictValidation } from "./http/validation";
import { kitModule } from "./kit-module";
import { createLogger, type LogLevel, type Logger } from "./logger";
import { Metrics } from "./metrics";
import { NestLogger } from "./nest-logger";
import { withScope } from "./scope";

/** One service, ready to be started. Nothing is read from the process: several can start side by side. */
export interface ServiceOptions {
  name: string;
  /** The service's root module. It can inject LOGGER, METRICS and STOPPING. */
  module: Type<unknown> | DynamicModule;
  /** `port` 0 takes a free one. */
  config: { host: string; port: number };
  logger?: Logger;
  logLevel?: LogLevel;
  metrics?: Metrics;
  /** What `/health/ready` asks. */
  checks?: readonly HealthCheck[];
  /** Called one after the other when the service stops, after the last answer has left. */
  onStop?: readonly (() => void | Promise<void>)[];
  http?: HttpOptions;
  /** Raw Fastify additions (content types, hooks), run before Nest's routes are made. */
  fastifyPlugins?: readonly ((instance: FastifyInstance) => void | Promise<void>)[];
  /** Last changes to the application before its routes are made (documentation, global guards). */
  configure?: (app: NestFastifyApplication) => void | Promise<void>;
}

export interface HttpOptions {
  /** Bytes, default 1 MiB. */
  bodyLimit?: number;
  /** Keeps the bytes of JSON bodies as `request.rawBody` (signatures are made over them). */
  rawBody?: boolean;
  maxJsonDepth?: number;
  /** PEM texts; the listener then speaks TLS (1.2 and newer). With `ca` clients may show a certificate signed by it. */
  tls?: { cert: string; key: string; ca?: string };
  /** Addresses of proxies whose X-Forwarded-* headers are believed. */
  trustProxy?: string[];
  /** Milliseconds that requests in flight are given when stopping, default 10 000. */
  drainMs?: number;
}

/** A started service. */
export interface Running {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  readonly app: INestApplication;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Stops accepting, lets requests end, runs `onStop`, closes the application. Later calls share the first's end. */
  stop(): Promise<void>;
}

const MIB = 1024 * 1024;

/** Starts a service: Nest on Fastify with problem documents, strict validation, health, metrics, traces and logs. */
export async function startService(options: ServiceOptions): Promise<Running> {
  const logger = options.logger ?? createLogger({ service: options.name, level: options.logLevel ?? "info" });
  const metrics = options.metrics ?? new Metrics({ service: options.name });
  return withScope({ logger, fields: {} }, () => start(options, logger, metrics));
}

async function start(options: ServiceOptions, logger: Logger, metrics: Metrics): Promise<Running> {
  const health = new Health(options.checks ?? []);
  const stopping = new AbortController();
  // Every open stream listens to it.
  setMaxListeners(0, stopping.signal);
  const adapter = newAdapter(options.http ?? {});
  const instance = adapter.getInstance<FastifyInstance>();
  const connections = new Connections(instance.server);
  prepareEdge(instance, {
    logger,
    metrics,
    health,
    isStopping: () => stopping.signal.aborted,
    keepRawBody: options.http?.rawBody ?? false,
    ...(options.http?.maxJsonDepth === undefined ? {} : { maxJsonDepth: options.http.maxJsonDepth }),
  });
  const root = kitModule(options.module, { logger, metrics, stopping: stopping.signal });
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
    bodyParser: false,
  });
  try {
    app.useGlobalPipes(strictValidation());
    app.useGlobalFilters(new ProblemFilter(logger));
    for (const plugin of options.fastifyPlugins ?? []) await plugin(instance);
    await options.configure?.(app);
    await app.listen(options.config.port, options.config.host);
  } catch (error) {
    await app.close().catch(() => undefined);
    throw error;
  }
  const port = portOf(instance);
  const scheme = options.http?.tls ? "https" : "http";
  const url = `${scheme}://${options.config.host.includes(":") ? `[${options.config.host}]` : options.config.host}:${port}`;
  logger.info({ url }, "listening");
  const stopOnce = once(() => stopService(options, { app, connections, health, stopping, logger }));
  return { name: options.name, url, port, app, logger, metrics, stop: stopOnce };
}

function newAdapter(http: HttpOptions): FastifyAdapter {
  return new FastifyAdapter({
    ...(http.tls ? { https: { ...http.tls, minVersion: "TLSv1.2" as const } } : {}),
    // A record's key may have 500 characters, each up to nine when it is encoded.
    routerOptions: { maxParamLength: 5000 },
    bodyLimit: http.bodyLimit ?? MIB,
    trustProxy: http.trustProxy ?? false,
    // No Express-style middleware is used; without its layer a request is cheaper.
    skipMiddie: true,
    multipart: false,
    // Stopping closes connections itself, after answers have left.
    forceCloseConnections: false,
    frameworkErrors: refuseAddress,
  });
}

interface StopParts {
  app: INestApplication;
  connections: Connections;
  health: Health;
  stopping: AbortController;
  logger: Logger;
}

async function stopService(options: ServiceOptions, parts: StopParts): Promise<void> {
  const { app, connections, health, stopping, logger } = parts;
  logger.info("stopping");
  health.markStopping();
  stopping.abort(new Error("the service is stopping"));
  await connections.drain(options.http?.drainMs ?? 10_000);
  const failures: unknown[] = [];
  for (const step of [...(options.onStop ?? []), () => app.close()]) {
    try {
      await step();
    } catch (error) {
      // The steps after it still have to run: each releases something else.
      logger.error({ err: error }, "a step of stopping failed");
      failures.push(error);
    }
  }
  logger.info("stopped");
  if (failures.length > 0) throw new AggregateError(failures, `${options.name} did not stop cleanly`);
}

function portOf(instance: FastifyInstance): number {
  const address = instance.server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no TCP port");
  return address.port;
}

function once<T>(fn: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= fn());
}
