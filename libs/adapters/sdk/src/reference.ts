import { randomBytes } from "node:crypto";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** A push's reference: 12 random base32 characters (60 bits), the same on every attempt. Carries no meaning. */
export function newReference(): string {
  let reference = "";
  for (const byte of randomBytes(12)) reference += BASE32[byte & 31];
  return reference;
}
