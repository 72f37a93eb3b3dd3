import { operation } from "./operation";
import { ById, Nothing } from "./paging";

export interface TenantRow {
  id: string;
  name: string;
}

/** One NATS user of a tenant; the hash is bcrypt, as the server's configuration takes it. */
export interface TenantBusUser {
  tenant: string;
  user: string;
  passwordHash: string;
}

/** An inbound notice as stored before it was acknowledged. */
export interface NoticeBody {
  id: string;
  integrationId: string;
  headers: Record<string, string>;
  /** base64 */
  body: string;
  receivedAt: string;
}

const at = (name: string) => ({
  subject: `dovetail.gateway.${name}`,
  errors: ["NOT_FOUND", "UNAVAILABLE"] as const,
  timeoutMs: 5_000,
});

/** What the gateway answers to other services. */
export const gateway = {
  tenants: operation<Nothing, TenantRow[]>({ ...at("tenants.list"), input: Nothing }),
  busUsers: operation<Nothing, TenantBusUser[]>({ ...at("tenants.bus-users"), input: Nothing }),
  notice: operation<ById, NoticeBody>({ ...at("notices.get"), input: ById }),
};
