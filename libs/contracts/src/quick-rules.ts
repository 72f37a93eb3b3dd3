/** What the decorators of a member let pass, as one plain function. */
export interface QuickRule {
  accepts(this: void, value: unknown): boolean;
  /** How many of class-validator's rules it stands for: a member with more of them is not for quick rules. */
  covers: number;
}

// By prototype, as decorators give it: the rules of the members that a class declares itself.
const rules = new WeakMap<object, Map<string, QuickRule>>();

/** Notes the quick rule of a member. */
export function quickRule(rule: QuickRule): PropertyDecorator {
  return (target, member) => {
    const own = rules.get(target) ?? new Map<string, QuickRule>();
    own.set(String(member), rule);
    rules.set(target, own);
  };
}

/** The quick rules of a class's members, inherited ones included. */
export function quickRulesOf(type: new () => object): ReadonlyMap<string, QuickRule> {
  const found = new Map<string, QuickRule>();
  for (let level: unknown = type.prototype; level instanceof Object; level = Object.getPrototypeOf(level)) {
    for (const [member, rule] of rules.get(level) ?? []) if (!found.has(member)) found.set(member, rule);
  }
  return found;
}
