import { CryptoError } from "./errors";

const BASE64URL = /^[A-Za-z0-9_-]*$/;

export function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url");
}

/** Strict: one text per byte sequence, so that a changed text never reads as the same bytes. */
export function fromText(text: unknown, what: string): Buffer {
  if (typeof text !== "string" || !BASE64URL.test(text)) throw new CryptoError("MALFORMED", `${what} is not base64url`);
  const bytes = Buffer.from(text, "base64url");
  if (bytes.toString("base64url") !== text) throw new CryptoError("MALFORMED", `${what} is not canonical base64url`);
  return bytes;
}

export function toBytes(value: string | Uint8Array): Uint8Array {
  return typeof value === "string" ? Buffer.from(value, "utf8") : value;
}
