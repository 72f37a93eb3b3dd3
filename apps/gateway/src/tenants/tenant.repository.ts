import { Injectable } from "@nestjs/common";
import { ProblemError, type TenantBusUser } from "@dovetail/contracts";
import { Database, sqlState, type Tx } from "@dovetail/database";
import { appendEvent } from "@dovetail/messaging";
import { storeKey, type KeyToStore } from "../keys/key.repository";
import type { Tenant } from "./tenant";

interface TenantRow {
  tenant_id: string;
  name: string;
  plan: string;
  created_at: string;
}

/** All SQL about tenants. */
@Injectable()
export class TenantRepository {
  constructor(private readonly db: Database) {}

  async list(): Promise<Tenant[]> {
    const text = "select * from gateway.list_tenants()";
    return (await this.db.call<TenantRow>({ text, values: [], readOnly: true })).map(tenantOf);
  }

  async byName(name: string): Promise<Tenant | undefined> {
    const text = "select * from gateway.find_tenant($1)";
    const [row] = await this.db.call<TenantRow>({ text, values: [name], readOnly: true });
    return row && tenantOf(row);
  }

  async busUsers(): Promise<TenantBusUser[]> {
    const text = "select tenant, name, password_hash from gateway.list_bus_users()";
    const rows = await this.db.call<{ tenant: string; name: string; password_hash: string }>({
      text,
      values: [],
      readOnly: true,
    });
    return rows.map((row) => ({ tenant: row.tenant, user: row.name, passwordHash: row.password_hash }));
  }

  /** The tenant, its first key, its bus user and what `also` does, in one transaction. Throws CONFLICT. */
  async create(
    tenant: Omit<Tenant, "createdAt">,
    parts: { key: KeyToStore; bus: { user: string; passwordHash: string } },
    also: (tx: Tx, tenant: Tenant) => Promise<void>,
  ): Promise<Tenant> {
    try {
      return await this.db.transaction(tenant.id, async (tx) => {
        const row = await tx.one<TenantRow>(
          "insert into tenants (tenant_id, name, plan) values ($1, $2, $3) returning tenant_id, name, plan, created_at",
          [tenant.id, tenant.name, tenant.plan],
        );
        if (!row) throw new Error("a tenant was not stored");
        await storeKey(tx, parts.key);
        await tx.execute("insert into bus_users (tenant_id, name, password_hash) values ($1, $2, $3)", [
          tenant.id,
          parts.bus.user,
          parts.bus.passwordHash,
        ]);
        await appendEvent(tx, {
          tenant: tenant.name,
          type: "tenant.created",
          data: { tenantId: tenant.id, name: tenant.name },
        });
        const stored = tenantOf(row);
        await also(tx, stored);
        return stored;
      });
    } catch (error) {
      if (sqlState(error) !== "23505") throw error;
      throw new ProblemError("CONFLICT", "Another tenant has this name.", { cause: error });
    }
  }
}

function tenantOf(row: TenantRow): Tenant {
  return { id: row.tenant_id, name: row.name, plan: row.plan, createdAt: row.created_at };
}
