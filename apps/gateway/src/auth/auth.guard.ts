import { Inject, Injectable, type CanActivate, type ExecutionContext } from "@nestjs/common";
import { ProblemError } from "@dovetail/contracts";
import { constantTimeEqual, sha256Hex } from "@dovetail/crypto";
import { addLogContext } from "@dovetail/service-kit";
import type { FastifyReply } from "fastify";
import type { GatewayConfig } from "../config";
import { RateLimits } from "../http/rate-limits";
import { CONFIG } from "../tokens";
import { Authenticator } from "./authenticator.service";
import type { IdentifiedRequest, Principal } from "./principal";
import { accessOf, type Access } from "./requires";

const BEARER = /^Bearer +([\x21-\x7e]{1,512})$/i;

/** Stands before every route: who asks, may they, and not too often. A route without a rule is refused. */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly operatorHash: string;

  constructor(
    private readonly authenticator: Authenticator,
    private readonly limits: RateLimits,
    @Inject(CONFIG) config: GatewayConfig,
  ) {
    this.operatorHash = sha256Hex(config.OPERATOR_KEY.reveal());
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const access = accessOf(context.getHandler());
    if (!access) throw new ProblemError("FORBIDDEN", "This route has no rule that says who may use it.");
    if (access.kind === "public") return true;
    const http = context.switchToHttp();
    const request = http.getRequest<IdentifiedRequest>();
    const reply = http.getResponse<FastifyReply>();
    const token = bearerOf(request);
    if (token === undefined) {
      if (access.kind === "optional") return true;
      throw new ProblemError("AUTH_REQUIRED", "The request has no Authorization: Bearer header.");
    }
    if (access.kind === "operator") return this.admitOperator(token, request);
    const known = this.authenticator.known(token);
    if (known !== undefined) return this.admit(known ?? undefined, access, request, reply);
    this.limits.takeLookup(request.ip);
    return this.authenticator.find(token).then((found) => this.admit(found, access, request, reply));
  }

  private admitOperator(token: string, request: IdentifiedRequest): boolean {
    if (constantTimeEqual(sha256Hex(token), this.operatorHash)) return true;
    this.limits.takeFailure(request.ip);
    throw new ProblemError("AUTH_REQUIRED", "This route needs the operator's key.");
  }

  private admit(
    principal: Principal | undefined,
    access: Access,
    request: IdentifiedRequest,
    reply: FastifyReply,
  ): boolean {
    if (!principal) {
      this.limits.takeFailure(request.ip);
      throw new ProblemError("AUTH_REQUIRED", "The key or token is not valid, has expired or was revoked.");
    }
    addLogContext({ tenant: principal.context.tenant });
    this.limits.takeRequest(principal, reply);
    if (access.kind === "permission" && !principal.context.actor.permissions.includes(access.permission)) {
      throw new ProblemError("FORBIDDEN", `This needs the permission ${access.permission}.`);
    }
    request.principal = principal;
    return true;
  }
}

function bearerOf(request: IdentifiedRequest): string | undefined {
  const header = request.headers.authorization;
  return header === undefined ? undefined : BEARER.exec(header)?.[1];
}
