import { Injectable } from "@nestjs/common";
import { Database } from "@dovetail/database";

/** A key as it is stored, not revoked and not expired. */
export interface StoredKey {
  tenantId: string;
  tenant: string;
  id: string;
  hash: string;
  permissions: string[];
  lastUsedAt: string | null;
  expiresAt: string | null;
}

export interface StoredSession {
  tenantId: string;
  tenant: string;
  id: string;
  userId: string;
  role: string;
  expiresAt: string;
}

interface KeyRow {
  tenant_id: string;
  tenant: string;
  id: string;
  hash: string;
  permissions: string[];
  last_used_at: string | null;
  expires_at: string | null;
}

interface SessionRow {
  tenant_id: string;
  tenant: string;
  id: string;
  user_id: string;
  role: string;
  expires_at: string;
}

/** Finds who a key or token belongs to, before the tenant is known. */
@Injectable()
export class IdentityRepository {
  constructor(private readonly db: Database) {}

  async key(id: string): Promise<StoredKey | undefined> {
    const text = "select * from gateway.find_key($1)";
    const [row] = await this.db.call<KeyRow>({ name: "find_key", text, values: [id], readOnly: true });
    return (
      row && {
        tenantId: row.tenant_id,
        tenant: row.tenant,
        id: row.id,
        hash: row.hash,
        permissions: row.permissions,
        lastUsedAt: row.last_used_at,
        expiresAt: row.expires_at,
      }
    );
  }

  async session(tokenHash: string): Promise<StoredSession | undefined> {
    const text = "select * from gateway.find_session($1)";
    const [row] = await this.db.call<SessionRow>({ name: "find_session", text, values: [tokenHash], readOnly: true });
    return (
      row && {
        tenantId: row.tenant_id,
        tenant: row.tenant,
        id: row.id,
        userId: row.user_id,
        role: row.role,
        expiresAt: row.expires_at,
      }
    );
  }

  async keyUsed(tenantId: string, id: string): Promise<void> {
    const text = "update api_keys set last_used_at = clock_timestamp() where tenant_id = $1 and id = $2";
    await this.db.transaction(tenantId, (tx) => tx.execute(text, [tenantId, id], "key_used"));
  }
}
