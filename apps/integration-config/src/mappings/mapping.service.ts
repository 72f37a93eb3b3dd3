import {
  ProblemError,
  type CallContext,
  type MappingReference,
  type MappingSaved,
  type MappingVersion,
  type PutMapping,
} from "@dovetail/contracts";
import { Database, type Tx } from "@dovetail/database";
import type { EntityName, Json, JsonObject } from "@dovetail/domain";
import { compileMapping, MappingError, type MappingDocument } from "@dovetail/mapping";
import { cutByBytes } from "@dovetail/messaging";
import { Injectable } from "@nestjs/common";
import { Acts } from "../acts";
import type { StoredIntegration } from "../integrations/integration";
import { noIntegration } from "../integrations/integration.errors";
import { IntegrationRepository } from "../integrations/integration.repository";
import { SystemService } from "../systems/system.service";
import { mappingProblem, notOffered, placedDocument } from "./mapping-rules";
import { MappingRepository } from "./mapping.repository";

/** How many versions of a mapping are listed. */
const MOST_VERSIONS = 100;

/** Mappings and their immutable versions. */
@Injectable()
export class MappingService {
  constructor(
    private readonly db: Database,
    private readonly integrations: IntegrationRepository,
    private readonly mappings: MappingRepository,
    private readonly systems: SystemService,
    private readonly acts: Acts,
  ) {}

  /** A version, the newest where none is given. Throws NOT_FOUND. */
  async get(ctx: CallContext, { integration, entityType, version }: MappingReference): Promise<MappingVersion> {
    const found = await this.read(ctx, integration, (tx, { id }) => this.mappings.find(tx, id, entityType, version));
    if (found) return found;
    const which = version === undefined ? "no mapping" : `no version ${version} of the mapping`;
    throw new ProblemError("NOT_FOUND", `${integration} has ${which} for ${entityType}`);
  }

  /** The newest version of each entity. */
  async newest(ctx: CallContext, integration: string): Promise<MappingVersion[]> {
    return this.read(ctx, integration, (tx, { id }) => this.mappings.newest(tx, id));
  }

  /** The newest versions of an entity's mapping, as many as fit into an answer, newest first. */
  async versions(ctx: CallContext, { integration, entityType }: MappingReference): Promise<MappingVersion[]> {
    const found = await this.read(ctx, integration, (tx, { id }) =>
      this.mappings.versions(tx, id, entityType, MOST_VERSIONS),
    );
    return cutByBytes(found).items;
  }

  /**
   * Stores a mapping as the next version. The same document again makes no version. Throws ERP003 naming every fault,
   * STALE, NOT_FOUND, UNAVAILABLE.
   */
  async put(ctx: CallContext, input: PutMapping): Promise<MappingSaved> {
    const { entityType } = input;
    const integration = await this.read(ctx, input.integration, async (_tx, stored) => stored);
    const document = placedDocument(input.document, { integration, entityType });
    const system = await this.systems.describe(ctx, integration.adapter.system);
    const offered = system.entities.map((entity) => entity.entityType);
    if (!offered.includes(entityType)) throw notOffered(entityType, system.code, offered);
    const warnings = await this.check(ctx, integration, entityType, document);
    return this.acts.perform(ctx, (tx) => this.store(tx, ctx, { ...input, document }, warnings));
  }

  private async store(tx: Tx, ctx: CallContext, input: PutMapping, warnings: string[]): Promise<MappingSaved> {
    const { entityType, document, ifVersion } = input;
    const integration = await this.integrations.find(tx, input.integration, { lock: true });
    if (!integration) throw noIntegration(input.integration);
    const { id, name } = integration;
    const before = await this.mappings.find(tx, id, entityType);
    if (ifVersion !== undefined && ifVersion !== (before?.version ?? 0)) throw stale(name, entityType, before);
    if (before?.origin === "tenant" && (await this.mappings.isSame(tx, before, document)))
      return { version: before.version, stage: "production", warnings };
    const version = (before?.version ?? 0) + 1;
    await this.mappings.insert(tx, id, entityType, { version, origin: "tenant", document, createdBy: ctx.actor.id });
    await this.acts.write(tx, ctx, {
      action: "MAPPING_UPDATE",
      subjectId: id,
      subject: `${name}/${entityType}`,
      // The versions themselves are kept for ever: their numbers say what was before and after.
      previous: before ? { version: before.version, origin: before.origin } : null,
      next: { version, origin: "tenant" },
      event: { type: "mapping.updated", data: { integrationId: id, entityType, version } },
    });
    return { version, stage: "production", warnings };
  }

  private async check(
    ctx: CallContext,
    integration: StoredIntegration,
    entity: EntityName,
    document: JsonObject,
  ): Promise<string[]> {
    const mapping = document as unknown as MappingDocument;
    // Once without the ERP: what is wrong in itself is told at once, and by an ERP that is down just the same.
    const compiled = await compiling(() => compileMapping(mapping, { entity }));
    const fields = await this.systems.fieldNames(ctx, integration.id, entity);
    if ("reason" in fields) return [...compiled.warnings, `erpField names were not checked: ${fields.reason}`];
    const checked = await compiling(() => compileMapping(mapping, { entity, knownSourceFields: fields.names }));
    return [...checked.warnings];
  }

  private read<T>(
    ctx: CallContext,
    reference: string,
    fn: (tx: Tx, integration: StoredIntegration) => Promise<T>,
  ): Promise<T> {
    return this.db.readOnly(ctx.tenantId, async (tx) => {
      const integration = await this.integrations.find(tx, reference);
      if (!integration) throw noIntegration(reference);
      return fn(tx, integration);
    });
  }
}

async function compiling<T>(compile: () => Promise<T>): Promise<T> {
  try {
    return await compile();
  } catch (error) {
    throw error instanceof MappingError ? mappingProblem(error) : error;
  }
}

function stale(integration: string, entityType: EntityName, current: MappingVersion | undefined): ProblemError {
  const at = current ? `at version ${current.version}` : "not stored yet";
  return new ProblemError("STALE", `the mapping of ${integration} for ${entityType} is ${at}`, {
    current: (current ?? null) as unknown as Json,
  });
}
