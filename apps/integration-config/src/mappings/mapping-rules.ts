import { ProblemError } from "@dovetail/contracts";
import { ENTITY_NAMES, type EntityName, type FieldError, type Json, type JsonObject } from "@dovetail/domain";
import type { MappingError } from "@dovetail/mapping";
import { maskValue } from "@dovetail/service-kit";

const ALIASES: Readonly<Record<string, string>> = {
  platformField: "mesField",
  sourceField: "erpField",
  required: "isRequired",
  default: "defaultValue",
};

const MEMBERS = new Set([
  "integrationId",
  "entityType",
  "messageType",
  "schemaVersion",
  "version",
  "direction",
  "sourceFormat",
  "namespaces",
  "emptyValues",
  "lookups",
  "mappings",
]);

/** Whose mapping a document is to become. */
export interface MappingPlace {
  integration: { id: string; name: string };
  entityType: EntityName;
}

/**
 * The document as it is stored: aliases under their own names, the place filled in, no version of its own.
 * Throws ERP003 when it says that it is another one's, or has members that a mapping has not.
 */
export function placedDocument(document: JsonObject, { integration, entityType }: MappingPlace): JsonObject {
  const errors: FieldError[] = [];
  for (const name of Object.keys(document))
    if (!MEMBERS.has(name)) errors.push(fault(name, "unknownMember", null, `a mapping has no member ${name}`));
  const { mappings, ...members } = document;
  delete members["version"];
  const own = document["integrationId"] ?? integration.name;
  if (own !== integration.name && own !== integration.id)
    errors.push(fault("integrationId", "matches", own, `the mapping is stored for ${integration.name}`));
  const entity = document["entityType"] ?? entityType;
  if (entity !== entityType)
    errors.push(fault("entityType", "matches", entity, `the mapping is stored for ${entityType}`));
  if (!Array.isArray(mappings)) errors.push(fault("mappings", "type", null, "mappings must be a list"));
  const [first] = errors;
  if (first) throw new ProblemError("ERP003", first.message ?? "The mapping is not valid.", { errors });
  return { ...members, integrationId: integration.name, entityType, mappings: canonical(mappings as Json[]) };
}

/** ERP003 for an entity that the integration's system does not offer. */
export function notOffered(entityType: EntityName, system: string, offered: readonly EntityName[]): ProblemError {
  const names = ENTITY_NAMES.filter((name) => offered.includes(name));
  return new ProblemError("ERP003", `${system} does not offer ${entityType}`, {
    errors: [fault("entityType", "offered", entityType, `${system} does not offer ${entityType}`)],
    resolution: `${system} offers ${names.join(", ")}.`,
  });
}

/** The compiler's findings as ERP003, with what was probably meant. */
export function mappingProblem(error: MappingError): ProblemError {
  const { problems, suggestion, message } = error;
  return new ProblemError("ERP003", message, {
    errors: problems.slice(0, 100).map((one) => fault(one.field, one.rule, one.value, one.message)),
    ...(suggestion === undefined ? {} : { resolution: `Did you mean ${suggestion}? GET …/fields lists them.` }),
    cause: error,
  });
}

function fault(field: string, rule: string, value: Json, message: string): FieldError {
  return { field, rule, value: maskValue(field, value), code: "ERP003", message };
}

function canonical(mappings: readonly Json[]): Json[] {
  return mappings.map((mapping) => {
    if (typeof mapping !== "object" || mapping === null || Array.isArray(mapping)) return mapping;
    const renamed: JsonObject = {};
    for (const [name, value] of Object.entries(mapping)) {
      const own = Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
      // Both spellings at once: left as they are, the name that is not an alias counts.
      const target = own !== undefined && !Object.hasOwn(mapping, own) ? own : name;
      renamed[target] = name === "fields" && Array.isArray(value) ? canonical(value) : value;
    }
    return renamed;
  });
}
