import Big from "big.js";

/** Rounds half away from zero, as Odoo's float_round does; no exponent, no trailing zeros. */
export function roundTo(value: Big | string | number, digits: number): string {
  return plain(new Big(value).round(digits, Big.roundHalfUp));
}

/** A decimal without exponent and trailing zeros. */
export function plain(value: Big | string | number): string {
  const big = new Big(value);
  return big.eq(0) ? "0" : big.toFixed();
}

/** A stored decimal, 0 when empty. */
export function decimal(cell: unknown): Big {
  return new Big(typeof cell === "string" && cell !== "" ? cell : 0);
}

/** Sum of decimals. */
export function total(cells: readonly unknown[]): Big {
  return cells.reduce<Big>((sum, cell) => sum.plus(decimal(cell)), new Big(0));
}
