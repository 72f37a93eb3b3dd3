import { randomBytes } from "node:crypto";
import { gcmDecrypt, gcmEncrypt, IV_BYTES } from "./aes-gcm";
import { fromText, toBytes, toText } from "./encoding";
import { CryptoError } from "./errors";
import type { KeyRing } from "./key-ring";

/** Content encrypted by a service for itself. JSON; `iv`, `tag` and `data` are base64url. */
export interface Encrypted {
  v: 1;
  keyId: string;
  iv: string;
  tag: string;
  data: string;
}

/** Encrypts with the ring's active key (AES-256-GCM). `aad` binds the content to its place, as in `sealFor`. */
export function encrypt(ring: KeyRing, plaintext: string | Uint8Array, aad: string | Uint8Array): Encrypted {
  const keyId = ring.activeKeyId;
  const iv = randomBytes(IV_BYTES);
  const { data, tag } = gcmEncrypt(ring.symmetricKey(keyId), iv, toBytes(plaintext), context(keyId, aad));
  return { v: 1, keyId, iv: toText(iv), tag: toText(tag), data: toText(data) };
}

/** The content in clear. Throws CryptoError: UNKNOWN_KEY, TAMPERED (content or aad), MALFORMED. */
export function decrypt(ring: KeyRing, encrypted: Encrypted, aad: string | Uint8Array): Buffer {
  if (encrypted.v !== 1) throw new CryptoError("MALFORMED", "the value is not encrypted content of version 1");
  const { keyId } = encrypted;
  const key = ring.symmetricKey(keyId);
  const text = { data: fromText(encrypted.data, "data"), tag: fromText(encrypted.tag, "tag") };
  return gcmDecrypt(key, fromText(encrypted.iv, "iv"), text, context(keyId, aad));
}

function context(keyId: string, aad: string | Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`dovetail/encrypt/v1|${keyId}|`, "utf8"), toBytes(aad)]);
}
