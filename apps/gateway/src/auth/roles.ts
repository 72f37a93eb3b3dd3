import { PERMISSIONS, ProblemError, type Permission } from "@dovetail/contracts";

/** The roles of people and keys. */
export const ROLES = ["erp_admin", "erp_operator", "erp_viewer"] as const;
export type Role = (typeof ROLES)[number];

/** What a role may do (SPEC 13.2). */
export const PERMISSIONS_OF: Readonly<Record<Role, readonly Permission[]>> = {
  erp_admin: PERMISSIONS,
  erp_operator: ["erp:view", "erp:sync", "erp:reconciliation"],
  erp_viewer: ["erp:view"],
};

/** A role by its name in any case. Throws ERP008 naming `field`. */
export function roleNamed(text: string, field = "role"): Role {
  const role = ROLES.find((known) => known === text.toLowerCase());
  if (role) return role;
  throw new ProblemError("ERP008", `${field} is none of ${ROLES.join(", ")}.`, {
    errors: [{ field, rule: "isIn", value: text.slice(0, 60), code: "ERP008" }],
  });
}

/** The permissions among stored words. */
export function knownPermissions(words: readonly string[]): Permission[] {
  return PERMISSIONS.filter((permission) => words.includes(permission));
}
