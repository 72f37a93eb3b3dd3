import { memoryAdapter } from "@dovetail/adapter-memory";
import { checksOf, memoryHarness, RULE_NAMES, RuleViolation } from "@dovetail/adapter-conformance";
import { declaredMutants } from "./mutants/declared";
import type { Mutant } from "./mutants/mutant";
import { readingMutants } from "./mutants/reading";
import { writingMutants } from "./mutants/writing";

const MUTANTS: readonly Mutant[] = [...declaredMutants, ...readingMutants, ...writingMutants];

/** What the rule says of the adapter, on each subject until the first violation. */
async function verdict({ rule, writeClass = "K", mutate }: Mutant): Promise<string> {
  const adapter = mutate(memoryAdapter({ writeClass }));
  for (const check of checksOf(memoryHarness({ adapter, writeClass }))) {
    if (check.rule !== rule || check.skip !== undefined) continue;
    try {
      await check.run();
    } catch (error) {
      return error instanceof RuleViolation ? "broken" : `failed otherwise: ${String(error)}`;
    }
  }
  return "kept";
}

describe("the conformance suite notices", () => {
  it.each(MUTANTS.map((mutant) => [mutant.rule, mutant.fault, mutant] as const))(
    "%s: %s",
    async (_rule, _fault, mutant) => {
      expect(await verdict({ ...mutant, mutate: (adapter) => adapter })).toBe("kept");
      expect(await verdict(mutant)).toBe("broken");
    },
  );

  it("each rule has a mutant that breaks it", () => {
    const broken = new Set(MUTANTS.map(({ rule }) => rule));
    expect(RULE_NAMES.filter((rule) => !broken.has(rule))).toEqual([]);
    expect([...broken].filter((rule) => !RULE_NAMES.includes(rule))).toEqual([]);
  });
});
