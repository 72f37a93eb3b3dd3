import type { Json } from "@dovetail/domain";
import type { FieldMapping, LookupTables, MappingDataType, MappingDocument, TransformStep } from "./document";
import { RuleProblem } from "./failures";
import type { MappingProblem } from "./mapping-error";
import { compilePath, memberPath, type Path } from "./paths";
import type { NamedTransform, Rule, Source } from "./rule";
import { expressionProblem } from "./sandbox/expression";
import { suggest } from "./suggest";
import { buildTransform } from "./transforms/registry";

/** What all rules of a document have in sight. */
export interface RuleContext {
  document: MappingDocument;
  lookups: LookupTables;
  known?: ReadonlySet<string>;
  result: { problems: MappingProblem[]; warnings: string[] };
  inbound: boolean;
  outbound: boolean;
}

/** The named transforms of a mapping, built in their order. */
export function readTransforms(
  mapping: FieldMapping,
  dataType: MappingDataType,
  context: RuleContext,
): NamedTransform[] {
  return steps(mapping).map((step) => ({ name: step.name, ...buildTransform(step, { ...context, dataType }) }));
}

function steps(mapping: FieldMapping): TransformStep[] {
  const list = [mapping.transform ?? []].flat() as (string | TransformStep)[];
  return list.map((step) => {
    const named = typeof step === "string" ? { name: step } : step;
    if (typeof named?.name === "string") return named;
    throw new RuleProblem("transform", "type", "a transform needs a name", named as Json);
  });
}

/** Where a mapping reads; undefined for a default alone. */
export async function readSource(
  mapping: FieldMapping,
  rule: Rule,
  transforms: readonly NamedTransform[],
  context: RuleContext,
): Promise<Source | undefined> {
  const joined = steps(mapping)[0]?.["fields"];
  const own = mapping.erpField ?? mapping.sourceField;
  const texts = own === undefined && Array.isArray(joined) ? joined.map(String) : own === undefined ? [] : [own];
  if (texts.length === 0) {
    if ((rule.default ?? null) !== null) return undefined;
    throw new RuleProblem("erpField", "required", `${rule.mesField} has neither an erpField nor a defaultValue`);
  }
  const paths = [];
  for (const text of texts) paths.push({ text, json: await readPath(text, context) });
  const many = rule.dataType === "list" || (paths.length === 1 && transforms[0]?.name === "CONCAT");
  return { paths, many };
}

async function readPath(text: unknown, { document, known }: RuleContext): Promise<Path> {
  if (typeof text !== "string" || text === "")
    throw new RuleProblem("erpField", "type", "a path is text", text as Json);
  const isXPath =
    document.sourceFormat === "xml" || (document.sourceFormat === undefined && /^(?:\.{0,2}\/|@)/.test(text));
  if (isXPath) {
    const { checkXPath } = await import("./xml-rows");
    checkXPath(text, document.namespaces ?? {});
    return { ...memberPath(text), target: /^[\w.-]+$/.test(text) ? [text] : undefined };
  }
  const path = await compilePath(text);
  if (known !== undefined && path.member !== undefined && !known.has(path.member)) {
    const message = `the ERP has no field ${path.member}`;
    throw new RuleProblem("erpField", "exists", message, text, suggest(path.member, known));
  }
  return path;
}

/** The expressions of a mapping by direction, each checked to be one expression. */
export function readExpressions(mapping: FieldMapping, dataType: MappingDataType) {
  const { transformation, direction = "both" } = mapping;
  const checked = (member: "transformation" | "inboundTransformation" | "outboundTransformation") => {
    const text = mapping[member];
    if (text === undefined) return undefined;
    const problem = typeof text === "string" ? expressionProblem(text) : "an expression is text";
    if (problem !== undefined) throw new RuleProblem(member, "expression", problem, text);
    if (dataType === "list") throw new RuleProblem(member, "expression", "a list has no expression of its own", text);
    return text;
  };
  const both = transformation === undefined ? undefined : checked("transformation");
  return {
    inboundExpression: checked("inboundTransformation") ?? (direction === "outbound" ? undefined : both),
    outboundExpression: checked("outboundTransformation") ?? (direction === "inbound" ? undefined : both),
  };
}
