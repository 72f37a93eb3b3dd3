import { Inject, Injectable } from "@nestjs/common";
import type { Permission } from "@dovetail/contracts";
import { constantTimeEqual, parseApiKey, sha256Hex } from "@dovetail/crypto";
import type { Clock } from "@dovetail/resilience";
import { LOGGER, type Logger } from "@dovetail/service-kit";
import type { GatewayConfig } from "../config";
import { CLOCK, CONFIG } from "../tokens";
import { IdentityRepository, type StoredKey } from "./identity.repository";
import type { Principal } from "./principal";
import { knownPermissions, PERMISSIONS_OF, roleNamed } from "./roles";

interface Entry {
  principal: Principal | undefined;
  /** Monotonic time until which the answer is believed. */
  until: number;
}

const MOST_ENTRIES = 10_000;
const USE_NOTED_EVERY_MS = 60_000;

/**
 * Finds who a bearer token belongs to. Answers are kept for KEY_CACHE, so a revoked key works that long in other
 * processes and not at all in the one that revoked it. Entries are found by the token's hash: no token is kept.
 */
@Injectable()
export class Authenticator {
  private readonly entries = new Map<string, Entry>();
  private readonly asking = new Map<string, Promise<Principal | undefined>>();

  constructor(
    private readonly identities: IdentityRepository,
    @Inject(CONFIG) private readonly config: GatewayConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The answer that is known already: `null` for nobody, undefined when it must be looked for. */
  known(token: string): Principal | null | undefined {
    const entry = this.entries.get(sha256Hex(token));
    if (!entry || entry.until <= this.clock.monotonic()) return undefined;
    if (entry.principal && entry.principal.expiresAt <= this.clock.now()) return null;
    return entry.principal ?? null;
  }

  /** Looks a token up; requests with the same token share the question. */
  async find(token: string): Promise<Principal | undefined> {
    const hash = sha256Hex(token);
    const running = this.asking.get(hash);
    if (running) return running;
    const asked = this.look(token, hash).finally(() => this.asking.delete(hash));
    this.asking.set(hash, asked);
    return asked;
  }

  /** Forgets what was found: a key, session or user has changed. */
  forget(): void {
    this.entries.clear();
  }

  private async look(token: string, hash: string): Promise<Principal | undefined> {
    const principal = token.startsWith("dvk_") ? await this.byKey(token) : await this.bySession(hash);
    if (this.entries.size >= MOST_ENTRIES) this.entries.clear();
    this.entries.set(hash, { principal, until: this.clock.monotonic() + this.config.KEY_CACHE });
    return principal;
  }

  private async byKey(token: string): Promise<Principal | undefined> {
    const parsed = parseApiKey(token);
    if (!parsed) return undefined;
    const stored = await this.identities.key(parsed.id);
    if (!stored || !constantTimeEqual(parsed.hash, stored.hash)) return undefined;
    this.noteUse(stored);
    const expiresAt = stored.expiresAt ? Date.parse(stored.expiresAt) : Number.POSITIVE_INFINITY;
    const permissions = knownPermissions(stored.permissions);
    return { context: context(stored, "key", stored.id, permissions), sender: `key:${stored.id}`, expiresAt };
  }

  private async bySession(hash: string): Promise<Principal | undefined> {
    const stored = await this.identities.session(hash);
    if (!stored) return undefined;
    return {
      context: context(stored, "user", stored.userId, PERMISSIONS_OF[roleNamed(stored.role)]),
      sender: `user:${stored.userId}`,
      sessionId: stored.id,
      expiresAt: Date.parse(stored.expiresAt),
    };
  }

  private noteUse(key: StoredKey): void {
    const last = key.lastUsedAt ? Date.parse(key.lastUsedAt) : 0;
    if (this.clock.now() - last < USE_NOTED_EVERY_MS) return;
    this.identities.keyUsed(key.tenantId, key.id).catch((error: unknown) => {
      this.logger.warn({ err: error }, "the use of a key was not noted");
    });
  }
}

function context(
  of: { tenantId: string; tenant: string },
  kind: "key" | "user",
  id: string,
  permissions: readonly Permission[],
): Principal["context"] {
  const actor = Object.freeze({ kind, id, permissions: Object.freeze([...permissions]) });
  return Object.freeze({ tenantId: of.tenantId, tenant: of.tenant, actor });
}
