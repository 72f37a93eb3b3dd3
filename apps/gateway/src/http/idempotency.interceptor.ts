import {
  applyDecorators,
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from "@nestjs/common";
import type { FastifyReply } from "fastify";
import { from, lastValueFrom, of, type Observable } from "rxjs";
import type { IdentifiedRequest } from "../auth/principal";
import { DescribeIdempotent } from "../docs/describe";
import { KeptAnswers, type KeptAnswer, type Repeatable } from "./kept-answers";
import { idempotencyKeyOf } from "./preconditions";

const KEPT_HEADERS = ["etag", "location"] as const;

/** Answers a repeated request with an Idempotency-Key as the first one was; failed requests may be repeated. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly answers: KeptAnswers) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<IdentifiedRequest>();
    const key = idempotencyKeyOf(request);
    const { principal } = request;
    if (key === undefined || !principal) return next.handle();
    const { tenantId } = principal.context;
    const reply = http.getResponse<FastifyReply>();
    const repeatable = {
      sender: principal.sender,
      route: `${request.method} ${pathOf(request.url)}`,
      key,
      body: request.body,
    };
    const kept = await this.answers.begin(tenantId, repeatable);
    if (kept) return of(replay(reply, kept));
    return from(this.work(tenantId, repeatable, next, reply));
  }

  private async work(tenantId: string, request: Repeatable, next: CallHandler, reply: FastifyReply): Promise<unknown> {
    let body: unknown;
    try {
      body = await lastValueFrom(next.handle(), { defaultValue: undefined });
    } catch (error) {
      await this.answers.giveUp(tenantId, request);
      throw error;
    }
    await this.answers.finish(tenantId, request, { body: body ?? null, headers: headersOf(reply) });
    return body;
  }
}

/** The route honours Idempotency-Key. */
export function Idempotent(): MethodDecorator {
  return applyDecorators(UseInterceptors(IdempotencyInterceptor), DescribeIdempotent());
}

function replay(reply: FastifyReply, kept: KeptAnswer): unknown {
  reply.header("idempotency-replayed", "true");
  for (const [name, value] of Object.entries(kept.headers)) reply.header(name, value);
  return kept.body;
}

function headersOf(reply: FastifyReply): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = reply.getHeader(name);
    if (value !== undefined) headers[name] = String(value);
  }
  return headers;
}

function pathOf(url: string): string {
  return url.split("?", 1)[0] ?? url;
}
