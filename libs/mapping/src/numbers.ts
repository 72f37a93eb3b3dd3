import { normaliseDecimal } from "@dovetail/domain";
import { ValueFailure } from "./failures";

/** A double keeps every decimal of this many significant digits; with more, digits are invented or lost. */
const EXACT_DIGITS = 15;

/** Exact decimal text of a JSON number. Throws ValueFailure (ERP004) beyond 15 significant digits. */
export function decimalOfNumber(value: number): string {
  const text = String(value);
  if (text.length <= EXACT_DIGITS && Number.isFinite(value) && !text.includes("e")) return text;
  const decimal = normaliseDecimal(text);
  if (decimal === undefined) throw new ValueFailure("type", "not a finite number", "ERP008");
  if (significantDigits(text) > EXACT_DIGITS) throw tooPrecise();
  return decimal;
}

/** A JSON number of the same value as decimal text. Throws ValueFailure (ERP004) beyond 15 significant digits. */
export function numberOfDecimal(text: string): number {
  if (text.length > EXACT_DIGITS && significantDigits(text) > EXACT_DIGITS) throw tooPrecise();
  return Number(text);
}

function significantDigits(text: string): number {
  const mantissa = text.replace(/e.*$/i, "").replace(/[-+.]/g, "").replace(/^0+/, "");
  return (text.includes(".") || /e/i.test(text) ? mantissa : mantissa.replace(/0+$/, "")).length;
}

function tooPrecise(): ValueFailure {
  return new ValueFailure("precision", `more than ${EXACT_DIGITS} significant digits: use ROUND`);
}
