import { ProblemError } from "@dovetail/contracts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Health } from "../health";
import type { Logger } from "../logger";
import type { Metrics } from "../metrics";
import { currentScope, inScope, type Scope } from "../scope";
import { childSpan, newTrace, parseTraceparent } from "../trace";
import { MAX_JSON_DEPTH, parseJsonBody } from "./json-body";
import { problemOf } from "./problem-of";
import { sendProblem } from "./problem-filter";

/** What the HTTP edge of one service needs. */
export interface Edge {
  logger: Logger;
  metrics: Metrics;
  health: Health;
  /** True once stopping has begun: answers then close their connection. */
  isStopping(): boolean;
  keepRawBody: boolean;
  maxJsonDepth?: number;
}

const SCOPE = Symbol("scope");
type Scoped = FastifyRequest & { [SCOPE]?: Scope; rawBody?: Buffer };
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json(?:\s*;|\s*$)/i;
const OPERATIONAL = /^\/(?:health\/|metrics$)/;

/** Trace, log and metric hooks, the JSON parser, and the routes `/health/live`, `/health/ready`, `/metrics`. */
export function prepareEdge(instance: FastifyInstance, edge: Edge): void {
  addScopeHooks(instance, edge);
  refuseNul(instance);
  addObservation(instance, edge);
  addJsonParser(instance, edge);
  addOperationalRoutes(instance, edge);
}

// An encoded NUL: no key, name or query of ours has one, and no database takes it.
function refuseNul(instance: FastifyInstance): void {
  instance.addHook("onRequest", (request: Scoped, reply, done) => {
    if (!request.url.includes("%00")) return done();
    const problem = new ProblemError("ERP008", "The address holds a NUL character.", { status: 400 });
    // The route's pattern: an address can hold a secret.
    const place = { instance: request.routeOptions.url ?? "/" };
    const traceId = request[SCOPE]?.trace?.traceId;
    sendProblem(reply, problemOf(problem, { ...place, ...(traceId === undefined ? {} : { traceId }) }));
  });
}

function addScopeHooks(instance: FastifyInstance, edge: Edge): void {
  instance.addHook("onRequest", (request: Scoped, _reply, done) => {
    const header = request.headers["traceparent"];
    const parent = parseTraceparent(typeof header === "string" ? header : undefined);
    const scope: Scope = { trace: parent ? childSpan(parent) : newTrace(), fields: {}, logger: edge.logger };
    request[SCOPE] = scope;
    inScope(scope, done);
  });
  // Reading a body continues in the socket's context: enter the scope again before handlers run.
  instance.addHook("preValidation", (request: Scoped, _reply, done) => {
    const scope = request[SCOPE];
    if (scope && scope !== currentScope()) inScope(scope, done);
    else done();
  });
  instance.addHook("onSend", (_request, reply, _payload, done) => {
    if (edge.isStopping()) reply.header("connection", "close");
    done();
  });
}

function addObservation(instance: FastifyInstance, edge: Edge): void {
  const seconds = edge.metrics.histogram("http_request_duration_seconds", "Time from request to answer", [
    "method",
    "route",
    "status",
  ]);
  instance.addHook("onResponse", (request: Scoped, reply, done) => {
    const route = request.is404 ? "unmatched" : (request.routeOptions.url ?? "unmatched");
    seconds.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    const scope = request[SCOPE];
    if (scope) inScope(scope, () => logRequest(edge.logger, request, reply, route));
    done();
  });
}

function logRequest(logger: Logger, request: FastifyRequest, reply: FastifyReply, route: string): void {
  const level = OPERATIONAL.test(route) ? "debug" : reply.statusCode >= 500 ? "error" : "info";
  if (!logger.isLevelEnabled(level)) return;
  // The route's pattern, not the address: a query can hold what must not be kept.
  const durationMs = Math.round(reply.elapsedTime * 10) / 10;
  logger[level]({ method: request.method, route, status: reply.statusCode, durationMs }, "request");
}

function addJsonParser(instance: FastifyInstance, edge: Edge): void {
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser(JSON_TYPE, { parseAs: "buffer" }, (request: Scoped, body: Buffer, done) => {
    if (edge.keepRawBody) request.rawBody = body;
    let value: unknown;
    try {
      value = parseJsonBody(body, edge.maxJsonDepth ?? MAX_JSON_DEPTH);
    } catch (error) {
      // Fastify's type wants an Error; the filter answers with the problem that it carries.
      done(error instanceof Error ? error : new Error("unreadable body"));
      return;
    }
    done(null, value);
  });
}

function addOperationalRoutes(instance: FastifyInstance, edge: Edge): void {
  instance.get("/health/live", (_request, reply) => {
    reply.header("cache-control", "no-store").send({ status: "ok", checks: [] });
  });
  instance.get("/health/ready", async (_request, reply) => {
    const report = await edge.health.report();
    return reply
      .status(report.status === "error" ? 503 : 200)
      .header("cache-control", "no-store")
      .send(report);
  });
  instance.get("/metrics", async (_request, reply) => {
    return reply.header("content-type", edge.metrics.registry.contentType).send(await edge.metrics.text());
  });
}

/** Answers what the router refuses before any hook has run (an address that cannot be decoded). */
export function refuseAddress(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = error instanceof Error && "code" in error && error.code === "FST_ERR_BAD_URL";
  const problem = known ? error : new ProblemError("NOT_FOUND", "No route has this address.");
  sendProblem(reply, problemOf(problem, { instance: request.url.slice(0, 200), traceId: newTrace().traceId }));
}
