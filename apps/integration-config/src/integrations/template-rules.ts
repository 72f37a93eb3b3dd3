import type { ConnectionTemplate } from "@dovetail/contracts";
import { mergePatch, type EntityName, type JsonObject } from "@dovetail/domain";
import { masterOf, type Claims, type Offer } from "./entity-rules";

/**
 * What a client gave, over what the template begins with: members of objects one by one, null takes one of them away.
 * An entity that has its master already becomes a target of pushes, or is left out where it is only read.
 */
export function withTemplate(
  given: JsonObject,
  template: ConnectionTemplate | null,
  offers: readonly Offer[],
  others: readonly Claims[],
): JsonObject {
  if (!template) return given;
  const { apiVersion, authMethod, settings, syncSchedule } = template;
  const base = { authMethod, settings, syncSchedule, entities: freeEntities(template, offers, others) };
  return mergePatch({ ...base, ...(apiVersion === null ? {} : { apiVersion }) }, given);
}

function freeEntities(
  { entities }: ConnectionTemplate,
  offers: readonly Offer[],
  others: readonly Claims[],
): JsonObject {
  const free: JsonObject = {};
  for (const [name, settings] of Object.entries(entities) as [EntityName, Offered][]) {
    const taken = settings.direction !== "outbound" && masterOf(name, others) !== undefined;
    const offer = offers.find(({ entityType }) => entityType === name);
    if (!taken) free[name] = { ...settings };
    else if (settings.direction === "both" && offer && offer.operations.length > 0)
      free[name] = { ...settings, direction: "outbound", master: false };
  }
  return free;
}

type Offered = NonNullable<ConnectionTemplate["entities"][EntityName]>;
