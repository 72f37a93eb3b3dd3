import { ENTITIES, type EntityName, type JsonObject } from "@dovetail/domain";
import type { ConnectionDocument, MappingVersion } from "@dovetail/contracts";
import { Database, type Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { Account } from "./account";
import { beginAnew } from "./adapter-change";

interface AccountRow {
  tenant_id: string;
  tenant: string;
  num: number;
  integration_id: string;
  name: string;
  document: Account["document"];
  sealed: JsonObject | null;
  version: number;
  deleted: boolean;
  recovering: boolean;
  mappings: Record<string, number>;
}

const COLUMNS = `tenant_id, tenant, num, integration_id, name, document, sealed, version, deleted,
  generation < sync_engine.current_generation() as recovering,
  (select coalesce(jsonb_object_agg(m.entity, m.version), '{}') from (select entity, max(version) as version
     from sync_engine.account_mappings where tenant_id = a.tenant_id and integration = a.num group by entity) m) mappings`;

/** SQL of the copy of integrations and mappings that this service keeps. */
@Injectable()
export class AccountRepository {
  constructor(private readonly db: Database) {}

  async all(tenantId: string): Promise<Account[]> {
    const rows = await this.db.readOnly(tenantId, (tx) =>
      tx.query<AccountRow>(`select ${COLUMNS} from sync_engine.accounts a where tenant_id = $1 order by num`, [
        tenantId,
      ]),
    );
    return rows.map(toAccount);
  }

  /**
   * Stores what integration-config says, document and mappings together; an older version than the stored one is ignored.
   * When the adapter became another one, the account begins anew.
   */
  async save(
    tenantId: string,
    tenant: string,
    { integration, sealed, deleted }: ConnectionDocument,
    mappings: readonly MappingVersion[],
  ): Promise<void> {
    await this.db.transaction(tenantId, async (tx) => {
      const before = await tx.one<{ num: number; adapter: string; version: number }>(
        `select num, document->'adapter'->>'system' as adapter, version from sync_engine.accounts
         where tenant_id = $1 and integration_id = $2 for update`,
        [tenantId, integration.id],
      );
      const saved = await tx.one<{ num: number }>(
        `insert into sync_engine.accounts as a (tenant_id, tenant, integration_id, name, document, sealed, version, deleted)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (tenant_id, integration_id) do update set document = excluded.document, sealed = excluded.sealed,
           version = excluded.version, deleted = excluded.deleted where a.version <= excluded.version
         returning num`,
        [
          tenantId,
          tenant,
          integration.id,
          integration.name,
          JSON.stringify(integration),
          sealed === null ? null : JSON.stringify(sealed),
          integration.version,
          deleted,
        ],
      );
      if (!saved) return;
      for (const mapping of mappings) await this.saveMapping(tx, saved.num, mapping);
      if (before && before.adapter !== integration.adapter.system) await beginAnew(tx, saved.num);
    });
  }

  private async saveMapping(tx: Tx, num: number, mapping: MappingVersion): Promise<void> {
    await tx.execute(
      `insert into sync_engine.account_mappings (tenant_id, integration, entity, version, document, created_at)
       values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
      [
        tx.tenantId,
        num,
        ENTITIES[mapping.entityType].code,
        mapping.version,
        JSON.stringify(mapping.document),
        mapping.createdAt,
      ],
    );
  }

  async mapping(tenantId: string, num: number, entity: EntityName, version: number): Promise<JsonObject | undefined> {
    const row = await this.db.readOnly(tenantId, (tx) =>
      tx.one<{ document: JsonObject }>(
        `select document from sync_engine.account_mappings where tenant_id = $1 and integration = $2 and entity = $3 and version = $4`,
        [tenantId, num, ENTITIES[entity].code, version],
      ),
    );
    return row?.document;
  }
}

function toAccount(row: AccountRow): Account {
  return {
    tenantId: row.tenant_id,
    tenant: row.tenant,
    num: row.num,
    integrationId: row.integration_id,
    name: row.name,
    document: row.document,
    sealed: row.sealed,
    version: row.version,
    deleted: row.deleted,
    recovering: row.recovering,
    mappings: row.mappings,
  };
}
