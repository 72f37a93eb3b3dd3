import type { ConformanceHarness } from "./harness";
import { connectionRules } from "./rules/connection";
import { declarationRules } from "./rules/declaration";
import { failureRules } from "./rules/failures";
import { incrementRules } from "./rules/increments";
import { lookupRules } from "./rules/looking-up";
import { mappingRules } from "./rules/mapping";
import { pullRules } from "./rules/pulling";
import { pushRules } from "./rules/pushing";
import { type AdapterRule, type EntityRule, RuleViolation } from "./rules/rule";
import { writeClassRules } from "./rules/write-classes";

const ADAPTER_RULES: readonly AdapterRule[] = [...declarationRules, ...connectionRules, ...failureRules];
const ENTITY_RULES: readonly EntityRule[] = [
  ...pullRules,
  ...incrementRules,
  ...mappingRules,
  ...lookupRules,
  ...pushRules,
  ...writeClassRules,
];

/** One rule on one adapter, ready to run. */
export interface Check {
  /** The rule alone, the same for every entity. */
  rule: string;
  /** What it is tried on: an entity, or the adapter. */
  subject: string;
  /** Why it cannot be tried with this harness. */
  skip?: string;
  /** Throws RuleViolation when the rule is broken. */
  run(): Promise<void>;
}

/** The name of every rule there is. */
export const RULE_NAMES: readonly string[] = [...ADAPTER_RULES, ...ENTITY_RULES].map(({ name }) => name);

async function prepared(harness: ConformanceHarness, check: () => Promise<void>): Promise<void> {
  await harness.reset?.();
  try {
    await check();
  } catch (error) {
    const note = harness.note?.();
    if (error instanceof RuleViolation && note) throw new RuleViolation(`${error.message} (${note})`);
    throw error;
  } finally {
    await harness.faults?.clear();
  }
}

/** Every rule on everything that the harness offers, in a fixed order. Rules run one at a time. */
export function checksOf(harness: ConformanceHarness): Check[] {
  const about = (rule: string, subject: string, skip: string | undefined, check: () => Promise<void>): Check => ({
    rule,
    subject,
    ...(skip === undefined ? {} : { skip }),
    run: () => prepared(harness, check),
  });
  const whole = ADAPTER_RULES.filter(({ applies }) => applies?.(harness) ?? true).map(({ name, unless, check }) =>
    about(name, harness.adapter.system, unless?.(harness), () => check(harness)),
  );
  const each = harness.entities.flatMap((entity) =>
    ENTITY_RULES.filter(({ applies }) => applies?.(harness, entity) ?? true).map(({ name, unless, check }) =>
      about(name, entity, unless?.(harness, entity), () => check(harness, entity)),
    ),
  );
  return [...whole, ...each];
}
