import {
  ProblemError,
  type CallContext,
  type ConnectionDocument,
  type CreateIntegration,
  type DeleteIntegration,
  type Integration,
  type ListIntegrations,
  type Page,
  type SealedCredentials,
  type SetIntegrationStatus,
  type SystemTemplates,
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
import { IntegrationRepository, type Credentials } from "./integration.repository";
import {
  completeDocument,
  completePlain,
  credentialNames,
  patchedDocument,
  touchesConnection,
  type Surroundings,
} from "./integration-rules";

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

  /** Makes an integration with the adapter's templates as its first mappings. Throws ERP008, CONFLICT, UNAVAILABLE. */
  async create(ctx: CallContext, input: CreateIntegration): Promise<Integration> {
    const { name, erpSystem, ...members } = plain(input.integration);
    const credentials = credentialsOf(input.credentials);
    const { system, mappings } = await this.systems.templates(ctx, String(erpSystem));
    const id = uuidv7();
    return this.acts.perform(ctx, async (tx) => {
      await this.integrations.lockTenant(tx);
      if (await this.integrations.find(tx, String(name))) throw nameTaken(String(name));
      const others = await this.integrations.claims(tx, id);
      const document = completeDocument(mergePatch({}, members), { system, others });
      const row = {
        id,
        name: String(name),
        erpSystem: system.code,
        adapterVersion: system.version,
        document,
        credentials,
      };
      const stored = await this.integrations.insert(tx, row);
      if (!stored) throw nameTaken(row.name);
      await this.storeTemplates(tx, ctx, stored, mappings);
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

  /** Applies a merge patch. A patch that changes nothing makes no version. Throws ERP008, STALE, NOT_FOUND, UNAVAILABLE. */
  async update(ctx: CallContext, input: UpdateIntegration): Promise<Integration> {
    const patch = plain(input.patch);
    const credentials = credentialsOf(input.credentials);
    const known = await this.get(ctx, input.id);
    const system = touchesConnection(patch) ? await this.systems.describe(ctx, known.erpSystem) : undefined;
    return this.acts.perform(ctx, async (tx) => {
      await this.integrations.lockTenant(tx);
      const before = await this.existing(tx, known.id, input.ifVersion);
      const given = patchedDocument(before.document, patch);
      const document = system
        ? completeDocument(given, await this.surroundings(tx, system, before.id))
        : completePlain(given, before.document);
      if (!credentials && sameJson(document, before.document)) return viewOf(before);
      const after = await this.integrations.update(tx, before.id, document, credentials);
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

  private async storeTemplates(
    tx: Tx,
    ctx: CallContext,
    { id, name }: StoredIntegration,
    templates: SystemTemplates["mappings"],
  ): Promise<void> {
    for (const [entity, template] of Object.entries(templates) as [EntityName, JsonObject | undefined][]) {
      if (!template) continue;
      const document = { ...template, integrationId: name };
      await this.mappings.insert(tx, id, entity, {
        version: 1,
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

  private async surroundings(tx: Tx, system: Surroundings["system"], id: string): Promise<Surroundings> {
    return { system, others: await this.integrations.claims(tx, id) };
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

function cursorOf(name: string): string {
  return Buffer.from(name).toString("base64url");
}

function nameOf(cursor: string): string {
  const name = Buffer.from(cursor, "base64url").toString();
  if (cursorOf(name) === cursor && /^[a-z0-9-]+$/.test(name)) return name;
  throw new ProblemError("ERP008", "The cursor is not one of this list.", {
    errors: [{ field: "cursor", rule: "cursor", value: null, code: "ERP008" }],
  });
}
