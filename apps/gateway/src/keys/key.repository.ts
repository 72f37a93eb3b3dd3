import { Injectable } from "@nestjs/common";
import type { Permission } from "@dovetail/contracts";
import { Database, type Tx } from "@dovetail/database";
import { knownPermissions, roleNamed, type Role } from "../auth/roles";
import type { PageStart } from "../http/paging";
import type { ApiKey } from "./key";

interface KeyRow {
  id: string;
  name: string;
  role: string | null;
  permissions: string[];
  created_by: string;
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
  last_used_at: string | null;
}

/** What is stored of a new key. */
export interface KeyToStore {
  id: string;
  hash: string;
  name: string;
  role: Role | null;
  permissions: readonly Permission[];
  createdBy: string;
  expiresAt: string | null;
}

const COLUMNS = "id, name, role, permissions, created_by, created_at, expires_at, revoked_at, last_used_at";

/** All SQL about API keys. */
@Injectable()
export class KeyRepository {
  constructor(private readonly db: Database) {}

  async list(tenantId: string, { after, limit }: PageStart): Promise<ApiKey[]> {
    const rows = await this.db.readOnly(tenantId, (tx) =>
      tx.query<KeyRow>(`select ${COLUMNS} from api_keys where tenant_id = $1 and id > $2 order by id limit $3`, [
        tenantId,
        after,
        limit + 1,
      ]),
    );
    return rows.map(keyOf);
  }

  async get(tenantId: string, id: string): Promise<ApiKey | undefined> {
    const row = await this.db.readOnly(tenantId, (tx) =>
      tx.one<KeyRow>(`select ${COLUMNS} from api_keys where tenant_id = $1 and id = $2`, [tenantId, id]),
    );
    return row && keyOf(row);
  }

  create(tenantId: string, key: KeyToStore): Promise<ApiKey> {
    return this.db.transaction(tenantId, (tx) => storeKey(tx, key));
  }

  async rename(tenantId: string, id: string, name: string): Promise<ApiKey | undefined> {
    const row = await this.db.transaction(tenantId, (tx) =>
      tx.one<KeyRow>(`update api_keys set name = $3 where tenant_id = $1 and id = $2 returning ${COLUMNS}`, [
        tenantId,
        id,
        name,
      ]),
    );
    return row && keyOf(row);
  }

  /** Revokes for ever; the row stays, so that the id in old records can be explained. */
  async revoke(tenantId: string, id: string): Promise<boolean> {
    const changed = await this.db.transaction(tenantId, (tx) =>
      tx.execute(
        "update api_keys set revoked_at = coalesce(revoked_at, clock_timestamp()) where tenant_id = $1 and id = $2",
        [tenantId, id],
      ),
    );
    return changed > 0;
  }
}

/** Stores a key within a transaction. */
export async function storeKey(tx: Tx, key: KeyToStore): Promise<ApiKey> {
  const row = await tx.one<KeyRow>(
    `insert into api_keys (tenant_id, id, hash, name, role, permissions, created_by, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${COLUMNS}`,
    [tx.tenantId, key.id, key.hash, key.name, key.role, key.permissions, key.createdBy, key.expiresAt],
  );
  if (!row) throw new Error("a key was not stored");
  return keyOf(row);
}

function keyOf(row: KeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    role: row.role === null ? null : roleNamed(row.role),
    permissions: knownPermissions(row.permissions),
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
  };
}
