import { ProblemError, quickRulesOf, type QuickRule } from "@dovetail/contracts";
import { validationProblem } from "@dovetail/service-kit";
import { plainToInstance } from "class-transformer";
import { getMetadataStorage, validateSync } from "class-validator";

type Constructor<T> = new () => T;

/** What is known of an input class. Looking through its decorators is dear, and it never changes. */
interface Rules {
  any: boolean;
  /** Absent when a member has rules that only class-validator knows. */
  quick?: ReadonlyMap<string, QuickRule>;
}

const known = new WeakMap<Constructor<object>, Rules>();

/**
 * A checked copy of `input` as an instance of the operation's input class.
 * Throws ERP008 with one entry per field; members that the class does not declare are refused.
 */
export function validInput<I extends object>(type: Constructor<I>, input: unknown): I {
  if (typeof input !== "object" || input === null || Array.isArray(input))
    throw new ProblemError("ERP008", "The request must be a JSON object.", { status: 400 });
  const rules = rulesOf(type);
  if (rules.quick && passes(rules.quick, input)) return Object.assign(new type(), input);
  const instance = plainToInstance(type, input);
  if (!rules.any) return withoutMembers(instance);
  const faults = validateSync(instance, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { target: false, value: true },
  });
  if (faults.length > 0) throw validationProblem(faults);
  return instance;
}

function rulesOf(type: Constructor<object>): Rules {
  let found = known.get(type);
  if (!found) {
    const counts = new Map<string, number>();
    for (const { propertyName } of getMetadataStorage().getTargetValidationMetadatas(type, "", false, false))
      counts.set(propertyName, (counts.get(propertyName) ?? 0) + 1);
    const quick = quickRulesOf(type);
    const all = counts.size > 0 && [...counts].every(([member, count]) => quick.get(member)?.covers === count);
    found = { any: counts.size > 0, ...(all ? { quick } : {}) };
    known.set(type, found);
  }
  return found;
}

// A no is not the last word: class-validator is then asked, and says what is wrong.
function passes(rules: ReadonlyMap<string, QuickRule>, input: object): boolean {
  for (const member of Object.keys(input)) if (!rules.has(member)) return false;
  for (const [member, { accepts }] of rules) if (!accepts((input as Record<string, unknown>)[member])) return false;
  return true;
}

// class-validator takes a class without rules for an unknown value and refuses it.
function withoutMembers<I extends object>(instance: I): I {
  const members = Object.keys(instance);
  if (members.length === 0) return instance;
  throw validationProblem(
    members.map((property) => ({
      property,
      constraints: { whitelistValidation: `property ${property} should not exist` },
    })),
  );
}
