import { ProblemError, type ProblemExtras } from "@dovetail/contracts";
import type { FieldError, Json } from "@dovetail/domain";
import { maskText, maskValue } from "@dovetail/service-kit";

/** A broken rule before it is made fit to be shown. */
export interface Fault {
  field: string;
  rule: string;
  value: unknown;
  message: string;
}

/** ERP008 with one entry per fault; values are cut, and masked where the name is a secret's. */
export function invalid(faults: readonly Fault[], extras: Pick<ProblemExtras, "resolution"> = {}): ProblemError {
  const first = faults[0];
  const others = faults.length > 1 ? ` (and ${faults.length - 1} more)` : "";
  const detail = first ? `${first.field}: ${first.message}${others}` : "The integration is not valid.";
  return new ProblemError("ERP008", detail, { ...extras, errors: faults.slice(0, 100).map(fieldError) });
}

function fieldError({ field, rule, value, message }: Fault): FieldError {
  const masked = maskValue(field, value);
  // A password in an address is one of the faults.
  const shown: Json = typeof masked === "string" ? maskText(masked) : masked;
  return { field, rule, value: shown, code: "ERP008", message };
}
