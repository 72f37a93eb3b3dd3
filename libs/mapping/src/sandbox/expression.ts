import { parseExpressionAt, tokenizer, type Node } from "acorn";

/** Longer texts belong into a named transform. */
const MAX_LENGTH = 4000;

/** Kinds of syntax that would wait, load code or reach outside; none has a meaning in a pure expression. */
const REFUSED = new Set(["AwaitExpression", "YieldExpression", "ImportExpression", "MetaProperty", "Super"]);

/**
 * Says why a text is not exactly one JavaScript expression, or undefined when it is.
 * The check comes before the text is wrapped, so that no text can close the wrapper and go on with statements.
 */
export function expressionProblem(text: string): string | undefined {
  if (text.trim() === "") return "an expression is empty";
  if (text.length > MAX_LENGTH) return `an expression has at most ${MAX_LENGTH} characters`;
  const options = {
    ecmaVersion: 2022,
    sourceType: "module",
    allowAwaitOutsideFunction: false,
    preserveParens: true,
  } as const;
  try {
    const node = parseExpressionAt(text, 0, options);
    const rest = tokenizer(text.slice(node.end), options).getToken();
    if (rest.type.label !== "eof")
      return `one expression is wanted; it ends before "${text.slice(node.end).trim().slice(0, 40)}"`;
    return refusedSyntax(node);
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    if (error instanceof RangeError) return "the expression is nested too deeply";
    throw error;
  }
}

function refusedSyntax(node: Node): string | undefined {
  const { async, generator } = node as { async?: unknown; generator?: unknown };
  if (async === true || generator === true) return "async functions and generators cannot be used in an expression";
  if (REFUSED.has(node.type)) return `${node.type} cannot be used in an expression`;
  for (const member of Object.values(node) as unknown[]) {
    for (const child of Array.isArray(member) ? (member as unknown[]) : [member]) {
      const problem = isNode(child) ? refusedSyntax(child) : undefined;
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}
