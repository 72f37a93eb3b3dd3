import {
  type CallContext,
  type ConnectionDocument,
  type CreateIntegration,
  type DeleteIntegration,
  type Integration,
  type ListIntegrations,
  type Page,
  type SealedCredentials,
  type SetIntegrationStatus,
  type ResolvedSystem,
  type ResolveSystem,
  type SystemDescription,
  type UpdateIntegration,
} from "@dovetail/contracts";
import { Database, type Tx } from "@dovetail/database";
import { mergePatch, uuidv7, type EntityName, type Json, type JsonObject } from "@dovetail/domain";
import { cutByBytes } from "@dovetail/messaging";
import { Injectable } from "@nestjs/common";
import { Acts } from "../acts";
import { MappingRepository } from "../mappings/mapping.repository";
import { SystemService } from "../systems/system.service";
import { statusAct, viewOf, type StoredIntegration } from "./integration";
import { nameTaken, noIntegration, staleIntegration } from "./integration.errors";
import { IntegrationRepository, type Change, type Credentials } from "./integration.repository";
import {
  completeDocument,
  completePlain,
  credentialNames,
  patchedDocument,
  touchesConnection,
  unbound,
} from "./integration-rules";
import { cursorOf, nameOf } from "./name-cursor";
import { withTemplate } from "./template-rules";

/** The adapter that an integration is to have, with what it begins with where it is another one or has a template. */
interface Target {
  system: SystemDescription;
  connectionMethod: string;
  template: ResolvedSystem["template"];
  mappings: ResolvedSystem["mappings"];
}

/** Integrations as their owner makes and changes them. */
@Injectable()
export class IntegrationService {
  constructor(
    private readonly db: Database,
    private readonly integrations: IntegrationRepository,
    private readonly mappings: MappingRepository,
    private readonly systems: SystemService,
    private readonly acts: Acts,
  ) {}

  /**
   * Makes an integration with the first mappings of its adapter or template, and what the template says beside.
   * Throws ERP008, CONFLICT, UNAVAILABLE.
   */
  async create(ctx: CallContext, input: CreateIntegration): Promise<Integration> {
    const { erpSystem } = input.integration;
    const { name, erpSystem: _system, template: _template, ...members } = plain(input.integration);
    const credentials = credentialsOf(input.credentials);
    const resolved = await this.systems.resolve(ctx, { erpSystem, ...pick(input.integration) });
    const { adapter: system } = resolved;
    const id = uuidv7();
    return this.acts.perform(ctx, async (tx) => {
      await this.integrations.lockTenant(tx);
      if (await this.integrations.find(tx, String(name))) throw nameTaken(String(name));
      const others = await this.integrations.claims(tx, id);
      const given = withTemplate(members, resolved.template, system.entities, others);
      const document = completeDocument(mergePatch({}, { ...given, connectionMethod: resolved.connectionMethod }), {
        system,
        others,
        credentials: credentials?.set ?? [],
      });
      const row = {
        id,
        name: String(name),
        erpSystem: resolved.erpSystem,
        adapter: { system: system.code, version: system.version },
        document,
        credentials,
      };
      const stored = await this.integrations.insert(tx, row);
      if (!stored) throw nameTaken(row.name);
      await this.storeTemplates(tx, ctx, stored, resolved.mappings);
      await this.record(tx, ctx, "INTEGRATION_CREATE", null, stored);
      return viewOf(stored);
    });
  }

  /** A page by name. */
  async list(ctx: CallContext, input: ListIntegrations): Promise<Page<Integration>> {
    const limit = input.limit ?? 100;
    const after = input.cursor === undefined ? null : nameOf(input.cursor);
    const found = await this.db.readOnly(ctx.tenantId, (tx) =>
      this.integrations.list(tx, { erpSystem: input.erpSystem ?? null, after, limit: limit + 1 }),
    );
    const { items, cut } = cutByBytes(found.slice(0, limit).map(viewOf));
    const last = items.at(-1);
    return { items, next: last && (cut || found.length > limit) ? cursorOf(last.name) : null };
  }

  async get(ctx: CallContext, reference: string): Promise<Integration> {
    return viewOf(await this.db.readOnly(ctx.tenantId, (tx) => this.existing(tx, reference)));
  }

  /** The integration with its sealed credentials; also a deleted one, which has none any more. */
  async connection(ctx: CallContext, reference: string): Promise<ConnectionDocument> {
    const stored = await this.db.readOnly(ctx.tenantId, (tx) =>
      this.integrations.find(tx, reference, { deleted: true }),
    );
    if (!stored) throw noIntegration(reference);
    return { integration: viewOf(stored), sealed: stored.sealed, deleted: stored.deleted };
  }

  /**
   * Applies a merge patch, over the template that it names. A patch that changes nothing makes no version. A connection
   * method of another adapter makes the integration begin anew: with that one's settings, credentials and first mappings.
   * Throws ERP008, STALE, NOT_FOUND, UNAVAILABLE.
   */
  async update(ctx: CallContext, input: UpdateIntegration): Promise<Integration> {
    const { template: _template, ...patch } = plain(input.patch);
    const credentials = credentialsOf(input.credentials);
    const known = await this.get(ctx, input.id);
    const asks = credentials !== null || touchesConnection(patch);
    const target = await this.targetOf(ctx, known, input.patch, asks);
    return this.acts.perform(ctx, async (tx) => {
      await this.integrations.lockTenant(tx);
      const before = await this.existing(tx, known.id, input.ifVersion);
      // The target was asked for by the method of a moment ago.
      if (before.adapter.system !== known.adapter.system) throw staleIntegration(viewOf(before));
      const change = target
        ? await this.rebound(tx, before, patch, { ...target, credentials })
        : {
            document: completePlain(patchedDocument(before.document, patch), before.document),
            credentials: "keep" as const,
            adapter: before.adapter,
          };
      if (!credentials && sameJson(change.document, before.document)) return viewOf(before);
      const after = await this.integrations.update(tx, before.id, change);
      if (target) await this.storeTemplates(tx, ctx, after, target.mappings);
      await this.record(tx, ctx, "INTEGRATION_UPDATE", before, after);
      return viewOf(after);
    });
  }

  /** Deletes softly: what links to the integration stays. */
  async remove(ctx: CallContext, input: DeleteIntegration): Promise<Record<string, never>> {
    return this.acts.perform(ctx, async (tx) => {
      await this.integrations.lockTenant(tx);
      const before = await this.existing(tx, input.id, input.ifVersion);
      const after = await this.integrations.remove(tx, before.id);
      await this.record(tx, ctx, "INTEGRATION_DELETE", before, after);
      return {};
    });
  }

  async setStatus(ctx: CallContext, input: SetIntegrationStatus): Promise<Integration> {
    return this.acts.perform(ctx, async (tx) => {
      await this.integrations.lockTenant(tx);
      const before = await this.existing(tx, input.id);
      const act = statusAct(before.status, input.status);
      if (!act) return viewOf(before);
      const after = await this.integrations.setStatus(tx, before.id, input.status);
      await this.record(tx, ctx, act, before, after);
      return viewOf(after);
    });
  }

  /** What a patch is judged by: the adapter as it is, or the one of another method or a template. */
  private async targetOf(
    ctx: CallContext,
    { erpSystem, connectionMethod, adapter }: Integration,
    patch: UpdateIntegration["patch"],
    asked: boolean,
  ): Promise<Target | undefined> {
    const method = patch.connectionMethod ?? connectionMethod;
    if (patch.template != null || method !== connectionMethod) {
      const wanted = patch.template == null ? { connectionMethod: method } : pick(patch);
      const found = await this.systems.resolve(ctx, { erpSystem, ...wanted });
      const { adapter: system, template } = found;
      // Of the same adapter only what the template maps is new.
      const mappings = system.code === adapter.system ? (template?.mappings ?? {}) : found.mappings;
      return { system, connectionMethod: found.connectionMethod, template, mappings };
    }
    if (!asked) return undefined;
    return { system: await this.systems.describe(ctx, adapter.system), connectionMethod, template: null, mappings: {} };
  }

  /** The change that a patch of the connection makes; of another adapter's, nothing of the former connection is left. */
  private async rebound(
    tx: Tx,
    before: StoredIntegration,
    patch: JsonObject,
    { system, connectionMethod, template, credentials }: Target & { credentials: Credentials | null },
  ): Promise<Change> {
    const moves = system.code !== before.adapter.system;
    const others = await this.integrations.claims(tx, before.id);
    const filled = { ...withTemplate(patch, template, system.entities, others), connectionMethod };
    const given = patchedDocument(before.document, filled, moves ? unbound(before.document) : undefined);
    return {
      document: completeDocument(given, { system, others, credentials: credentials?.set ?? [] }),
      // Another adapter talks to somebody else: what opens the one's door is not shown to the other.
      credentials: credentials ?? (moves ? null : "keep"),
      adapter: moves ? { system: system.code, version: system.version } : before.adapter,
    };
  }

  /** Stores the mappings as next versions; older ones stay for those who go back. */
  private async storeTemplates(
    tx: Tx,
    ctx: CallContext,
    { id, name }: StoredIntegration,
    templates: ResolvedSystem["mappings"],
  ): Promise<void> {
    const stored = new Map((await this.mappings.newest(tx, id)).map((one) => [one.entityType, one.version]));
    for (const [entity, template] of Object.entries(templates) as [EntityName, JsonObject | undefined][]) {
      if (!template) continue;
      const document = { ...template, integrationId: name };
      await this.mappings.insert(tx, id, entity, {
        version: (stored.get(entity) ?? 0) + 1,
        origin: "template",
        document,
        createdBy: ctx.actor.id,
      });
    }
  }

  private async existing(tx: Tx, reference: string, ifVersion?: number): Promise<StoredIntegration> {
    const stored = await this.integrations.find(tx, reference);
    if (!stored) throw noIntegration(reference);
    if (ifVersion !== undefined && ifVersion !== stored.version) throw staleIntegration(viewOf(stored));
    return stored;
  }

  private async record(
    tx: Tx,
    ctx: CallContext,
    action: Parameters<Acts["write"]>[2]["action"],
    before: StoredIntegration | null,
    after: StoredIntegration,
  ): Promise<void> {
    const { id, name, version } = after;
    const shown = (one: StoredIntegration | null): Json =>
      one && !one.deleted ? (viewOf(one) as unknown as Json) : null;
    const type = before === null ? "created" : after.deleted ? "deleted" : "updated";
    await this.acts.write(tx, ctx, {
      action,
      subjectId: id,
      subject: name,
      previous: shown(before),
      next: shown(after),
      event: { type: `integration.${type}`, data: { integrationId: id, name, version } },
    });
  }
}

/** What picks an adapter beside the system. */
function pick({ connectionMethod, template }: UpdateIntegration["patch"]): Omit<ResolveSystem, "erpSystem"> {
  return { ...(connectionMethod == null ? {} : { connectionMethod }), ...(template == null ? {} : { template }) };
}

/** Plain JSON of a contract's class, as the rules and the database take it. */
function plain(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

function credentialsOf(given: SealedCredentials | undefined): Credentials | null {
  return given ? { sealed: given.box, set: credentialNames(given) } : null;
}

function sameJson(a: object, b: object): boolean {
  return sorted(plain(a)) === sorted(plain(b));
}

function sorted(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${sorted(value[name])}`).join()}}`;
}
