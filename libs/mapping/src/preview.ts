import type { Json, JsonObject } from "@dovetail/domain";
import type { CompiledMapping, PreviewField, PreviewStep, SourceRow } from "./compiled";
import { fieldError } from "./failures";
import { inboundRunner, newResult, type Waiting } from "./inbound";
import { memberPath } from "./paths";
import type { Rule } from "./rule";
import type { Sandbox } from "./sandbox/sandbox";

/** How each top-level field of one sample row came to its value: source, every step, result or error. */
export function previewMapping(compiled: CompiledMapping, row: SourceRow): Promise<PreviewField[]> {
  return compiled.preview(row);
}

/** The work behind {@link previewMapping}: the very functions of a sync, one rule and one step at a time. */
export async function preview(
  rules: readonly Rule[],
  row: SourceRow,
  sandbox: () => Sandbox,
  extract?: (row: SourceRow) => Promise<JsonObject>,
): Promise<PreviewField[]> {
  const fields: PreviewField[] = [];
  let flat: JsonObject;
  try {
    flat = extract ? await extract(row) : (row as JsonObject);
  } catch (error) {
    const failure = fieldError("", error, null, false);
    return [{ field: "", source: null, steps: [], result: null, error: failure }];
  }
  for (const rule of rules) {
    if (rule.inbound) fields.push(await previewField(rule, flat, sandbox, extract !== undefined));
  }
  return fields;
}

async function previewField(
  rule: Rule,
  row: JsonObject,
  sandbox: () => Sandbox,
  byMember: boolean,
): Promise<PreviewField> {
  const source = sourceOf(rule, row, byMember);
  const steps: PreviewStep[] = [];
  const result = newResult();
  const waiting: Waiting[] = [];
  inboundRunner(traced(rule, steps), byMember)(row, result.record, result, "", waiting);
  while (waiting.length > 0) {
    const next = waiting.shift();
    if (next === undefined) break;
    const [outcome] = await sandbox().evaluate(next.expression, [next.value]);
    if (outcome !== undefined && "value" in outcome) steps.push({ step: next.expression, value: outcome.value });
    next.settle(outcome ?? { error: "not evaluated" });
  }
  const [error] = result.errors;
  const value = rule.target.reduce<Json | undefined>(
    (at, name) => (at as JsonObject | undefined)?.[name],
    result.record,
  );
  return { field: rule.mesField, source: source ?? null, steps, result: value ?? null, ...(error && { error }) };
}

function sourceOf({ source }: Rule, row: JsonObject, byMember: boolean): Json | undefined {
  const values = (source?.paths ?? []).map(({ text, json }) => {
    const path = byMember ? memberPath(text) : json;
    return (source?.many ? path.all : path.get)(row) ?? null;
  });
  return values.length > 1 ? values : values[0];
}

/** The rule with every named transform reporting what it made. */
function traced(rule: Rule, steps: PreviewStep[]): Rule {
  const transforms = rule.transforms.map((transform) => ({
    ...transform,
    inbound(value: Json): Json {
      const made = transform.inbound(value);
      steps.push({ step: transform.name, value: made });
      return made;
    },
  }));
  return { ...rule, transforms };
}
