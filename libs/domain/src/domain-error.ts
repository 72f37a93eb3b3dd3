import type { Json } from "./types";

/** A value that breaks a rule of the domain. `code` is a code of the error catalogue (ERP008: data validation). */
export class DomainError extends Error {
  readonly retryable = false;

  constructor(
    message: string,
    readonly field: string,
    readonly rule: string,
    readonly value: Json = null,
    readonly code: string = "ERP008",
  ) {
    super(message);
    this.name = "DomainError";
  }
}
