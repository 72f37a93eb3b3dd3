import Big from "big.js";
import { DomainError } from "./domain-error";

const CANONICAL = /^(?:0|-?(?:[1-9][0-9]*|0(?=\.))(?:\.[0-9]*[1-9])?)$/;
const PLAIN = /^(-?)0*([0-9]+)(?:\.([0-9]*?)0*)?$/;
const READABLE = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?$/;
const MAX_LENGTH = 1000;

/** halfUp rounds .5 away from zero, halfEven to the even neighbour, down towards zero, up away from zero. */
export type RoundingMode = "down" | "halfUp" | "halfEven" | "up";
const MODES: Record<RoundingMode, Big.RoundingMode> = { down: 0, halfUp: 1, halfEven: 2, up: 3 };

/**
 * The one way to write a decimal: no exponent, no plus, no needless zeros, no negative zero (`50.2600` → `50.26`).
 * Reads a sign, a missing digit beside the point and an exponent of up to two digits, 1,000
 * characters in all; undefined for anything else.
 */
export function normaliseDecimal(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  if (CANONICAL.test(text)) return text;
  const plain = PLAIN.exec(text);
  if (plain) return assemble(plain[1] ?? "", plain[2] ?? "0", plain[3] ?? "");
  if (!READABLE.test(text)) return undefined;
  return write(new Big(text.startsWith("+") ? text.slice(1) : text));
}

/** Exact sum. Like every function here throws DomainError (rule `format`) for text that is no decimal. */
export function addDecimal(a: string, b: string): string {
  return write(read(a).plus(read(b)));
}

/** Exact difference. */
export function subtractDecimal(a: string, b: string): string {
  return write(read(a).minus(read(b)));
}

/** Exact product. */
export function multiplyDecimal(a: string, b: string): string {
  return write(read(a).times(read(b)));
}

/** Quotient rounded to `scale` digits after the point. Throws DomainError (rule `zero`) for a zero divisor. */
export function divideDecimal(a: string, b: string, scale: number, mode: RoundingMode = "halfUp"): string {
  const divisor = read(b);
  if (divisor.eq(0)) throw new DomainError("Division by zero", "", "zero", b);
  // big.js keeps the scale of a division in the constructor: one of our own leaves no trace.
  const Exact = Big();
  Exact.DP = scale;
  Exact.RM = MODES[mode];
  return write(new Exact(read(a)).div(divisor));
}

/** Rounds to `scale` digits after the point. */
export function roundDecimal(text: string, scale: number, mode: RoundingMode = "halfUp"): string {
  return write(read(text).round(scale, MODES[mode]));
}

/** -1, 0 or 1. `1.0` and `1` are equal. */
export function compareDecimal(a: string, b: string): -1 | 0 | 1 {
  return read(a).cmp(read(b));
}

/** Exact sum of any number of decimals; `0` for none. */
export function sumDecimals(values: Iterable<string>): string {
  let sum = new Big(0);
  for (const value of values) sum = sum.plus(read(value));
  return write(sum);
}

/** Puts a number together whose needless zeros are gone. */
function assemble(sign: string, whole: string, fraction: string): string {
  if (fraction !== "") return `${sign}${whole}.${fraction}`;
  return whole === "0" ? "0" : sign + whole;
}

function read(text: string): Big {
  const plain = normaliseDecimal(text);
  if (plain === undefined) throw new DomainError("Not a decimal", "", "format", text.slice(0, 200));
  return new Big(plain);
}

function write(value: Big): string {
  return value.eq(0) ? "0" : value.toFixed();
}
