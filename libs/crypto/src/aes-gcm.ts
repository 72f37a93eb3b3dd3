import { createCipheriv, createDecipheriv } from "node:crypto";
import { CryptoError } from "./errors";

export const KEY_BYTES = 32;
export const IV_BYTES = 12;
export const TAG_BYTES = 16;

export interface GcmText {
  data: Buffer;
  tag: Buffer;
}

export function gcmEncrypt(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): GcmText {
  const cipher = createCipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(aad);
  const data = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { data, tag: cipher.getAuthTag() };
}

export function gcmDecrypt(key: Uint8Array, iv: Uint8Array, text: GcmText, aad: Uint8Array): Buffer {
  if (iv.length !== IV_BYTES || text.tag.length !== TAG_BYTES) {
    throw new CryptoError("MALFORMED", "the initialisation vector or the tag has a wrong length");
  }
  const decipher = createDecipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad);
  decipher.setAuthTag(text.tag);
  const head = decipher.update(text.data);
  try {
    return Buffer.concat([head, decipher.final()]);
  } catch {
    throw new CryptoError("TAMPERED", "the content or its context is not the one that was encrypted");
  }
}
