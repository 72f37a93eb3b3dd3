import { ENTITY_NAMES, isEntityName, type JsonObject } from "@dovetail/domain";
import type { CompiledMapping, CompileOptions, InboundResult, SourceRow } from "./compiled";
import type { MappingDocument } from "./document";
import { fieldError } from "./failures";
import { addError, inboundRunners, newResult, type FieldRunner, type Waiting } from "./inbound";
import { MappingError } from "./mapping-error";
import { outboundReferences, runOutbound } from "./outbound";
import { preview } from "./preview";
import { readRules } from "./read-rules";
import type { Rule } from "./rule";
import { defaultSandbox, type Sandbox } from "./sandbox/sandbox";
import { suggest } from "./suggest";
import type { Extraction } from "./xml-rows";

/** Turns a mapping document into functions. Throws {@link MappingError} (ERP003) listing every problem. */
export async function compileMapping(document: MappingDocument, options: CompileOptions): Promise<CompiledMapping> {
  checkEntity(document, options);
  const { rules, problems, warnings } = await readRules(document, options);
  const [first] = problems;
  if (first !== undefined) throw new MappingError(first, problems);
  const sandbox = () => options.sandbox ?? defaultSandbox();
  const usesSandbox = anyRule(rules, ({ inbound, inboundExpression }) => inbound && inboundExpression !== undefined);
  const page = pageMapper(rules, false, usesSandbox, sandbox);
  const xmlPage = xmlMapper(rules, document, usesSandbox, sandbox);
  const isXml = (rows: readonly SourceRow[]) =>
    document.sourceFormat === "xml" || (document.sourceFormat === undefined && isXmlRow(rows[0]));
  const inbound = (rows: readonly SourceRow[]) => (isXml(rows) ? xmlPage(rows) : page(rows as readonly JsonObject[]));
  return {
    entity: options.entity,
    version: document.version,
    sourceFields: sourceFields(rules),
    warnings,
    usesSandbox,
    inbound,
    outbound: (record, given) => runOutbound(rules, record, given, document.emptyValues?.[0] ?? null, sandbox()),
    outboundReferences: (record) => outboundReferences(rules, record),
    preview: (row) =>
      preview(rules, row, sandbox, isXml([row]) ? (each) => extractRow(rules, document, each) : undefined),
  };
}

function checkEntity(document: MappingDocument, { entity }: CompileOptions): void {
  const named: string = document.entityType ?? entity;
  if (named === entity) return;
  const message = isEntityName(named) ? `the mapping is of ${named}, not of ${entity}` : `${named} is not an entity`;
  throw new MappingError({
    field: "entityType",
    rule: "exists",
    value: named,
    message,
    suggestion: suggest(named, ENTITY_NAMES),
  });
}

type PageMapper = (rows: readonly JsonObject[]) => InboundResult[] | Promise<InboundResult[]>;

function pageMapper(
  rules: readonly Rule[],
  byMember: boolean,
  usesSandbox: boolean,
  sandbox: () => Sandbox,
): PageMapper {
  const runners = inboundRunners(rules, byMember);
  if (!usesSandbox) {
    const none: Waiting[] = [];
    return (rows) => rows.map((row) => mapRow(runners, row, none));
  }
  return async (rows) => {
    const waiting: Waiting[] = [];
    const results = rows.map((row) => mapRow(runners, row, waiting));
    await settle(waiting, sandbox());
    return results;
  };
}

function mapRow(runners: readonly FieldRunner[], row: JsonObject, waiting: Waiting[]): InboundResult {
  const result = newResult();
  const { record } = result;
  for (let i = 0; i < runners.length; i++) runners[i]?.(row, record, result, "", waiting);
  return result;
}

/** One batch per expression and page; an object's members may wait for their own expressions in a second round. */
async function settle(waiting: Waiting[], sandbox: Sandbox): Promise<void> {
  while (waiting.length > 0) {
    const round = waiting.splice(0);
    const batches = new Map<string, Waiting[]>();
    for (const each of round) {
      const batch = batches.get(each.expression);
      if (batch === undefined) batches.set(each.expression, [each]);
      else batch.push(each);
    }
    for (const [expression, batch] of batches) {
      const outcomes = await evaluate(sandbox, expression, batch);
      batch.forEach((each, i) => each.settle(outcomes[i] ?? { error: "not evaluated" }));
    }
  }
}

async function evaluate(sandbox: Sandbox, expression: string, batch: readonly Waiting[]) {
  try {
    return await sandbox.evaluate(
      expression,
      batch.map(({ value }) => value),
    );
  } catch (error) {
    return batch.map(() => ({ error: `the sandbox is not available: ${String(error)}`.slice(0, 200) }));
  }
}

function xmlMapper(rules: readonly Rule[], document: MappingDocument, usesSandbox: boolean, sandbox: () => Sandbox) {
  const page = pageMapper(rules, true, usesSandbox, sandbox);
  return async (rows: readonly SourceRow[]): Promise<InboundResult[]> => {
    const flat: JsonObject[] = [];
    const failed = new Map<number, unknown>();
    for (const [i, row] of rows.entries()) {
      try {
        flat.push(await extractRow(rules, document, row));
      } catch (error) {
        failed.set(i, error);
      }
    }
    const mapped = [...(await page(flat))];
    return rows.map((_, i) => {
      if (!failed.has(i)) return mapped.shift() ?? newResult();
      const result = newResult();
      addError(result, fieldError("", failed.get(i), null, false));
      return result;
    });
  };
}

async function extractRow(
  rules: readonly Rule[],
  { namespaces = {} }: MappingDocument,
  row: SourceRow,
): Promise<JsonObject> {
  const { extractXml } = await import("./xml-rows");
  return extractXml(String(row["xml"] ?? ""), extractions(rules), namespaces);
}

function extractions(rules: readonly Rule[]): Extraction[] {
  return rules.flatMap(({ source, fields, inbound }) => {
    if (source === undefined || !inbound) return [];
    return source.paths.map(({ text }) => ({ path: text, many: source.many, below: fields && extractions(fields) }));
  });
}

function isXmlRow(row: SourceRow | undefined): boolean {
  return row !== undefined && typeof row["xml"] === "string" && Object.keys(row).length === 1;
}

function anyRule(rules: readonly Rule[], test: (rule: Rule) => boolean): boolean {
  return rules.some((rule) => test(rule) || (rule.inbound && anyRule(rule.fields ?? [], test)));
}

function sourceFields(rules: readonly Rule[]): string[] {
  const members = rules.flatMap(({ source, inbound }) =>
    inbound ? (source?.paths ?? []).map(({ json }) => json.member) : [],
  );
  return [...new Set(members.filter((member) => member !== undefined))];
}
