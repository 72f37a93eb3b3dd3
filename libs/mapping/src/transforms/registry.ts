import type { TransformStep } from "../document";
import { RuleProblem } from "../failures";
import { suggest } from "../suggest";
import { codes } from "./codes";
import { isoDate } from "./iso-date";
import { lines } from "./lines";
import { lookup } from "./lookup";
import { parts } from "./parts";
import { round } from "./round";
import { textCase } from "./text-case";
import type { Transform, TransformContext, TransformFamily } from "./transform";
import { valueMap } from "./value-map";

/** Every family of named transforms. */
export const TRANSFORM_FAMILIES: readonly TransformFamily[] = [
  isoDate,
  textCase,
  round,
  codes,
  valueMap,
  parts,
  lookup,
  lines,
];

/** The names a mapping editor can offer; the status transforms exist for every ERP code. */
export const TRANSFORM_NAMES: readonly string[] = [
  ...TRANSFORM_FAMILIES.flatMap(({ names }) => (names instanceof RegExp ? ["VALUE_MAP"] : names)),
  "<ERP>_STATUS_TO_PLATFORM",
  "PLATFORM_STATUS_TO_<ERP>",
];

/** Throws RuleProblem for an unknown name or options that make no sense. */
export function buildTransform(step: TransformStep, context: TransformContext): Transform {
  const has = ({ names }: TransformFamily) =>
    names instanceof RegExp ? names.test(step.name) : names.includes(step.name);
  const family = TRANSFORM_FAMILIES.find(has);
  if (family !== undefined) return family.build(step, context);
  const near = suggest(step.name, TRANSFORM_NAMES);
  throw new RuleProblem("transform", "exists", `there is no transform ${step.name}`, step.name, near);
}
