import { CREDENTIAL_FIELDS, type SealedCredentials, type SystemDescription } from "@dovetail/contracts";
import { mergePatch, type Json, type JsonObject } from "@dovetail/domain";
import { checkConnection, checkCredentials } from "./connection-rules";
import { deriveEntities, readEntities, withOwnership, type Claims } from "./entity-rules";
import { invalid, type Fault } from "./faults";
import type { IntegrationDocument } from "./integration";
import { checkSchedule } from "./schedule-rules";

/** What an integration is judged by: its adapter, and what the tenant's other integrations claim. */
export interface Surroundings {
  system: SystemDescription;
  others: readonly Claims[];
  /** Names of the credentials that are given with it. */
  credentials?: readonly string[];
}

/**
 * The complete document from what a client gave (members of IntegrationSettings, connectionMethod). Absent and null
 * mean the default; absent entities are derived. Throws ERP008 naming every broken rule.
 */
export function completeDocument(
  given: JsonObject,
  { system, others, credentials = [] }: Surroundings,
): IntegrationDocument {
  const faults: Fault[] = [];
  const entities = isObject(given["entities"])
    ? readEntities(given["entities"], system.entities, others)
    : { entities: deriveEntities(system.entities, others), faults: [] };
  const document: IntegrationDocument = { ...plainMembers(given, system), entities: entities.entities };
  faults.push(
    ...checkConnection(system, document),
    ...checkCredentials(system, document.authMethod, credentials),
    ...checkSchedule(document.syncSchedule),
    ...entities.faults,
  );
  if (faults.length > 0) throw invalid(faults);
  return document;
}

/**
 * The document after a JSON merge patch (RFC 7386), before completion: null takes a member back to its default.
 * `kept`: what of the document stays, where not all of it does.
 */
export function patchedDocument(
  document: IntegrationDocument,
  patch: JsonObject,
  kept: JsonObject = document as unknown as JsonObject,
): JsonObject {
  const { entities } = patch;
  return mergePatch(
    kept,
    isObject(entities) ? { ...patch, entities: withOwnership(entities, document.entities) } : patch,
  );
}

/** What stays of a document whose adapter becomes another one: address, sign-in and settings were the other one's. */
export function unbound(document: IntegrationDocument): JsonObject {
  const { apiEndpoint: _at, apiVersion: _version, authMethod: _auth, settings: _settings, ...rest } = document;
  return rest as unknown as JsonObject;
}

/** Whether a patch changes something that the adapter or other integrations have a say in. */
export function touchesConnection(patch: JsonObject): boolean {
  return CONNECTION_MEMBERS.some((name) => name in patch);
}

/** The document of a patch that touches nothing of the connection: descriptions, schedule, limits. Throws ERP008. */
export function completePlain(given: JsonObject, current: IntegrationDocument): IntegrationDocument {
  const { apiEndpoint, apiVersion, authMethod, settings, entities, connectionMethod } = current;
  const document: IntegrationDocument = {
    ...plainMembers(given, { auth: [authMethod] }),
    ...{ apiEndpoint, apiVersion, authMethod, settings, entities, connectionMethod },
  };
  const faults = checkSchedule(document.syncSchedule);
  if (faults.length > 0) throw invalid(faults);
  return document;
}

/** The names of the credentials that are set, as the summary beside the sealed box says. Throws ERP008. */
export function credentialNames(credentials: SealedCredentials): string[] {
  const set = credentials.summary["set"];
  const known: readonly Json[] = CREDENTIAL_FIELDS;
  if (Array.isArray(set) && set.every((name) => known.includes(name))) return set as string[];
  throw invalid([
    { field: "credentials.summary.set", rule: "names", value: null, message: "must list names of credentials" },
  ]);
}

const CONNECTION_MEMBERS = ["connectionMethod", "apiEndpoint", "apiVersion", "authMethod", "settings", "entities"];

type PlainMembers = Omit<IntegrationDocument, "entities">;

// The contract's classes have checked the types of these members.
function plainMembers(given: JsonObject, system: Pick<SystemDescription, "auth">): PlainMembers {
  const members = given as unknown as Partial<PlainMembers>;
  return {
    description: members.description ?? "",
    critical: members.critical ?? false,
    connectionMethod: members.connectionMethod ?? "API",
    apiEndpoint: members.apiEndpoint ?? null,
    apiVersion: members.apiVersion ?? null,
    authMethod: members.authMethod ?? system.auth[0] ?? "NONE",
    syncSchedule: members.syncSchedule ?? {},
    settings: members.settings ?? {},
    limits: members.limits ?? {},
    features: members.features ?? {},
    tls: members.tls ?? {},
  };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
