import { Inject, Injectable } from "@nestjs/common";
import { PERMISSIONS, ProblemError, type TenantBusUser } from "@dovetail/contracts";
import { generateApiKey, randomToken } from "@dovetail/crypto";
import { uuidv7 } from "@dovetail/domain";
import type { Clock } from "@dovetail/resilience";
import { hash } from "bcryptjs";
import { KeptAnswers } from "../http/kept-answers";
import { CLOCK } from "../tokens";
import type { CreatedTenant, NewTenant, Tenant } from "./tenant";
import { TenantRepository } from "./tenant.repository";

const PLAN = "STANDARD";
const SENDER = "operator";
const ROUTE = "POST /api/v1/tenants";
/** The NATS server checks it at each connect; the password has 256 random bits, so a low cost is enough. */
const BCRYPT_ROUNDS = 8;

/** Tenants, for the operator. */
@Injectable()
export class TenantService {
  private cached: { tenants: Tenant[]; until: number } | undefined;

  constructor(
    private readonly tenants: TenantRepository,
    private readonly answers: KeptAnswers,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(): Promise<Tenant[]> {
    return this.tenants.list();
  }

  /** At most a second old: consumers of other services ask often. */
  async recent(): Promise<Tenant[]> {
    const now = this.clock.monotonic();
    if (!this.cached || this.cached.until < now)
      this.cached = { tenants: await this.tenants.list(), until: now + 1000 };
    return this.cached.tenants;
  }

  busUsers(): Promise<TenantBusUser[]> {
    return this.tenants.busUsers();
  }

  async get(name: string): Promise<Tenant> {
    const tenant = await this.tenants.byName(name);
    if (!tenant) throw new ProblemError("NOT_FOUND", "There is no tenant with this name.");
    return tenant;
  }

  /** Makes a tenant. The answer to an Idempotency-Key is kept with the tenant, in the same transaction. */
  async create(wanted: NewTenant, idempotencyKey: string | undefined): Promise<CreatedTenant> {
    const { id: keyId, key, hash: keyHash } = generateApiKey();
    const password = randomToken();
    const bus = { user: `tenant-${wanted.name}`, passwordHash: await hash(password, BCRYPT_ROUNDS) };
    const answerOf = (tenant: Tenant): CreatedTenant => ({
      ...tenant,
      apiKey: { id: keyId, key: key.reveal() },
      bus: { user: bus.user, password },
    });
    const firstKey = {
      id: keyId,
      hash: keyHash,
      name: "first administrator",
      role: "erp_admin" as const,
      permissions: PERMISSIONS,
      createdBy: SENDER,
      expiresAt: null,
    };
    const request = { sender: SENDER, route: ROUTE, key: idempotencyKey ?? "", body: wanted };
    try {
      const tenant = { id: uuidv7(), name: wanted.name, plan: wanted.plan ?? PLAN };
      const stored = await this.tenants.create(tenant, { key: firstKey, bus }, async (tx, created) => {
        if (idempotencyKey !== undefined)
          await this.answers.keep(tx, request, { body: answerOf(created), headers: {} });
      });
      this.cached = undefined;
      return answerOf(stored);
    } catch (error) {
      if (idempotencyKey === undefined || !(error instanceof ProblemError) || error.code !== "CONFLICT") throw error;
      const existing = await this.get(wanted.name);
      const kept = await this.answers.find(existing.id, request);
      if (!kept) throw error;
      return kept.body as CreatedTenant;
    }
  }
}
