import { ProblemError } from "@dovetail/contracts";

/** The cursor of a list by name that goes on behind `name`. */
export function cursorOf(name: string): string {
  return Buffer.from(name).toString("base64url");
}

/** The name behind which a cursor goes on. Throws ERP008. */
export function nameOf(cursor: string): string {
  const name = Buffer.from(cursor, "base64url").toString();
  if (cursorOf(name) === cursor && /^[a-z0-9-]+$/.test(name)) return name;
  throw new ProblemError("ERP008", "The cursor is not one of this list.", {
    errors: [{ field: "cursor", rule: "cursor", value: null, code: "ERP008" }],
  });
}
