import { randomBytes } from "node:crypto";

/**
 * RFC 4648. Its few digits matter: a reference that reads as a number (`12E45`) is rewritten by spreadsheets and
 * by ERPs that import files.
 */
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** `n` random characters A–Z and 2–7, 5 bits each. */
export function randomBase32(n: number): string {
  let text = "";
  // 32 divides 256: the low five bits of a byte are even.
  for (const byte of randomBytes(n)) text += BASE32[byte & 31];
  return text;
}

/** A random token of `bytes` bytes (default 32) as base64url. */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString("base64url");
}
