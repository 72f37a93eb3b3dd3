import { randomFillSync } from "node:crypto";

const POOL = 4096;
const pool = Buffer.alloc(POOL);
let used = POOL;
let lastMs = 0;
let counter = 0;

/** A UUID version 7 (RFC 9562), rising within a process even in one millisecond or when the clock goes back. */
export function uuidv7(): string {
  if (used + 10 > POOL) {
    randomFillSync(pool);
    used = 0;
  }
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    // The top bit stays free, so that at least 2,048 ids fit before the millisecond is borrowed from the future.
    counter = pool.readUInt16BE(used) & 0x7ff;
  } else if (++counter > 0xfff) {
    lastMs++;
    counter = 0;
  }
  const time = lastMs.toString(16).padStart(12, "0");
  const high = (0x7000 | counter).toString(16);
  const variant = (0x8000 | (pool.readUInt16BE(used + 2) & 0x3fff)).toString(16);
  const tail = pool.toString("hex", used + 4, used + 10);
  used += 10;
  return `${time.slice(0, 8)}-${time.slice(8)}-${high}-${variant}-${tail}`;
}
