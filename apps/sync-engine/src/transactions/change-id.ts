/** The id of a change: a UUID of our own making (version 8) that holds its page and ordinal. */
export function changeId(page: string, n: number): string {
  const hex = BigInt(page).toString(16).padStart(15, "0");
  const ordinal = n.toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(12, 15)}-8000-${ordinal}`;
}

/** Page and ordinal of a change id; undefined for the id of a push. */
export function parseChangeId(id: string): { page: string; n: number } | undefined {
  const match = /^([0-9a-f]{8})-([0-9a-f]{4})-8([0-9a-f]{3})-8000-([0-9a-f]{12})$/.exec(id);
  if (!match) return undefined;
  const [, high, middle, low, ordinal] = match as unknown as [string, string, string, string, string];
  const n = Number.parseInt(ordinal, 16);
  return isOrdinal(n) ? { page: BigInt(`0x${high}${middle}${low}`).toString(), n } : undefined;
}

/** Whether a change can stand there in its page: ordinals are 32 bits wide. */
export function isOrdinal(n: unknown): boolean {
  return Number.isInteger(n) && Number(n) >= 0 && Number(n) < 2 ** 31;
}
