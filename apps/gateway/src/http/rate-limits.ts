import { Inject, Injectable } from "@nestjs/common";
import { ProblemError } from "@dovetail/contracts";
import type { Clock } from "@dovetail/resilience";
import type { FastifyReply } from "fastify";
import type { Principal } from "../auth/principal";
import type { GatewayConfig } from "../config";
import { CLOCK, CONFIG } from "../tokens";
import { TokenBuckets, type Taken } from "./token-bucket";

/** Tokens never seen before that one address may show in a minute: each costs a question to the database. */
const LOOKUPS_PER_MINUTE = 600;
const FAILURES_PER_MINUTE = 60;
const LOGIN_FAILURES_PER_MINUTE = 6;
const NOTICES_PER_MINUTE = 1200;

/** The limits of the API, in memory: each process counts for itself. */
@Injectable()
export class RateLimits {
  private readonly perKey: TokenBuckets | undefined;
  private readonly perTenant: TokenBuckets | undefined;
  private readonly lookups = new TokenBuckets(LOOKUPS_PER_MINUTE);
  private readonly failures = new TokenBuckets(FAILURES_PER_MINUTE);
  private readonly logins = new TokenBuckets(LOGIN_FAILURES_PER_MINUTE);
  private readonly notices = new TokenBuckets(NOTICES_PER_MINUTE);

  constructor(
    @Inject(CONFIG) config: GatewayConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.perKey = config.RATE_LIMIT_PER_KEY > 0 ? new TokenBuckets(config.RATE_LIMIT_PER_KEY) : undefined;
    this.perTenant = config.RATE_LIMIT_PER_TENANT > 0 ? new TokenBuckets(config.RATE_LIMIT_PER_TENANT) : undefined;
  }

  /** Counts a request for its key and its tenant and writes the RateLimit headers. Throws LIMITED. */
  takeRequest(principal: Principal, reply: FastifyReply): void {
    const now = this.clock.monotonic();
    const key = this.perKey?.take(principal.sender, now);
    const tenant = key?.ok === false ? undefined : this.perTenant?.take(principal.context.tenantId, now);
    const tighter = key && tenant ? (tenant.remaining < key.remaining ? tenant : key) : (key ?? tenant);
    if (!tighter) return;
    reply.header("ratelimit-limit", tighter.limit);
    reply.header("ratelimit-remaining", tighter.remaining);
    reply.header("ratelimit-reset", tighter.resetSeconds);
    refuse(tighter, "This key or its tenant sends too many requests.");
  }

  takeLookup(address: string): void {
    refuse(this.lookups.take(address, this.clock.monotonic()), "Too many different keys come from this address.");
  }

  takeFailure(address: string): void {
    refuse(this.failures.take(address, this.clock.monotonic()), "Too many wrong keys come from this address.");
  }

  /** Counts an attempt to log in as someone, until one succeeds. Throws LIMITED. */
  takeLogin(person: string): void {
    refuse(this.logins.take(person, this.clock.monotonic()), "Too many failed logins; wait before the next one.");
  }

  loginSucceeded(person: string): void {
    this.logins.forgive(person);
  }

  takeNotice(integration: string): void {
    refuse(this.notices.take(integration, this.clock.monotonic()), "Too many notices for this integration.");
  }
}

function refuse(taken: Taken, detail: string): void {
  if (!taken.ok) throw new ProblemError("LIMITED", detail, { retryAfterSeconds: taken.resetSeconds });
}
