import { Injectable } from "@nestjs/common";
import { ProblemError } from "@dovetail/contracts";
import { Database, sqlState } from "@dovetail/database";
import { uuidv7 } from "@dovetail/domain";
import { roleNamed, type Role } from "../auth/roles";
import type { PageStart } from "../http/paging";
import type { User } from "./user";

interface UserRow {
  id: string;
  login: string;
  display_name: string;
  role: string;
  disabled: boolean;
  version: number;
  created_at: string;
  updated_at: string;
}

/** What is written of a user; what is undefined stays. */
export interface UserChange {
  role?: Role | undefined;
  displayName?: string | undefined;
  passwordHash?: string | undefined;
  disabled?: boolean | undefined;
}

const COLUMNS = "id, login, display_name, role, disabled, version, created_at, updated_at";
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** All SQL about users. */
@Injectable()
export class UserRepository {
  constructor(private readonly db: Database) {}

  async list(tenantId: string, { after, limit }: PageStart): Promise<User[]> {
    const rows = await this.db.readOnly(tenantId, (tx) =>
      tx.query<UserRow>(
        `select ${COLUMNS} from users where tenant_id = $1 and ($2 = '' or id > $2::uuid) order by id limit $3`,
        [tenantId, UUID.test(after) ? after : "", limit + 1],
      ),
    );
    return rows.map(userOf);
  }

  async get(tenantId: string, id: string): Promise<User | undefined> {
    if (!UUID.test(id)) return undefined;
    const row = await this.db.readOnly(tenantId, (tx) =>
      tx.one<UserRow>(`select ${COLUMNS} from users where tenant_id = $1 and id = $2`, [tenantId, id]),
    );
    return row && userOf(row);
  }

  /** Throws CONFLICT when the login is taken. */
  async create(
    tenantId: string,
    user: { login: string; role: Role; displayName: string; passwordHash: string },
  ): Promise<User> {
    try {
      const row = await this.db.transaction(tenantId, (tx) =>
        tx.one<UserRow>(
          `insert into users (tenant_id, id, login, role, display_name, password_hash)
           values ($1, $2, $3, $4, $5, $6) returning ${COLUMNS}`,
          [tenantId, uuidv7(), user.login, user.role, user.displayName, user.passwordHash],
        ),
      );
      if (!row) throw new Error("a user was not stored");
      return userOf(row);
    } catch (error) {
      if (sqlState(error) !== "23505") throw error;
      throw new ProblemError("CONFLICT", "Another user has this login.", { cause: error });
    }
  }

  /** The user after the change; undefined when there is none. With `ifVersion`: throws STALE when it is another one. */
  async change(tenantId: string, id: string, change: UserChange, ifVersion?: number): Promise<User | undefined> {
    if (!UUID.test(id)) return undefined;
    return this.db.transaction(tenantId, async (tx) => {
      const before = await tx.one<UserRow>(`select ${COLUMNS} from users where tenant_id = $1 and id = $2 for update`, [
        tenantId,
        id,
      ]);
      if (!before) return undefined;
      if (ifVersion !== undefined && before.version !== ifVersion)
        throw new ProblemError("STALE", `The user has version ${before.version}.`, { current: { ...userOf(before) } });
      const row = await tx.one<UserRow>(
        `update users set role = coalesce($3, role), display_name = coalesce($4, display_name),
           password_hash = coalesce($5, password_hash), disabled = coalesce($6, disabled),
           version = version + 1, updated_at = clock_timestamp()
         where tenant_id = $1 and id = $2 returning ${COLUMNS}`,
        [tenantId, id, change.role, change.displayName, change.passwordHash, change.disabled],
      );
      // Whoever has the old password must not go on with it.
      if (change.passwordHash !== undefined || change.disabled === true || change.role !== undefined)
        await tx.execute("delete from sessions where tenant_id = $1 and user_id = $2", [tenantId, id]);
      return row && userOf(row);
    });
  }

  async remove(tenantId: string, id: string): Promise<boolean> {
    if (!UUID.test(id)) return false;
    const gone = await this.db.transaction(tenantId, (tx) =>
      tx.execute("delete from users where tenant_id = $1 and id = $2", [tenantId, id]),
    );
    return gone > 0;
  }
}

function userOf(row: UserRow): User {
  return {
    id: row.id,
    login: row.login,
    displayName: row.display_name,
    role: roleNamed(row.role),
    disabled: row.disabled,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
