import { ProblemError } from "@dovetail/contracts";
import { validationProblem } from "@dovetail/service-kit";
import { plainToInstance } from "class-transformer";
import { getMetadataStorage, validateSync } from "class-validator";

type Constructor<T> = new () => T;

// Looking through the decorators of a class is dear; what a class needs never changes.
const hasRules = new WeakMap<Constructor<object>, boolean>();

/**
 * A checked copy of `input` as an instance of the operation's input class.
 * Throws ERP008 with one entry per field; members that the class does not declare are refused.
 */
export function validInput<I extends object>(type: Constructor<I>, input: unknown): I {
  if (typeof input !== "object" || input === null || Array.isArray(input))
    throw new ProblemError("ERP008", "The request must be a JSON object.", { status: 400 });
  const instance = plainToInstance(type, input);
  if (!rulesOf(type)) return withoutMembers(instance);
  const faults = validateSync(instance, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { target: false, value: true },
  });
  if (faults.length > 0) throw validationProblem(faults);
  return instance;
}

function rulesOf(type: Constructor<object>): boolean {
  let found = hasRules.get(type);
  if (found === undefined) {
    found = getMetadataStorage().getTargetValidationMetadatas(type, "", false, false).length > 0;
    hasRules.set(type, found);
  }
  return found;
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
