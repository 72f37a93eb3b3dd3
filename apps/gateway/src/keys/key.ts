import { PERMISSIONS, Text, Words, type Permission } from "@dovetail/contracts";
import type { Role } from "../auth/roles";

/** An API key as clients see it: never the key itself. */
export interface ApiKey {
  id: string;
  name: string;
  role: Role | null;
  permissions: Permission[];
  createdBy: string;
  createdAt: string;
  expiresAt: string | null;
  revokedAt: string | null;
  lastUsedAt: string | null;
}

/** The answer that shows a new key, once. */
export interface CreatedKey extends ApiKey {
  key: string;
}

export class NewKey {
  @Text({ max: 100, example: "mes-purchasing" })
  name!: string;

  @Text({ optional: true, max: 20, description: "erp_admin, erp_operator or erp_viewer; or give permissions" })
  role?: string;

  @Words({ optional: true, values: PERMISSIONS, max: 7, description: "instead of a role" })
  permissions?: Permission[];

  @Text({
    optional: true,
    max: 40,
    pattern: /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/,
    example: "2030-01-01T00:00:00Z",
  })
  expiresAt?: string;
}

export class KeyPatch {
  @Text({ max: 100 })
  name!: string;
}
