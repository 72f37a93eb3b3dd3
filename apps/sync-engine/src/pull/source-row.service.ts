import { decrypt, encrypt, KeyRing, type Encrypted } from "@dovetail/crypto";
import { ENTITIES, entityByCode, type EntityName, type Json } from "@dovetail/domain";
import type { Raw } from "@dovetail/adapter-sdk";
import type { SourceRow } from "@dovetail/mapping";
import { Injectable } from "@nestjs/common";
import { AccountService, type VersionedMapping } from "../accounts/account.service";
import { followsNewest, type Account } from "../accounts/account";
import { ErpClocks, type ReadMoment } from "./erp-clocks";
import { preparePage, type PreparedPage, type ResolveKeys } from "./page";
import { PageRepository } from "./page.repository";

const CONTEXT = "dead-letter";
/** A longer source row is not kept; its external id is enough to read it again. */
const KEPT_BYTES = 256 * 1024;
/** External ids remembered per entity while one job runs. */
const REMEMBERED = 50_000;

/** Turns rows as an ERP shows them into rows ready to merge, and keeps those that cannot be. */
@Injectable()
export class SourceRowService {
  private readonly clocks = new ErpClocks();

  constructor(
    private readonly keys: KeyRing,
    private readonly pages: PageRepository,
    private readonly accounts: AccountService,
  ) {}

  /** Maps and checks a page under one mapping. */
  async prepare(
    entity: EntityName,
    raws: readonly Raw[],
    mapping: VersionedMapping,
    resolve: ResolveKeys,
  ): Promise<PreparedPage> {
    const mapped = await mapping.compiled.inbound(raws.map((raw) => raw.body as SourceRow));
    return preparePage(entity, raws, mapped, resolve, (payload) => this.seal(payload));
  }

  /** As `prepare` with the account's newest mapping, or the given version of it, for rows read one by one. */
  async prepareWithNewest(
    account: Account,
    entity: EntityName,
    raws: readonly Raw[],
    version: number | null = null,
  ): Promise<PreparedPage & { mapping: number }> {
    const mapping = await this.accounts.mapping(account, entity, version);
    const page = await this.prepare(entity, raws, mapping, this.resolver(account));
    return { ...page, mapping: mapping.version };
  }

  /** The rows with their times by our clock, where a field follows the newest change; otherwise as they are. */
  inOurTime(account: Account, entity: EntityName, raws: readonly Raw[], moment?: ReadMoment): readonly Raw[] {
    if (!followsNewest(account, entity)) return raws;
    return this.clocks.inOurTime(`${account.tenantId}/${account.num}/${entity}`, raws, moment);
  }

  /** Numbers one read; to be drawn before its request leaves. */
  nextIo(): Promise<number> {
    return this.pages.nextIo();
  }

  /** Keys behind the account's external ids; what was found is remembered for the life of the resolver. */
  resolver(account: Account): ResolveKeys {
    const known = new Map<EntityName, Map<string, string>>();
    return async (entity, wanted) => {
      let cache = known.get(entity);
      if (!cache || cache.size > REMEMBERED) known.set(entity, (cache = new Map<string, string>()));
      const missing = [...wanted].filter((id) => !cache.has(id) && !id.includes("\n"));
      if (missing.length > 0) {
        const found = await this.pages.keysOf(account.tenantId, account.num, ENTITIES[entity].code, missing);
        for (const [id, key] of found) cache.set(id, key);
      }
      return cache;
    };
  }

  /** Source rows may hold anything: they are kept encrypted. */
  seal(payload: Json): Json {
    const text = JSON.stringify(payload);
    if (text.length > KEPT_BYTES) return { omitted: `the source row has ${text.length} characters` };
    return encrypt(this.keys, text, CONTEXT) as unknown as Json;
  }

  /** The kept row, or undefined where it was too long to keep. */
  unseal(payload: Json): Json | undefined {
    if (payload === null || typeof payload !== "object" || Array.isArray(payload)) return undefined;
    if (!("keyId" in payload)) return undefined;
    return JSON.parse(decrypt(this.keys, payload as unknown as Encrypted, CONTEXT).toString("utf8")) as Json;
  }
}

/** The entity behind a stored code. */
export function entityOf(code: number): EntityName {
  const definition = entityByCode(code);
  if (!definition) throw new Error(`no entity has the code ${code}`);
  return definition.name;
}
