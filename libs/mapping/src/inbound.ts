import type { FieldError, Json, JsonObject } from "@dovetail/domain";
import type { InboundResult, Ref } from "./compiled";
import { converter, expressionInput } from "./data-types";
import { fieldError, ValueFailure } from "./failures";
import type { Get } from "./paths";
import { memberPath, writeTo } from "./paths";
import { fuse } from "./plain-field";
import type { Rule } from "./rule";

/** An expression's input that waits for the page's batch. */
export interface Waiting {
  expression: string;
  value: Json;
  settle(outcome: { value: Json } | { error: string }): void;
}

/** Maps one field of one row; what waits for the sandbox is left in `waiting`. */
export type FieldRunner = (
  row: JsonObject,
  holder: JsonObject,
  result: Writable,
  at: string,
  waiting: Waiting[],
) => void;
export type Writable = { record: JsonObject; refs: readonly Ref[]; errors: readonly FieldError[] };

const NO_REFS: readonly Ref[] = Object.freeze([]);
const NO_ERRORS: readonly FieldError[] = Object.freeze([]);

/** A result without refs and errors shares its empty lists: most rows have neither. */
export function newResult(): InboundResult {
  return { record: {}, refs: NO_REFS, errors: NO_ERRORS };
}

export function addError(result: Writable, error: FieldError): void {
  if (result.errors === NO_ERRORS) result.errors = [error];
  else (result.errors as FieldError[]).push(error);
}

function addRef(result: Writable, ref: Ref): void {
  if (result.refs === NO_REFS) result.refs = [ref];
  else (result.refs as Ref[]).push(ref);
}

/** Builds the functions of rules. `byMember`: rows are already flat, each path being a member's name (XML). */
export function inboundRunners(rules: readonly Rule[], byMember: boolean): FieldRunner[] {
  const inbound = rules.filter((rule) => rule.inbound);
  return fuse(inbound.map((rule) => ({ rule, name: plainMember(rule, byMember), run: inboundRunner(rule, byMember) })));
}

function plainMember({ source }: Rule, byMember: boolean): string | undefined {
  const [path] = source?.paths ?? [];
  if (path === undefined || source?.paths.length !== 1) return undefined;
  return byMember ? path.text : path.json.single;
}

/** The function of one rule, which takes any value. */
export function inboundRunner(rule: Rule, byMember: boolean): FieldRunner {
  const get = reader(rule, byMember);
  const chain = transformChain(rule);
  const finish = finisher(rule, byMember);
  const isEmpty = emptyTest(rule);
  const { mesField, personal, required, inboundExpression: expression } = rule;
  const standIn = rule.default ?? null;
  const prepare = expressionInput(rule.dataType);
  return (row, holder, result, at, waiting) => {
    let source: Json | undefined;
    try {
      source = get(row);
      let value = source === undefined || isEmpty(source) ? standIn : source;
      if (value !== null && chain !== undefined) value = chain(value);
      if (value !== null && expression !== undefined) {
        const input = prepare(value);
        waiting.push({ expression, value: input, settle: settler(rule, finish, holder, result, at, waiting, input) });
      } else if (value !== null) finish(value, holder, result, at, waiting);
      else if (required) throw new ValueFailure("required", `${mesField} is required`, "ERP008");
    } catch (error) {
      addError(result, fieldError(at + mesField, error, source, personal));
    }
  };
}

type Finish = (value: Json, holder: JsonObject, result: Writable, at: string, waiting: Waiting[]) => void;

function settler(
  rule: Rule,
  finish: Finish,
  holder: JsonObject,
  result: Writable,
  at: string,
  waiting: Waiting[],
  input: Json,
) {
  return (outcome: { value: Json } | { error: string }): void => {
    try {
      if ("error" in outcome) throw new ValueFailure("expression", outcome.error);
      if (outcome.value !== null) finish(outcome.value, holder, result, at, waiting);
      else if (rule.required) throw new ValueFailure("required", `${rule.mesField} is required`, "ERP008");
    } catch (error) {
      addError(result, fieldError(at + rule.mesField, error, input, rule.personal));
    }
  };
}

function reader(rule: Rule, byMember: boolean): Get {
  const { source } = rule;
  if (source === undefined) return () => undefined;
  const gets = source.paths.map(({ text, json }) => {
    const path = byMember ? memberPath(text) : json;
    return source.many ? path.all : path.get;
  });
  const [only] = gets;
  if (gets.length === 1 && only !== undefined) return only;
  return (row) => {
    const values = gets.map((get) => get(row) ?? null);
    return values.every((value) => value === null) ? null : values;
  };
}

function emptyTest({ keepEmpty, emptyValues }: Rule): (value: Json) => boolean {
  if (keepEmpty || emptyValues.length === 0) return (value) => value === null;
  const [a, b] = emptyValues;
  if (emptyValues.length === 1) return (value) => value === null || value === a;
  if (emptyValues.length === 2) return (value) => value === null || value === a || value === b;
  const set = new Set(emptyValues);
  return (value) => value === null || set.has(value);
}

function transformChain({ transforms }: Rule): ((value: Json) => Json) | undefined {
  if (transforms.length === 0) return undefined;
  return (value) => {
    let current = value;
    for (const { inbound } of transforms) {
      current = inbound(current);
      if (current === null) return null;
    }
    return current;
  };
}

function finisher(rule: Rule, byMember: boolean): Finish {
  if (rule.fields !== undefined)
    return rule.dataType === "list" ? listFinisher(rule, byMember) : objectFinisher(rule, byMember);
  const convert = converter(rule.dataType);
  const { target, mesField, references } = rule;
  const [name] = target;
  const nested = target.length > 1;
  if (references === undefined || !rule.byExternalId) {
    if (nested) return (value, holder) => writeTo(holder, target, convert(value));
    return (value, holder) => {
      holder[name] = convert(value);
    };
  }
  const last = target[target.length - 1] ?? name;
  return (value, holder, result, at) => {
    const externalId = String(convert(value));
    writeTo(holder, target, externalId);
    addRef(result, {
      holder: parentOf(holder, target),
      field: last,
      path: at + mesField,
      entity: references,
      externalId,
    });
  };
}

function parentOf(holder: JsonObject, target: readonly string[]): JsonObject {
  return target.slice(0, -1).reduce((at, name) => at[name] as JsonObject, holder);
}

function listFinisher(rule: Rule, byMember: boolean): Finish {
  const run = allRunners(rule, byMember);
  const prefixes: string[] = [];
  const prefix = (i: number) => (prefixes[i] ??= `${rule.mesField}[${i}].`);
  return (value, holder, result, at, waiting) => {
    const rows = Array.isArray(value) ? value : [value];
    const lines: JsonObject[] = [];
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      if (typeof row !== "object" || row === null || Array.isArray(row)) {
        const failure = new ValueFailure("type", "a line must be an object", "ERP008");
        addError(result, fieldError(`${at}${rule.mesField}[${i}]`, failure, row, rule.personal));
        continue;
      }
      const line: JsonObject = {};
      run(row, line, result, at === "" ? prefix(i) : at + prefix(i), waiting);
      lines.push(line);
    }
    writeTo(holder, rule.target, lines);
  };
}

function objectFinisher(rule: Rule, byMember: boolean): Finish {
  const run = allRunners(rule, byMember);
  const convert = converter("object");
  return (value, holder, result, at, waiting) => {
    const member: JsonObject = {};
    const row = Array.isArray(value) && byMember ? value[0] : value;
    run(convert(row ?? null) as JsonObject, member, result, `${at}${rule.mesField}.`, waiting);
    writeTo(holder, rule.target, member);
  };
}

function allRunners(rule: Rule, byMember: boolean): FieldRunner {
  const runners = inboundRunners(rule.fields ?? [], byMember);
  const [only] = runners;
  if (runners.length === 1 && only !== undefined) return only;
  return (row, holder, result, at, waiting) => {
    for (const run of runners) run(row, holder, result, at, waiting);
  };
}
