import { gateway, ProblemError, serviceContext, type TenantRow } from "@dovetail/contracts";
import { Bus } from "@dovetail/messaging";
import { Injectable } from "@nestjs/common";

const NOBODY = "00000000-0000-0000-0000-000000000000";

/** The tenants, as the gateway knows them; asked again when a name is new. */
@Injectable()
export class TenantDirectory {
  private known = new Map<string, string>();

  constructor(private readonly bus: Bus) {}

  /** Throws NOT_FOUND for a name that no tenant has. */
  async idOf(tenant: string): Promise<string> {
    const id = this.known.get(tenant) ?? (await this.load(), this.known.get(tenant));
    if (id === undefined) throw new ProblemError("NOT_FOUND", `there is no tenant ${tenant}`);
    return id;
  }

  async all(): Promise<TenantRow[]> {
    await this.load();
    return [...this.known].map(([name, id]) => ({ id, name }));
  }

  private async load(): Promise<void> {
    const tenants = await this.bus.call(gateway.tenants, serviceContext("sync-engine", NOBODY, ""), {});
    this.known = new Map(tenants.map((tenant) => [tenant.name, tenant.id]));
  }
}
