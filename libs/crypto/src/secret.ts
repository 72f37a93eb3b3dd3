import { inspect } from "node:util";

const MASK = "***";

/**
 * Holds a value that must not reach a log, an error or a response by accident:
 * every way of turning it into text gives `***`. Read it with `reveal()` at the place of use.
 */
export class Secret<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value in clear; call it only where the value is used. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [Symbol.toPrimitive](): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
