import { Flag, Text } from "@dovetail/contracts";
import { ROLES, type Role } from "../auth/roles";

/** A person who may log in, as clients see them. */
export interface User {
  id: string;
  login: string;
  displayName: string;
  role: Role;
  disabled: boolean;
  version: number;
  createdAt: string;
  updatedAt: string;
}

const PASSWORD = { max: 200, pattern: /^[\s\S]{12,}$/, description: "at least 12 characters" };

export class NewUser {
  @Text({ max: 100, pattern: /^[A-Za-z0-9][A-Za-z0-9._@+-]*$/, example: "ada" })
  login!: string;

  @Text(PASSWORD)
  password!: string;

  @Text({ max: 20, description: `${ROLES.join(", ")}; any case`, example: "erp_operator" })
  role!: string;

  @Text({ optional: true, max: 200 })
  displayName?: string;
}

export class UserPatch {
  @Text({ ...PASSWORD, optional: true })
  password?: string;

  @Text({ optional: true, max: 20 })
  role?: string;

  @Text({ optional: true, max: 200 })
  displayName?: string;

  @Flag({ optional: true })
  disabled?: boolean;
}
