import type { Json } from "@dovetail/domain";

/** Why a mapping document was refused. */
export interface MappingProblem {
  /** Place in the document, for instance `mappings[3].erpField`. */
  field: string;
  /** Machine-readable rule, for instance `exists`. */
  rule: string;
  value: Json;
  message: string;
  suggestion?: string;
}

/** A mapping document that cannot be used (ERP003). Carries every problem found; the first one is the error's own. */
export class MappingError extends Error {
  readonly code = "ERP003";
  readonly retryable = false;
  readonly field: string;
  readonly rule: string;
  readonly value: Json;
  readonly suggestion?: string;

  constructor(
    readonly first: MappingProblem,
    readonly problems: readonly MappingProblem[] = [first],
  ) {
    super(first.message);
    this.name = "MappingError";
    this.field = first.field;
    this.rule = first.rule;
    this.value = first.value;
    this.suggestion = first.suggestion;
  }
}
