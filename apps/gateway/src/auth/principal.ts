import { createParamDecorator, type ExecutionContext } from "@nestjs/common";
import type { CallContext } from "@dovetail/contracts";
import type { FastifyRequest } from "fastify";

/** Who asks, as found by key or token. */
export interface Principal {
  /** Frozen: it is used by many requests. */
  readonly context: CallContext;
  /** Names the key or session in rate limits and kept answers. */
  readonly sender: string;
  /** The session's id, when a token was used. */
  readonly sessionId?: string;
  /** Milliseconds since 1970 after which it is not believed. */
  readonly expiresAt: number;
}

/** A request that has passed the guard. */
export interface IdentifiedRequest extends FastifyRequest {
  principal?: Principal;
}

/** The CallContext of who asks. */
export function callerOf({ principal }: IdentifiedRequest): CallContext {
  if (!principal) throw new Error("the route has no principal: it is public");
  return principal.context;
}

/** Hands the handler the CallContext of who asks. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getRequest<IdentifiedRequest>()),
);

/** Hands the handler the Principal, or undefined on a route that needs none. */
export const Asking = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<IdentifiedRequest>().principal,
);
