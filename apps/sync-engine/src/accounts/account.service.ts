import { ENTITIES, type EntityName } from "@dovetail/domain";
import {
  ProblemError,
  integrationConfig,
  serviceContext,
  type CallContext,
  type ConnectionDocument,
  type MappingVersion,
} from "@dovetail/contracts";
import { compileMapping, MappingError, type CompiledMapping, type MappingDocument } from "@dovetail/mapping";
import { Bus } from "@dovetail/messaging";
import type { Clock } from "@dovetail/resilience";
import { Inject, Injectable } from "@nestjs/common";
import { changedRules, type ChangedRules } from "../pull/rebase";
import { CLOCK } from "../tokens";
import { isTarget, type Account } from "./account";
import { AccountRepository } from "./account.repository";

/** A mapping ready to run, with the version that a page and a push are stamped with. */
export interface VersionedMapping {
  version: number;
  compiled: CompiledMapping;
}

/** How long a copy is believed: another process may have heard news. */
const FRESH_MS = 2_000;

interface Asked {
  connection: ConnectionDocument;
  mappings: MappingVersion[];
}

interface Cached {
  until: number;
  accounts: Promise<Account[]>;
  names: Promise<ReadonlyMap<number, string>>;
}

/** The accounts of all tenants as last heard from integration-config, with their compiled mappings. */
@Injectable()
export class AccountService {
  private readonly accounts = new Map<string, Cached>();
  private readonly mappings = new Map<string, Promise<VersionedMapping>>();
  private readonly changes = new Map<string, Promise<ChangedRules>>();

  constructor(
    private readonly repository: AccountRepository,
    private readonly bus: Bus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Every account of the tenant, deleted ones included (their links remain). */
  all(tenantId: string): Promise<Account[]> {
    return this.cached(tenantId).accounts;
  }

  /** An account by name or id; asks integration-config when it is not known here yet. */
  async get(tenantId: string, tenant: string, reference: string): Promise<Account> {
    const known = await this.find(tenantId, reference);
    return known ?? (await this.refresh(tenantId, tenant, reference));
  }

  /** Undefined: there is none. One that is missing in the copy may have been made by another process since. */
  async byNumber(tenantId: string, num: number): Promise<Account | undefined> {
    const among = async () => (await this.all(tenantId)).find((account) => account.num === num);
    const known = await among();
    if (known) return known;
    this.forget(tenantId);
    return among();
  }

  /** Names by number, for answers. */
  names(tenantId: string): Promise<ReadonlyMap<number, string>> {
    return this.cached(tenantId).names;
  }

  /** Numbers of the accounts that get the entity's changes pushed, except the one that a change came from. */
  async targets(tenantId: string, entity: EntityName, origin: number | null): Promise<number[]> {
    const accounts = await this.all(tenantId);
    // a way to another account's ERP gets no push of its own: the ERP would have everything twice
    const ways = new Set(accounts.filter((each) => !each.deleted).map((each) => each.document.features.fileFallback));
    return accounts
      .filter((account) => account.num !== origin && isTarget(account, entity) && !ways.has(account.name))
      .map((account) => account.num);
  }

  /** The copy of the tenant's accounts is old. */
  forget(tenantId: string): void {
    this.accounts.delete(tenantId);
  }

  /** Reads an integration and its mappings afresh from their owner. Throws NOT_FOUND. */
  async refresh(tenantId: string, tenant: string, reference: string): Promise<Account> {
    const { connection, mappings } = await this.ask(serviceContext("sync-engine", tenantId, tenant), reference);
    await this.repository.save(tenantId, tenant, connection, mappings);
    this.accounts.delete(tenantId);
    const account = await this.find(tenantId, connection.integration.id);
    if (!account) throw new ProblemError("NOT_FOUND", `there is no integration ${reference}`);
    return account;
  }

  /** The newest mapping of an entity, or a version of it, compiled. Throws ERP003 when there is none or it does not compile. */
  async mapping(account: Account, entity: EntityName, wanted: number | null = null): Promise<VersionedMapping> {
    const version = wanted ?? account.mappings[ENTITIES[entity].code];
    if (version === undefined) throw new ProblemError("ERP003", `${account.name} has no mapping for ${entity}`);
    const id = `${account.tenantId}/${account.num}/${entity}/${version}`;
    let found = this.mappings.get(id);
    if (!found) {
      found = this.compile(account, entity, version);
      this.mappings.set(id, found);
      found.catch(() => this.mappings.delete(id));
    }
    return found;
  }

  /** Which fields two versions of the entity's mapping read by other rules. */
  async changedRules(
    account: Account,
    entity: EntityName,
    before: number | null,
    after: number,
  ): Promise<ChangedRules> {
    const id = `${account.tenantId}/${account.num}/${entity}/${before}/${after}`;
    let found = this.changes.get(id);
    if (!found) {
      const document = (version: number) => this.repository.mapping(account.tenantId, account.num, entity, version);
      found = Promise.all([before === null ? undefined : document(before), document(after)]).then(([old, now]) =>
        now ? changedRules(old, now) : "all",
      );
      this.changes.set(id, found);
      found.catch(() => this.changes.delete(id));
    }
    return found;
  }

  /** Document and mappings of one moment: those of a former adapter would misread what another one shows. */
  private async ask(context: CallContext, reference: string, tries = 3): Promise<Asked> {
    const connection = await this.bus.call(integrationConfig.connection, context, { id: reference });
    const { id, version } = connection.integration;
    if (connection.deleted) return { connection, mappings: [] };
    const mappings = await this.bus.call(integrationConfig.mappings, context, { integration: id });
    const after = await this.bus.call(integrationConfig.connection, context, { id });
    if (after.integration.version === version || tries <= 1) return { connection: after, mappings };
    return this.ask(context, id, tries - 1);
  }

  private cached(tenantId: string): Cached {
    const now = this.clock.monotonic();
    const known = this.accounts.get(tenantId);
    if (known && known.until > now) return known;
    const accounts = this.repository.all(tenantId);
    const names = accounts.then((all) => new Map(all.map(({ num, name }) => [num, name])));
    const cached = { until: now + FRESH_MS, accounts, names };
    this.accounts.set(tenantId, cached);
    names.catch(() => this.accounts.delete(tenantId));
    return cached;
  }

  private async compile(account: Account, entity: EntityName, version: number): Promise<VersionedMapping> {
    const document = await this.repository.mapping(account.tenantId, account.num, entity, version);
    if (!document) throw new ProblemError("ERP003", `${account.name} has no mapping ${version} for ${entity}`);
    try {
      return { version, compiled: await compileMapping(document as unknown as MappingDocument, { entity }) };
    } catch (error) {
      if (error instanceof MappingError) throw new ProblemError("ERP003", error.message, { cause: error });
      throw error;
    }
  }

  private async find(tenantId: string, reference: string): Promise<Account | undefined> {
    const accounts = await this.all(tenantId);
    return accounts.find(
      (account) => account.integrationId === reference || (account.name === reference && !account.deleted),
    );
  }
}
