import { ProblemError } from "@dovetail/contracts";
import { ENTITY_NAMES, isEntityName, type EntityName } from "@dovetail/domain";

/** The entity that a path names; case does not matter. Throws NOT_FOUND. */
export function entityNamed(text: string): EntityName {
  if (isEntityName(text)) return text;
  const found = ENTITY_NAMES.find((name) => name.toLowerCase() === text.toLowerCase());
  if (found) return found;
  throw new ProblemError("NOT_FOUND", `There is no entity ${text.slice(0, 60)}.`, {
    resolution: `Use one of ${ENTITY_NAMES.join(", ")}.`,
  });
}
