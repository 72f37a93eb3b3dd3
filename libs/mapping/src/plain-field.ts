import type { Json } from "@dovetail/domain";
import { converter, type Convert } from "./data-types";
import type { FieldRunner } from "./inbound";
import type { Rule } from "./rule";

/** A field whose usual value is one member of the row, checked and copied. */
interface PlainField {
  name: string;
  field: string;
  /** The text that counts as empty. */
  empty: Json;
  /** Absent: a text that is copied as it is. */
  convert?: Convert;
  /** Takes every value that is unusual: missing, empty, of another type. It knows all rules. */
  slowly: FieldRunner;
}

/** One rule on its way to a function. */
export interface RuleRunner {
  rule: Rule;
  name?: string;
  run: FieldRunner;
}

/** Only such names are written into generated code; any other member goes the general way. */
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

function plainField({ rule, name, run }: RuleRunner): PlainField | undefined {
  const { target, transforms, inboundExpression, byExternalId, fields, source, dataType } = rule;
  const unusual = target.length > 1 || transforms.length > 0 || inboundExpression !== undefined || byExternalId;
  const [field] = target;
  if (name === undefined || unusual || fields !== undefined || source?.many === true) return undefined;
  if (!PLAIN_NAME.test(name) || !PLAIN_NAME.test(field) || name in Object.prototype || field in Object.prototype)
    return undefined;
  const empties = rule.keepEmpty ? [] : rule.emptyValues;
  const texts = empties.filter((value) => typeof value === "string");
  const [empty = null] = texts;
  if (texts.length > 1) return undefined;
  if (dataType === "string" || dataType === "reference") return { name, field, empty, slowly: run };
  // Numbers and booleans that count as empty are the general way's business, except false, which no conversion of these takes.
  const others = empties.filter((value) => typeof value !== "string" && value !== false);
  if (others.length > 0 || (dataType === "boolean" && empties.includes(false))) return undefined;
  return { name, field, empty, convert: converter(dataType), slowly: run };
}

/**
 * The functions of all rules, neighbouring plain fields fused into one. The fused function is generated, so that each
 * member access has its own place in the code: closures share one, which costs two thirds of the speed. Nothing but
 * names of letters, digits and underscores goes into its text.
 */
export function fuse(runners: readonly RuleRunner[]): FieldRunner[] {
  const fused: FieldRunner[] = [];
  let group: PlainField[] = [];
  const flush = () => {
    if (group.length > 0) fused.push(generate(group));
    group = [];
  };
  for (const runner of runners) {
    const plain = plainField(runner);
    if (plain !== undefined) group.push(plain);
    else {
      flush();
      fused.push(runner.run);
    }
  }
  flush();
  return fused;
}

function generate(group: readonly PlainField[]): FieldRunner {
  const setup = group.map(
    (_, i) => `const e${i} = group[${i}].empty, c${i} = group[${i}].convert, s${i} = group[${i}].slowly;`,
  );
  const body = group.map(({ name, field, convert }, i) => {
    const slowly = `s${i}(row, holder, result, at, waiting);`;
    const text = `const v = row.${name}; if (typeof v === "string" && v !== e${i}) holder.${field} = v; else ${slowly}`;
    const converted = `const v = row.${name}; if (v === undefined || v === null || v === e${i}) ${slowly}
      else try { holder.${field} = c${i}(v); } catch { ${slowly} }`;
    return `{ ${convert ? converted : text} }`;
  });
  const code = `"use strict"; ${setup.join("\n")}\nreturn (row, holder, result, at, waiting) => {\n${body.join("\n")}\n};`;
  try {
    return (new Function("group", code) as (fields: readonly PlainField[]) => FieldRunner)(group);
  } catch (error) {
    // A process may forbid generated code; the general way does the same.
    if (!(error instanceof EvalError)) throw error;
    return (row, holder, result, at, waiting) => {
      for (const { slowly } of group) slowly(row, holder, result, at, waiting);
    };
  }
}
