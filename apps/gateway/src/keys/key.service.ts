import { Inject, Injectable } from "@nestjs/common";
import { ProblemError, type CallContext, type Page, type PageQuery, type Permission } from "@dovetail/contracts";
import { generateApiKey } from "@dovetail/crypto";
import type { Clock } from "@dovetail/resilience";
import { Authenticator } from "../auth/authenticator.service";
import { PERMISSIONS_OF, roleNamed } from "../auth/roles";
import { pageOf, pageStart } from "../http/paging";
import { CLOCK } from "../tokens";
import type { ApiKey, CreatedKey, NewKey } from "./key";
import { KeyRepository } from "./key.repository";

/** The API keys of a tenant. */
@Injectable()
export class KeyService {
  constructor(
    private readonly keys: KeyRepository,
    private readonly authenticator: Authenticator,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async list(tenantId: string, query: PageQuery): Promise<Page<ApiKey>> {
    const start = pageStart(query);
    return pageOf(await this.keys.list(tenantId, start), start);
  }

  async get(tenantId: string, id: string): Promise<ApiKey> {
    return (await this.keys.get(tenantId, id)) ?? missing();
  }

  /** Throws ERP008 for a wrong scope or time, FORBIDDEN for a permission that the creator lacks. */
  async create(caller: CallContext, wanted: NewKey): Promise<CreatedKey> {
    const role = wanted.role === undefined ? null : roleNamed(wanted.role);
    const permissions = scopeOf(wanted, role === null ? undefined : PERMISSIONS_OF[role]);
    const lacking = permissions.find((permission) => !caller.actor.permissions.includes(permission));
    if (lacking) throw new ProblemError("FORBIDDEN", `Your own key lacks ${lacking}: it cannot be handed on.`);
    const expiresAt = this.expiryOf(wanted.expiresAt);
    const { id, key, hash } = generateApiKey();
    const createdBy = `${caller.actor.kind}:${caller.actor.id}`;
    const stored = await this.keys.create(caller.tenantId, {
      id,
      hash,
      name: wanted.name,
      role,
      permissions,
      createdBy,
      expiresAt,
    });
    return { ...stored, key: key.reveal() };
  }

  async rename(tenantId: string, id: string, name: string): Promise<ApiKey> {
    return (await this.keys.rename(tenantId, id, name)) ?? missing();
  }

  async revoke(tenantId: string, id: string): Promise<void> {
    if (!(await this.keys.revoke(tenantId, id))) missing();
    this.authenticator.forget();
  }

  private expiryOf(text: string | undefined): string | null {
    if (text === undefined) return null;
    const at = Date.parse(text);
    if (at > this.clock.now()) return new Date(at).toISOString();
    throw invalid("expiresAt", "future", "expiresAt is not a time in the future.", text);
  }
}

function scopeOf(wanted: NewKey, ofRole: readonly Permission[] | undefined): readonly Permission[] {
  if ((ofRole === undefined) === (wanted.permissions === undefined))
    throw invalid("role", "eitherOr", "Give either a role or permissions.", null);
  return ofRole ?? [...new Set(wanted.permissions)];
}

function invalid(field: string, rule: string, detail: string, value: string | null): ProblemError {
  return new ProblemError("ERP008", detail, { errors: [{ field, rule, value, code: "ERP008" }] });
}

function missing(): never {
  throw new ProblemError("NOT_FOUND", "There is no API key with this id.");
}
