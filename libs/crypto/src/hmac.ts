import { createHmac, type BinaryLike } from "node:crypto";
import { constantTimeEqual } from "./constant-time";

/** SHA-1 only for partners who offer nothing else. */
export type HmacAlgorithm = "sha1" | "sha256" | "sha512";
export type HmacEncoding = "hex" | "base64" | "base64url";

/** How a signature is made; the default is SHA-256 in hex. */
export interface HmacOptions {
  algorithm?: HmacAlgorithm;
  encoding?: HmacEncoding;
}

/** The raw HMAC of `data`; several parts are joined as they stand. */
export function hmac(
  key: string | Uint8Array,
  data: string | Uint8Array | readonly (string | Uint8Array)[],
  algorithm: HmacAlgorithm = "sha256",
): Buffer {
  const mac = createHmac(algorithm, key as BinaryLike);
  for (const part of isList(data) ? data : [data]) mac.update(part);
  return mac.digest();
}

/** The HMAC of `data` as text. */
export function signHmac(
  key: string | Uint8Array,
  data: string | Uint8Array | readonly (string | Uint8Array)[],
  options: HmacOptions = {},
): string {
  return hmac(key, data, options.algorithm).toString(options.encoding ?? "hex");
}

/** Whether `signature` is the HMAC of `data`, in constant time. Hex is read in either case. */
export function verifyHmac(
  key: string | Uint8Array,
  data: string | Uint8Array | readonly (string | Uint8Array)[],
  signature: string,
  options: HmacOptions = {},
): boolean {
  const given = (options.encoding ?? "hex") === "hex" ? signature.toLowerCase() : signature;
  return constantTimeEqual(signHmac(key, data, options), given);
}

function isList(
  data: string | Uint8Array | readonly (string | Uint8Array)[],
): data is readonly (string | Uint8Array)[] {
  return Array.isArray(data);
}
