import { ENTITIES, isEntityName, type EntityName, type FieldDefinition, type Json } from "@dovetail/domain";
import type { CompileOptions } from "./compiled";
import type { FieldMapping, LookupTables, MappingDataType, MappingDocument } from "./document";
import { RuleProblem } from "./failures";
import type { MappingProblem } from "./mapping-error";
import type { Rule } from "./rule";
import { readExpressions, readSource, readTransforms, type RuleContext } from "./rule-parts";
import { suggest } from "./suggest";

const DATA_TYPES = [
  "string",
  "decimal",
  "number",
  "integer",
  "boolean",
  "date",
  "datetime",
  "reference",
  "list",
  "object",
];
const MEMBERS = [
  "mesField",
  "platformField",
  "erpField",
  "sourceField",
  "dataType",
  "isRequired",
  "required",
  "description",
  "defaultValue",
  "default",
  "empty",
  "emptyValues",
  "transform",
  "transformation",
  "inboundTransformation",
  "outboundTransformation",
  "direction",
  "readOnly",
  "writeOnly",
  "references",
  "referenceBy",
  "erpType",
  "fields",
];
const CUSTOM = /^custom\.(?!__proto__$)[A-Za-z_][\w-]{0,62}$/;

/** What reading a whole document yields. */
export interface ReadRules {
  rules: Rule[];
  problems: MappingProblem[];
  warnings: string[];
}

/** Resolves aliases, checks every rule of a document and compiles its parts. Collects all problems. */
export async function readRules(document: MappingDocument, options: CompileOptions): Promise<ReadRules> {
  const result: ReadRules = { rules: [], problems: [], warnings: [] };
  const direction = document.direction ?? "both";
  const lookups: LookupTables = { ...options.lookups, ...document.lookups };
  const known = options.knownSourceFields && new Set(options.knownSourceFields);
  const context = {
    document,
    lookups,
    known,
    result,
    inbound: direction !== "outbound",
    outbound: direction !== "inbound",
  };
  if (!Array.isArray(document.mappings)) {
    result.problems.push({ field: "mappings", rule: "type", value: null, message: "mappings must be a list" });
    return result;
  }
  result.rules = await readAll(document.mappings, "mappings", ENTITIES[options.entity].fields, context);
  return result;
}

async function readAll(
  mappings: readonly FieldMapping[],
  place: string,
  definitions: readonly FieldDefinition[],
  context: RuleContext,
): Promise<Rule[]> {
  const rules: Rule[] = [];
  for (const [index, mapping] of mappings.entries()) {
    const at = `${place}[${index}]`;
    try {
      rules.push(await readRule(mapping, at, definitions, context));
    } catch (error) {
      if (!(error instanceof RuleProblem)) throw error;
      const { member, rule, message, value, suggestion } = error;
      context.result.problems.push({ field: `${at}.${member}`, rule, value, message, suggestion });
    }
  }
  for (const problem of duplicates(rules)) context.result.problems.push(problem);
  return rules;
}

async function readRule(
  mapping: FieldMapping,
  place: string,
  definitions: readonly FieldDefinition[],
  context: RuleContext,
): Promise<Rule> {
  refuseUnknownMembers(mapping);
  const mesField = mapping.mesField ?? mapping.platformField;
  if (typeof mesField !== "string" || mesField === "")
    throw new RuleProblem("mesField", "required", "mesField is missing");
  const definition = find(mesField, definitions);
  const dataType = readType(mapping, definition);
  const lineRules = readsLines(mapping);
  const ways = readWays(mapping, context);
  const rule: Rule = {
    place,
    mesField,
    target: mesField.split(".") as [string, ...string[]],
    dataType: lineRules ? "list" : dataType,
    required: mapping.isRequired ?? mapping.required ?? false,
    personal: definition?.personal ?? false,
    default: mapping.defaultValue ?? mapping.default,
    keepEmpty: mapping.empty === "keep",
    emptyValues: emptyValues(mapping, dataType, context),
    transforms: [],
    ...ways,
    ...readReference(mapping, definition, dataType),
    erpType: mapping.erpType,
  };
  if (mapping.empty === "default" && (rule.default ?? null) === null) {
    throw new RuleProblem("empty", "required", "empty: default needs a defaultValue", "default");
  }
  const wanted = { ...context, inbound: ways.inbound, outbound: ways.outbound };
  const transforms = readTransforms(mapping, rule.dataType, wanted);
  const source = await readSource(mapping, rule, transforms, wanted);
  const expressions = readExpressions(mapping, rule.dataType);
  const outbound = rule.outbound && writable(rule, transforms, source, wanted);
  const fields = await readFields(mapping, place, rule, definition, wanted);
  return { ...rule, outbound, transforms, source, ...expressions, fields };
}

function refuseUnknownMembers(mapping: FieldMapping): void {
  if (typeof mapping !== "object" || mapping === null)
    throw new RuleProblem("mesField", "type", "a mapping must be an object");
  for (const name of Object.keys(mapping)) {
    if (MEMBERS.includes(name)) continue;
    throw new RuleProblem(name, "unknown", `a mapping has no member ${name}`, name, suggest(name, MEMBERS));
  }
}

function find(mesField: string, definitions: readonly FieldDefinition[]): FieldDefinition | undefined {
  if (CUSTOM.test(mesField) && definitions.some(({ name }) => name === "custom")) return undefined;
  let members: readonly FieldDefinition[] = definitions;
  let found: FieldDefinition | undefined;
  for (const part of mesField.split(".")) {
    found = members.find((each) => each.name === part);
    if (found === undefined) {
      const names = members.map((each) => each.name);
      const near = suggest(part, names);
      throw new RuleProblem("mesField", "exists", `${mesField} is not a field of the entity`, mesField, near);
    }
    members = found.type === "object" ? (found.fields ?? []) : [];
  }
  return found;
}

function readType(mapping: FieldMapping, definition: FieldDefinition | undefined): MappingDataType {
  const given: string | undefined = mapping.dataType;
  if (given !== undefined) {
    if (DATA_TYPES.includes(given)) return given as MappingDataType;
    throw new RuleProblem("dataType", "enum", `${given} is not a data type`, given, suggest(given, DATA_TYPES));
  }
  const type = definition?.type ?? "string";
  return type === "currency" || type === "unit" || type === "enum" ? "string" : type;
}

function readsLines(mapping: FieldMapping): boolean {
  const list = [mapping.transform ?? []].flat() as (string | { name?: Json })[];
  return list.some((step) =>
    /^MAP_(LINE_ITEMS|ORDER_LINES)$/.test(String(typeof step === "string" ? step : step.name)),
  );
}

function readWays(mapping: FieldMapping, context: RuleContext): { inbound: boolean; outbound: boolean } {
  // Beside an expression the direction is the expression's, and the field itself still goes both ways.
  const own = mapping.transformation === undefined ? (mapping.direction ?? "both") : "both";
  return {
    inbound: context.inbound && own !== "outbound" && mapping.writeOnly !== true,
    outbound: context.outbound && own !== "inbound" && mapping.readOnly !== true,
  };
}

function emptyValues(mapping: FieldMapping, dataType: MappingDataType, { document }: RuleContext): readonly Json[] {
  if (mapping.emptyValues !== undefined) return mapping.emptyValues;
  const declared = document.emptyValues ?? (mapping.empty === undefined ? [] : [""]);
  // `false` is a value of a boolean, however the source writes its empty texts.
  return dataType === "boolean" ? declared.filter((value) => value !== false) : declared;
}

function readReference(mapping: FieldMapping, definition: FieldDefinition | undefined, dataType: MappingDataType) {
  if (dataType !== "reference") return { byExternalId: false };
  const references: string | undefined = mapping.references ?? definition?.references;
  if (references === undefined || !isEntityName(references)) {
    const near = references === undefined ? undefined : suggest(references, Object.keys(ENTITIES));
    throw new RuleProblem(
      "references",
      "exists",
      `${references ?? "nothing"} is not an entity`,
      references ?? null,
      near,
    );
  }
  return { references: references as EntityName, byExternalId: mapping.referenceBy === "externalId" };
}

function writable(
  rule: Rule,
  transforms: Rule["transforms"],
  source: Rule["source"],
  { result }: RuleContext,
): boolean {
  if (source === undefined) return false;
  const stuck = transforms.find((transform) => transform.outbound === undefined);
  for (const { name, warning } of transforms) {
    if (warning !== undefined)
      result.warnings.push(`${rule.place}: ${warning.startsWith(name) ? warning : `${name}: ${warning}`}`);
  }
  if (stuck !== undefined) {
    result.warnings.push(`${rule.place}: ${rule.mesField} is not sent, because ${stuck.name} cannot be undone`);
    return false;
  }
  if (source.paths.every(({ json }) => json.target !== undefined)) return true;
  result.warnings.push(`${rule.place}: ${rule.mesField} is not sent, because its path cannot be written`);
  return false;
}

async function readFields(
  mapping: FieldMapping,
  place: string,
  rule: Rule,
  definition: FieldDefinition | undefined,
  context: RuleContext,
): Promise<Rule[] | undefined> {
  if (rule.dataType !== "list" && rule.dataType !== "object") return undefined;
  const declared = definition?.fields;
  const sameNames = readsLines(mapping)
    ? declared?.map(({ name }): FieldMapping => ({ mesField: name, erpField: name }))
    : undefined;
  const fields = mapping.fields ?? sameNames;
  if (fields === undefined) return undefined;
  if (declared === undefined)
    throw new RuleProblem("fields", "exists", `${rule.mesField} has no declared members`, rule.mesField);
  return readAll(fields, `${place}.fields`, declared, { ...context, known: undefined });
}

function* duplicates(rules: readonly Rule[]): Generator<MappingProblem> {
  const inbound = new Set<string>();
  const outbound = new Set<string>();
  for (const rule of rules) {
    if (rule.inbound && isRepeated(inbound, rule.mesField)) {
      const message = `${rule.mesField} is mapped twice`;
      yield { field: `${rule.place}.mesField`, rule: "duplicate", value: rule.mesField, message };
    }
    for (const { text, json } of rule.outbound ? (rule.source?.paths ?? []) : []) {
      const target = JSON.stringify(json.target ?? text);
      if (isRepeated(outbound, target)) {
        const message = `${text} would be written by two rules: mark one readOnly`;
        yield { field: `${rule.place}.erpField`, rule: "duplicate", value: text, message };
      }
    }
  }
}

function isRepeated(seen: Set<string>, word: string): boolean {
  if (seen.has(word)) return true;
  seen.add(word);
  return false;
}
