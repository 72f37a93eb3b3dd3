import { Injectable } from "@nestjs/common";
import { Database } from "@dovetail/database";
import { uuidv7 } from "@dovetail/domain";

interface LoginRow {
  id: string;
  role: string;
  password_hash: string;
}

/** Who may log in as whom. */
@Injectable()
export class SessionRepository {
  constructor(private readonly db: Database) {}

  async tenantId(name: string): Promise<string | undefined> {
    const text = "select tenant_id from gateway.find_tenant($1)";
    const [row] = await this.db.call<{ tenant_id: string }>({ text, values: [name], readOnly: true });
    return row?.tenant_id;
  }

  async user(tenantId: string, login: string): Promise<{ id: string; role: string; passwordHash: string } | undefined> {
    const row = await this.db.readOnly(tenantId, (tx) =>
      tx.one<LoginRow>(
        "select id, role, password_hash from users where tenant_id = $1 and login = $2 and not disabled",
        [tenantId, login],
      ),
    );
    return row && { id: row.id, role: row.role, passwordHash: row.password_hash };
  }

  async create(tenantId: string, session: { userId: string; tokenHash: string; ttlMs: number }): Promise<string> {
    const row = await this.db.transaction(tenantId, (tx) =>
      tx.one<{ expires_at: string }>(
        `insert into sessions (tenant_id, id, user_id, token_hash, expires_at)
         values ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 ms') returning expires_at`,
        [tenantId, uuidv7(), session.userId, session.tokenHash, session.ttlMs],
      ),
    );
    if (!row) throw new Error("a session was not stored");
    return row.expires_at;
  }

  async rehash(tenantId: string, userId: string, passwordHash: string): Promise<void> {
    await this.db.transaction(tenantId, (tx) =>
      tx.execute("update users set password_hash = $3 where tenant_id = $1 and id = $2", [
        tenantId,
        userId,
        passwordHash,
      ]),
    );
  }

  async end(tenantId: string, id: string): Promise<void> {
    await this.db.transaction(tenantId, (tx) =>
      tx.execute("delete from sessions where tenant_id = $1 and id = $2", [tenantId, id]),
    );
  }
}
