import { createParamDecorator, type ExecutionContext } from "@nestjs/common";
import { ProblemError } from "@dovetail/contracts";
import type { FastifyReply, FastifyRequest } from "fastify";

const ETAG = /^(?:W\/)?"(\d{1,15})"$/;
const KEY = /^[\x21-\x7e]{1,200}$/;

/** The version in an If-Match header; undefined when it is absent or `*`. Throws ERP008 400. */
export function versionOf(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === "*") return undefined;
  const version = ETAG.exec(header.trim())?.[1];
  if (version === undefined)
    throw new ProblemError("ERP008", 'If-Match is not one ETag of ours, such as "7".', { status: 400 });
  return Number(version);
}

/** The Idempotency-Key header. Throws ERP008 400 when it is longer than 200 characters or has others than ASCII. */
export function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const header = request.headers["idempotency-key"];
  if (header === undefined) return undefined;
  if (typeof header === "string" && KEY.test(header)) return header;
  throw new ProblemError("ERP008", "Idempotency-Key must be 1 to 200 visible ASCII characters.", { status: 400 });
}

/** Hands the handler the version of If-Match. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext) =>
  versionOf(context.switchToHttp().getRequest<FastifyRequest>().headers["if-match"]),
);

/** Hands the handler the Idempotency-Key. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext) =>
  idempotencyKeyOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** Says which version an answer shows. */
export function tag(reply: FastifyReply, version: number): void {
  reply.header("etag", `"${version}"`);
}
