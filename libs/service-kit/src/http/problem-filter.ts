import { Catch, type ArgumentsHost, type ExceptionFilter } from "@nestjs/common";
import type { ProblemDocument } from "@dovetail/contracts";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "../logger";
import { currentTrace } from "../trace";
import { problemOf } from "./problem-of";

/** Turns every error of a request into an RFC 9457 document; what is not expected is logged with its stack. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Also used for errors that Fastify meets before any route is known. */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const traceId = currentTrace()?.traceId;
    const problem = problemOf(error, {
      instance: pathOf(request.url),
      ...(traceId === undefined ? {} : { traceId }),
    });
    if (problem.status >= 500) this.report(error, problem);
    if (reply.sent || reply.raw.headersSent) {
      // A stream that breaks cannot be turned into an answer any more: cut it, so that it is not taken for complete.
      reply.raw.destroy();
      return;
    }
    sendProblem(reply, problem);
  }

  private report(error: unknown, problem: ProblemDocument): void {
    const level = problem.code === "INTERNAL" ? "error" : "warn";
    this.logger[level]({ err: error, category: problem.code }, problem.detail);
  }
}

/** Sends a problem document with the headers that belong to it. */
export function sendProblem(reply: FastifyReply, problem: ProblemDocument): void {
  if (problem.status === 401) reply.header("www-authenticate", "Bearer");
  if (problem.retryAfterSeconds !== undefined) {
    reply.header("retry-after", String(Math.max(0, Math.ceil(problem.retryAfterSeconds))));
  }
  // As text: a serialiser or a content type that the handler had set must not touch it.
  reply.removeHeader("content-length");
  reply.status(problem.status).header("content-type", "application/problem+json; charset=utf-8");
  reply.serializer((payload) => String(payload)).send(JSON.stringify(problem));
}

function pathOf(url: string): string {
  const end = url.indexOf("?");
  return end === -1 ? url : url.slice(0, end);
}
