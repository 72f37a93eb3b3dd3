import fc from "fast-check";
import { decimalText } from "../test/arbitrary";
import {
  addDecimal,
  compareDecimal,
  divideDecimal,
  DomainError,
  multiplyDecimal,
  normaliseDecimal,
  roundDecimal,
  subtractDecimal,
  sumDecimals,
  type RoundingMode,
} from "./index";

/** The value times 10^scale, by integers alone. */
function scaled(text: string, scale: number): bigint {
  const [whole = "", fraction = ""] = text.replace("-", "").split(".");
  const magnitude = BigInt(whole + fraction.padEnd(scale, "0").slice(0, scale));
  return text.startsWith("-") ? -magnitude : magnitude;
}

function divideRounded(a: bigint, b: bigint, mode: RoundingMode): bigint {
  const negative = a < 0n !== b < 0n;
  const [n, d] = [a < 0n ? -a : a, b < 0n ? -b : b];
  const twice = (n % d) * 2n;
  const quotient = n / d;
  const up =
    mode === "up"
      ? n % d > 0n
      : mode === "down"
        ? false
        : twice > d || (twice === d && (mode === "halfUp" || quotient % 2n === 1n));
  const magnitude = up ? quotient + 1n : quotient;
  return negative ? -magnitude : magnitude;
}

const SCALE = 20;
const canonical = /^(0|-?(0|[1-9]\d*)(\.\d*[1-9])?)$/;
const mode = fc.constantFrom<RoundingMode[]>("down", "halfUp", "halfEven", "up");

describe("decimals", () => {
  it.each([
    ["50.2600", "50.26"],
    ["-0", "0"],
    ["-0.00", "0"],
    ["007.50", "7.5"],
    ["000", "0"],
    ["100", "100"],
    ["-0.5", "-0.5"],
    ["+3", "3"],
    [".5", "0.5"],
    ["5.", "5"],
    ["1e3", "1000"],
    ["1.5E-7", "0.00000015"],
    ["9007199254740993.10", "9007199254740993.1"],
  ])("writes %s as %s", (text, expected) => expect(normaliseDecimal(text)).toBe(expected));

  it.each(["", "-", ".", "1,5", "1 000", " 1", "1\n", "0x1", "NaN", "1e", "1e1000", "1.2.3", "--1", "9".repeat(1001)])(
    "does not read %j",
    (text) => expect(normaliseDecimal(text)).toBeUndefined(),
  );

  it("writes one text per value", () => {
    fc.assert(
      fc.property(decimalText, (text) => {
        const normal = normaliseDecimal(text) ?? "";
        expect(normal).toMatch(canonical);
        expect(scaled(normal, SCALE)).toBe(scaled(text, SCALE));
        expect(normaliseDecimal(normal)).toBe(normal);
      }),
    );
  });

  it("agrees with integer arithmetic", () => {
    fc.assert(
      fc.property(decimalText, decimalText, (a, b) => {
        const [x, y] = [scaled(a, SCALE), scaled(b, SCALE)];
        expect(scaled(addDecimal(a, b), SCALE)).toBe(x + y);
        expect(scaled(subtractDecimal(a, b), SCALE)).toBe(x - y);
        expect(scaled(multiplyDecimal(a, b), 2 * SCALE)).toBe(x * y);
        expect(compareDecimal(a, b)).toBe(x < y ? -1 : x > y ? 1 : 0);
      }),
    );
  });

  it("rounds and divides as integers do", () => {
    fc.assert(
      fc.property(decimalText, decimalText, fc.integer({ min: 0, max: 8 }), mode, (a, b, scale, how) => {
        const unit = 10n ** BigInt(SCALE - scale);
        expect(scaled(roundDecimal(a, scale, how), scale)).toBe(divideRounded(scaled(a, SCALE), unit, how));
        const divisor = scaled(b, SCALE);
        fc.pre(divisor !== 0n);
        const expected = divideRounded(scaled(a, SCALE) * 10n ** BigInt(scale), divisor, how);
        expect(scaled(divideDecimal(a, b, scale, how), scale)).toBe(expected);
      }),
    );
  });

  it("sums in any order to the same", () => {
    fc.assert(
      fc.property(fc.array(decimalText), (values) => {
        expect(sumDecimals(values)).toBe(sumDecimals([...values].reverse()));
        expect(scaled(sumDecimals(values), SCALE)).toBe(values.reduce((sum, text) => sum + scaled(text, SCALE), 0n));
      }),
    );
    expect(sumDecimals(["0.1", "0.2"])).toBe("0.3");
  });

  it("throws for what is no number", () => {
    expect(() => addDecimal("x", "1")).toThrow(DomainError);
    expect(() => divideDecimal("1", "0.00", 2)).toThrow("Division by zero");
  });
});
