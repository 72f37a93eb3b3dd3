import type { IntegrationStatus } from "@dovetail/contracts";
import type { Tx } from "@dovetail/database";
import type { JsonObject } from "@dovetail/domain";
import { Injectable } from "@nestjs/common";
import type { Claims } from "./entity-rules";
import type { AdapterStamp, Entities, IntegrationDocument, StoredIntegration } from "./integration";

interface IntegrationRow {
  id: string;
  name: string;
  erp_system: string;
  adapter: string;
  adapter_version: number;
  document: IntegrationDocument;
  status: IntegrationStatus;
  sealed: JsonObject | null;
  credentials_set: string[];
  credentials_at: string | null;
  deleted: boolean;
  version: number;
  created_at: string;
  updated_at: string;
}

/** A page of names: those behind `after`, of one ERP where it is given. */
export interface ListFilter {
  erpSystem: string | null;
  after: string | null;
  limit: number;
}

/** New credentials of an integration. */
export interface Credentials {
  sealed: JsonObject;
  set: string[];
}

/** What an integration begins with. */
export interface NewRow {
  id: string;
  name: string;
  erpSystem: string;
  adapter: AdapterStamp;
  document: IntegrationDocument;
  credentials: Credentials | null;
}

/** The next version of an integration. */
export interface Change {
  document: IntegrationDocument;
  /** `keep`: those that are stored; null: none any more. */
  credentials: Credentials | "keep" | null;
  adapter: AdapterStamp;
}

const COLUMNS = `id, name, erp_system, adapter, adapter_version, document, status, sealed, credentials_set, credentials_at, deleted,
  version, created_at, updated_at`;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** SQL of integrations. */
@Injectable()
export class IntegrationRepository {
  /** Until the end of the transaction nobody else changes what integrations of the tenant claim. */
  async lockTenant(tx: Tx): Promise<void> {
    await tx.execute("select pg_advisory_xact_lock(hashtextextended('integration_config/' || $1::text, 0))", [
      tx.tenantId,
    ]);
  }

  /** By name or id; a deleted one only when asked for (of a name: the one deleted last). */
  async find(
    tx: Tx,
    reference: string,
    options: { deleted?: boolean; lock?: boolean } = {},
  ): Promise<StoredIntegration | undefined> {
    const row = await tx.one<IntegrationRow>(
      `select ${COLUMNS} from integration_config.integrations
       where tenant_id = $1 and (name = $2 or id = $3::uuid) and (not deleted or $4)
       order by coalesce(id = $3::uuid, false) desc, deleted, updated_at desc limit 1 ${options.lock ? "for update" : ""}`,
      [tx.tenantId, reference, UUID.test(reference) ? reference : null, options.deleted ?? false],
    );
    return row && toIntegration(row);
  }

  async list(tx: Tx, filter: ListFilter): Promise<StoredIntegration[]> {
    const rows = await tx.query<IntegrationRow>(
      `select ${COLUMNS} from integration_config.integrations
       where tenant_id = $1 and not deleted and ($2::text is null or erp_system = $2) and ($3::text is null or name > $3)
       order by name limit $4`,
      [tx.tenantId, filter.erpSystem, filter.after, filter.limit],
    );
    return rows.map(toIntegration);
  }

  /** What the tenant's other integrations claim. */
  async claims(tx: Tx, except: string): Promise<Claims[]> {
    return tx.query<{ integration: string; entities: Entities }>(
      `select name as integration, document->'entities' as entities from integration_config.integrations
       where tenant_id = $1 and not deleted and id <> $2 order by name`,
      [tx.tenantId, except],
    );
  }

  /** The new row, or undefined when the name is taken. */
  async insert(tx: Tx, row: NewRow): Promise<StoredIntegration | undefined> {
    const stored = await tx.one<IntegrationRow>(
      `insert into integration_config.integrations
         (tenant_id, id, name, erp_system, adapter, adapter_version, document, sealed, credentials_set, credentials_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, case when $8::jsonb is null then null else clock_timestamp() end)
       on conflict (tenant_id, name) where not deleted do nothing returning ${COLUMNS}`,
      [
        tx.tenantId,
        row.id,
        row.name,
        row.erpSystem,
        row.adapter.system,
        row.adapter.version,
        JSON.stringify(row.document),
        row.credentials ? JSON.stringify(row.credentials.sealed) : null,
        row.credentials?.set ?? [],
      ],
    );
    return stored && toIntegration(stored);
  }

  /** The next version of an integration. */
  async update(tx: Tx, id: string, { document, credentials, adapter }: Change): Promise<StoredIntegration> {
    const given = credentials !== "keep";
    const sealed = given && credentials ? JSON.stringify(credentials.sealed) : null;
    return this.changed(
      tx,
      `document = $3, adapter = $4, adapter_version = $5, sealed = case when $6 then $7::jsonb else sealed end,
       credentials_set = case when $6 then $8::text[] else credentials_set end,
       credentials_at = case when not $6 then credentials_at when $7::jsonb is null then null else clock_timestamp() end`,
      [
        id,
        JSON.stringify(document),
        adapter.system,
        adapter.version,
        given,
        sealed,
        given ? (credentials?.set ?? []) : [],
      ],
    );
  }

  async setStatus(tx: Tx, id: string, status: IntegrationStatus): Promise<StoredIntegration> {
    return this.changed(tx, "status = $3", [id, status]);
  }

  /** The row stays for what links to it; its credentials are gone. */
  async remove(tx: Tx, id: string): Promise<StoredIntegration> {
    return this.changed(tx, "deleted = true, sealed = null, credentials_set = '{}', credentials_at = null", [id]);
  }

  private async changed(tx: Tx, assignments: string, values: readonly unknown[]): Promise<StoredIntegration> {
    const row = await tx.one<IntegrationRow>(
      `update integration_config.integrations set ${assignments}, version = version + 1, updated_at = clock_timestamp()
       where tenant_id = $1 and id = $2 returning ${COLUMNS}`,
      [tx.tenantId, ...values],
    );
    if (!row) throw new Error("an integration vanished under its lock");
    return toIntegration(row);
  }
}

function toIntegration(row: IntegrationRow): StoredIntegration {
  return {
    id: row.id,
    name: row.name,
    erpSystem: row.erp_system,
    adapter: { system: row.adapter, version: row.adapter_version },
    document: row.document,
    status: row.status,
    sealed: row.sealed,
    credentialsSet: row.credentials_set,
    credentialsAt: row.credentials_at,
    deleted: row.deleted,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
