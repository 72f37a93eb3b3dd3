import { Text } from "@dovetail/contracts";

export interface Tenant {
  id: string;
  name: string;
  plan: string;
  createdAt: string;
}

/** The answer that shows a new tenant's first key and its bus user's password, once. */
export interface CreatedTenant extends Tenant {
  apiKey: { id: string; key: string };
  bus: { user: string; password: string };
}

export class NewTenant {
  @Text({ max: 40, pattern: /^[a-z0-9-]{1,40}$/, example: "demo", description: "never changes" })
  name!: string;

  @Text({ optional: true, max: 40, example: "ENTERPRISE_PRO" })
  plan?: string;
}
