import { hash } from "node:crypto";

/** SHA-256 of a canonical text, in hexadecimal. Answers only "is there anything to do?", never who a record is. */
export function recordHash(canonical: string): string {
  return hash("sha256", canonical, "hex");
}
