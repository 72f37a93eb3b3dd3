import { ValidationPipe, type ValidationError } from "@nestjs/common";
import { ProblemError } from "@dovetail/contracts";
import type { FieldError } from "@dovetail/domain";
import * as classTransformer from "class-transformer";
import * as classValidator from "class-validator";
import { maskValue } from "./mask-value";

const MAX_ERRORS = 100;

/**
 * The strict pipe of our HTTP edge: unknown members are refused, values are turned into the DTO class, and what is
 * wrong becomes ERP008 (422) with one entry per field and rule.
 */
export function strictValidation(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    // A class without any field is a body that must be empty: the whitelist refuses members all the same.
    forbidUnknownValues: false,
    transform: true,
    validationError: { target: false, value: true },
    exceptionFactory: (errors: ValidationError[]) => validationProblem(errors),
    // Handed over: Nest would load them by name and end the process if that failed.
    validatorPackage: classValidator,
    transformerPackage: classTransformer,
  });
}

/** ERP008 with `errors[]` from class-validator's tree (at most 100 entries). */
export function validationProblem(errors: readonly ValidationError[]): ProblemError {
  const fields: FieldError[] = [];
  for (const error of errors) collect(error, "", fields);
  const names = [...new Set(fields.map((field) => field.field))];
  const listed = names.slice(0, 5).join(", ") + (names.length > 5 ? `, and ${names.length - 5} more` : "");
  return new ProblemError("ERP008", `The request has fields that are not valid: ${listed}`, { errors: fields });
}

function collect(error: ValidationError, parent: string, into: FieldError[]): void {
  const path = joinPath(parent, error.property);
  for (const [rule, message] of Object.entries(error.constraints ?? {})) {
    if (into.length >= MAX_ERRORS) return;
    const value = maskValue(error.property, error.value);
    into.push({
      field: path,
      rule: rule === "whitelistValidation" ? "unknownMember" : rule,
      value,
      code: "ERP008",
      message,
    });
  }
  for (const child of error.children ?? []) collect(child, path, into);
}

function joinPath(parent: string, property: string): string {
  if (/^\d+$/.test(property) && parent !== "") return `${parent}[${property}]`;
  return parent === "" ? property : `${parent}.${property}`;
}
