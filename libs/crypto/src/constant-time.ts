import { hash, timingSafeEqual } from "node:crypto";

/** Compares without telling by its time where or in which length the two differ. */
export function constantTimeEqual(a: string | Uint8Array, b: string | Uint8Array): boolean {
  return timingSafeEqual(hash("sha256", a, "buffer"), hash("sha256", b, "buffer"));
}
