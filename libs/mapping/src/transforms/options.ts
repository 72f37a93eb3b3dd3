import type { Json } from "@dovetail/domain";
import type { TransformStep } from "../document";
import { RuleProblem, ValueFailure } from "../failures";

/** A problem of a step's options. */
export function stepProblem(step: TransformStep, rule: string, message: string): RuleProblem {
  return new RuleProblem("transform", rule, `${step.name}: ${message}`, step as Json);
}

/** A text option. */
export function textOption(step: TransformStep, name: string, otherwise?: string): string {
  const value = step[name] ?? otherwise;
  if (typeof value !== "string") throw stepProblem(step, "option", `${name} must be text`);
  return value;
}

/** A whole-number option. */
export function integerOption(step: TransformStep, name: string, min: number, max: number, otherwise?: number): number {
  const value = step[name] ?? otherwise;
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
  throw stepProblem(step, "option", `${name} must be a whole number from ${min} to ${max}`);
}

/** One of several words. */
export function wordOption<T extends string>(step: TransformStep, name: string, words: readonly T[], otherwise: T): T {
  const value = step[name] ?? otherwise;
  const word = words.find((each) => each === value);
  if (word === undefined) throw stepProblem(step, "option", `${name} must be one of ${words.join(", ")}`);
  return word;
}

/** A table option: text to text, number or boolean. */
export function tableOption(step: TransformStep, name: string): Record<string, Json> | undefined {
  const value = step[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) throw stepProblem(step, "option", `${name} must be an object`);
  for (const each of Object.values(value)) {
    if (typeof each === "object" && each !== null)
      throw stepProblem(step, "option", `${name} may hold only plain values`);
  }
  return value;
}

/** A value that must be text; a number counts as its text. */
export function needText(value: Json): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  throw new ValueFailure("transform", "text is wanted");
}
