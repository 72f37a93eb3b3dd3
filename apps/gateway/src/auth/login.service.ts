import { Inject, Injectable } from "@nestjs/common";
import { ProblemError, type Permission } from "@dovetail/contracts";
import { hashPassword, needsRehash, randomToken, sha256Hex, verifyPassword } from "@dovetail/crypto";
import type { GatewayConfig } from "../config";
import { RateLimits } from "../http/rate-limits";
import { CONFIG } from "../tokens";
import { Authenticator } from "./authenticator.service";
import type { Principal } from "./principal";
import { PERMISSIONS_OF, roleNamed, type Role } from "./roles";
import { SessionRepository } from "./session.repository";

/** Answer of a login; the token is shown once. */
export interface LoginAnswer {
  token: string;
  expiresAt: string;
  tenant: string;
  role: Role;
  permissions: readonly Permission[];
}

/** Logs people in and out. */
@Injectable()
export class LoginService {
  /** Checked when nobody has the login, so that the answer takes as long. */
  private readonly nobody = hashPassword(randomToken());

  constructor(
    private readonly sessions: SessionRepository,
    private readonly limits: RateLimits,
    private readonly authenticator: Authenticator,
    @Inject(CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** Throws AUTH_REQUIRED without saying what was wrong, LIMITED after too many attempts. */
  async login(who: { tenant: string; login: string; password: string; address: string }): Promise<LoginAnswer> {
    const login = who.login.toLowerCase();
    const person = `${who.tenant}/${login}/${who.address}`;
    this.limits.takeLogin(person);
    const tenantId = await this.sessions.tenantId(who.tenant);
    const user = tenantId === undefined ? undefined : await this.sessions.user(tenantId, login);
    const good = await verifyPassword(who.password, user?.passwordHash ?? (await this.nobody));
    if (!good || !user || tenantId === undefined) {
      this.limits.takeFailure(who.address);
      throw new ProblemError("AUTH_REQUIRED", "The tenant, the login or the password is wrong.");
    }
    this.limits.loginSucceeded(person);
    if (needsRehash(user.passwordHash)) await this.sessions.rehash(tenantId, user.id, await hashPassword(who.password));
    const token = `dvt_${randomToken()}`;
    const ttlMs = this.config.SESSION_TTL;
    const expiresAt = await this.sessions.create(tenantId, { userId: user.id, tokenHash: sha256Hex(token), ttlMs });
    const role = roleNamed(user.role);
    return { token, expiresAt, tenant: who.tenant, role, permissions: PERMISSIONS_OF[role] };
  }

  /** Ends the session; an API key has none and stays. */
  async logout(principal: Principal): Promise<void> {
    if (principal.sessionId === undefined) return;
    await this.sessions.end(principal.context.tenantId, principal.sessionId);
    this.authenticator.forget();
  }
}
