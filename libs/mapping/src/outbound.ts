import type { EntityName, Json, JsonObject } from "@dovetail/domain";
import type { OutboundOptions, OutboundReference, OutboundResult } from "./compiled";
import { converter, expressionInput, writer } from "./data-types";
import { fieldError, ValueFailure } from "./failures";
import { writeTo } from "./paths";
import type { Rule } from "./rule";
import type { Evaluation } from "./sandbox/evaluation";
import type { Sandbox } from "./sandbox/sandbox";

interface Run {
  resolve: OutboundOptions["resolve"];
  errors: OutboundResult["errors"];
  evaluate(expression: string, value: Json): Promise<Evaluation | undefined>;
  /** What an empty field is written as; undefined leaves it out (a create). */
  cleared: Json | undefined;
}

/** Builds the ERP's body from a record: each rule backwards. Never throws for a value. */
export async function runOutbound(
  rules: readonly Rule[],
  record: JsonObject,
  options: OutboundOptions,
  emptyValue: Json,
  sandbox: Sandbox,
): Promise<OutboundResult> {
  const body: JsonObject = {};
  const changed = options.changed && new Set(options.changed);
  const run: Run = {
    resolve: options.resolve,
    errors: [],
    evaluate: async (expression, value) => (await sandbox.evaluate(expression, [value]))[0],
    cleared: changed === undefined ? undefined : emptyValue,
  };
  const wanted = rules.filter(({ target, mesField }) => !changed || changed.has(target[0]) || changed.has(mesField));
  await writeAll(wanted, record, body, run, "");
  return { body, errors: run.errors };
}

async function writeAll(
  rules: readonly Rule[],
  holder: JsonObject,
  body: JsonObject,
  run: Run,
  at: string,
): Promise<void> {
  for (const rule of rules) {
    if (!rule.outbound) continue;
    const value = valueAt(holder, rule.target);
    try {
      await writeField(rule, value, body, run, at);
    } catch (error) {
      run.errors.push(fieldError(at + rule.mesField, error, value, rule.personal));
    }
  }
}

async function writeField(rule: Rule, value: Json | undefined, body: JsonObject, run: Run, at: string): Promise<void> {
  let current: Json = value ?? null;
  if (current === null && rule.required) throw new ValueFailure("required", `${rule.mesField} is required`, "ERP008");
  if (current !== null && rule.fields !== undefined) current = await writeMembers(rule, current, run, at);
  else if (current !== null) current = await writeScalar(rule, current, run);
  if (current === null) current = rule.default ?? null;
  const written = current ?? run.cleared;
  if (written === undefined || written === null) {
    if (run.cleared === undefined) return;
  }
  setPaths(rule, written ?? null, body);
}

async function writeScalar(rule: Rule, value: Json, run: Run): Promise<Json> {
  let current: Json | null = converter(rule.dataType)(value);
  if (rule.byExternalId && rule.references !== undefined) current = resolved(rule.references, String(current), run);
  if (rule.outboundExpression !== undefined) {
    const outcome = await run.evaluate(rule.outboundExpression, expressionInput(rule.dataType)(current));
    if (outcome === undefined || "error" in outcome)
      throw new ValueFailure("expression", outcome?.error ?? "no result");
    current = outcome.value;
  }
  for (let i = rule.transforms.length - 1; i >= 0 && current !== null; i--) {
    const transform = rule.transforms[i];
    if (transform?.outbound) current = transform.outbound(current);
  }
  if (current === null) return null;
  // A transform's inverse already speaks the ERP's form; only what is still ours is rewritten.
  const ours = rule.transforms.length === 0 || rule.transforms[0]?.name === "ROUND";
  return ours || rule.erpType !== undefined ? writer(rule.dataType, rule.erpType)(current) : current;
}

function resolved(entity: EntityName, key: string, run: Run): Json {
  const externalId = run.resolve(entity, key);
  if (externalId === undefined)
    throw new ValueFailure("reference", `${entity} ${key} is not linked to the ERP yet`, "ERP008");
  return externalId;
}

async function writeMembers(rule: Rule, value: Json, run: Run, at: string): Promise<Json> {
  const fields = rule.fields ?? [];
  if (rule.dataType === "object") {
    const member: JsonObject = {};
    await writeAll(fields, converter("object")(value) as JsonObject, member, run, `${at}${rule.mesField}.`);
    return member;
  }
  const lines: JsonObject[] = [];
  for (const [i, line] of (converter("list")(value) as Json[]).entries()) {
    const body: JsonObject = {};
    await writeAll(
      fields,
      converter("object")(line) as JsonObject,
      body,
      { ...run, cleared: undefined },
      `${at}${rule.mesField}[${i}].`,
    );
    lines.push(body);
  }
  return lines;
}

function setPaths(rule: Rule, value: Json, body: JsonObject): void {
  const paths = rule.source?.paths ?? [];
  paths.forEach(({ json }, i) => {
    if (json.target === undefined) return;
    const part = paths.length === 1 ? value : Array.isArray(value) ? (value[i] ?? null) : value;
    writeTo(body, json.target, part);
  });
}

function valueAt(holder: JsonObject, target: readonly string[]): Json | undefined {
  let at: Json | undefined = holder;
  for (const name of target) {
    if (typeof at !== "object" || at === null || Array.isArray(at)) return undefined;
    at = at[name];
  }
  return at;
}

/** The records that must be linked before this one can be sent, each once. */
export function outboundReferences(rules: readonly Rule[], record: JsonObject): OutboundReference[] {
  const found = new Map<string, OutboundReference>();
  collect(rules, record, found);
  return [...found.values()];
}

function collect(rules: readonly Rule[], holder: JsonObject, found: Map<string, OutboundReference>): void {
  for (const rule of rules) {
    if (!rule.outbound) continue;
    const value = valueAt(holder, rule.target);
    if (rule.fields !== undefined) {
      for (const each of Array.isArray(value) ? value : [value]) {
        if (typeof each === "object" && each !== null && !Array.isArray(each)) collect(rule.fields, each, found);
      }
    } else if (rule.byExternalId && rule.references !== undefined && typeof value === "string") {
      found.set(`${rule.references}\n${value}`, { entity: rule.references, key: value });
    }
  }
}
