import type { MappingVersion } from "@dovetail/contracts";
import type { Tx } from "@dovetail/database";
import { ENTITIES, entityByCode, type EntityName, type JsonObject } from "@dovetail/domain";
import { Injectable } from "@nestjs/common";

interface MappingRow {
  integration_id: string;
  entity: number;
  version: number;
  origin: MappingVersion["origin"];
  document: JsonObject;
  created_at: string;
  created_by: string;
}

/** A version to be written. */
export type NewVersion = Pick<MappingVersion, "version" | "origin" | "document" | "createdBy">;

const COLUMNS = "integration_id, entity, version, origin, document, created_at, created_by";

/** SQL of mappings: rows are only ever added. */
@Injectable()
export class MappingRepository {
  async insert(tx: Tx, integrationId: string, entity: EntityName, given: NewVersion): Promise<void> {
    await tx.execute(
      `insert into integration_config.mappings (tenant_id, integration_id, entity, version, origin, document, created_by)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        tx.tenantId,
        integrationId,
        ENTITIES[entity].code,
        given.version,
        given.origin,
        JSON.stringify(given.document),
        given.createdBy,
      ],
    );
  }

  /** One version, the newest where none is given. */
  async find(tx: Tx, integrationId: string, entity: EntityName, version?: number): Promise<MappingVersion | undefined> {
    const row = await tx.one<MappingRow>(
      `select ${COLUMNS} from integration_config.mappings
       where tenant_id = $1 and integration_id = $2 and entity = $3 and ($4::int is null or version = $4)
       order by version desc limit 1`,
      [tx.tenantId, integrationId, ENTITIES[entity].code, version ?? null],
    );
    return row && toVersion(row);
  }

  /** Whether a version holds this very document, whatever the order of its members. */
  async isSame(tx: Tx, { integrationId, entityType, version }: MappingVersion, document: JsonObject): Promise<boolean> {
    const row = await tx.one<{ same: boolean }>(
      `select document = $5::jsonb as same from integration_config.mappings
       where tenant_id = $1 and integration_id = $2 and entity = $3 and version = $4`,
      [tx.tenantId, integrationId, ENTITIES[entityType].code, version, JSON.stringify(document)],
    );
    return row?.same ?? false;
  }

  /** The newest version of each entity. */
  async newest(tx: Tx, integrationId: string): Promise<MappingVersion[]> {
    const rows = await tx.query<MappingRow>(
      `select distinct on (entity) ${COLUMNS} from integration_config.mappings
       where tenant_id = $1 and integration_id = $2 order by entity, version desc`,
      [tx.tenantId, integrationId],
    );
    return rows.filter(({ entity }) => entityByCode(entity) !== undefined).map(toVersion);
  }

  /** At most `limit` versions of an entity, the newest first. */
  async versions(tx: Tx, integrationId: string, entity: EntityName, limit: number): Promise<MappingVersion[]> {
    const rows = await tx.query<MappingRow>(
      `select ${COLUMNS} from integration_config.mappings
       where tenant_id = $1 and integration_id = $2 and entity = $3 order by version desc limit $4`,
      [tx.tenantId, integrationId, ENTITIES[entity].code, limit],
    );
    return rows.map(toVersion);
  }
}

function toVersion(row: MappingRow): MappingVersion {
  const definition = entityByCode(row.entity);
  if (!definition) throw new Error(`a mapping is of an unknown entity ${row.entity}`);
  return {
    integrationId: row.integration_id,
    entityType: definition.name,
    version: row.version,
    stage: "production",
    origin: row.origin,
    document: row.document,
    createdAt: row.created_at,
    createdBy: row.created_by,
  };
}
