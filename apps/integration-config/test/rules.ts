import { ProblemError, type EntitySettings } from "@dovetail/contracts";
import type { EntityName, FieldError, JsonObject } from "@dovetail/domain";
import type { Claims } from "../src/integrations/entity-rules";
import type { IntegrationDocument } from "../src/integrations/integration";
import { completeDocument } from "../src/integrations/integration-rules";
import { ACME } from "./acme";

const LEAST: JsonObject = { apiEndpoint: "https://erp.example.com", settings: { database: "o14" } };

/** The document that the rules make of the least integration with these members. */
export function made(given: JsonObject, others: Claims[] = []): IntegrationDocument {
  return completeDocument({ ...LEAST, ...given }, { system: ACME, others });
}

/** Another integration's claim on one entity. */
export function claim(integration: string, entity: EntityName, settings: Partial<EntitySettings>): Claims {
  const complete = { direction: "both", master: false, keyPrefix: null, ...settings } as EntitySettings;
  return { integration, entities: { [entity]: complete } };
}

/** The entries of the ERP008 that `fn` throws. */
export function refusals(fn: () => unknown): FieldError[] {
  try {
    fn();
  } catch (error) {
    if (error instanceof ProblemError && error.code === "ERP008") return error.problem.errors ?? [];
    throw error;
  }
  throw new Error("nothing was refused");
}

/** `field rule` of each refusal. */
export function refused(given: JsonObject, others: Claims[] = []): string[] {
  return refusals(() => made(given, others)).map(({ field, rule }) => `${field} ${rule}`);
}
