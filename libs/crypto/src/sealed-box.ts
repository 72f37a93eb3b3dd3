import { diffieHellman, generateKeyPairSync, hkdfSync, randomBytes, type KeyObject } from "node:crypto";
import { gcmDecrypt, gcmEncrypt, IV_BYTES, KEY_BYTES, TAG_BYTES } from "./aes-gcm";
import { fromText, toBytes, toText } from "./encoding";
import { CryptoError } from "./errors";
import { exchangePublicBytes, exchangePublicKey, type KeyRing, type SealingKey } from "./key-ring";

/**
 * Content that only the owner of `keyId` can open. JSON; every member but `v` and `keyId` is base64url.
 * An ephemeral X25519 key (`epk`) wraps a random data key (`wrapped`); the data key encrypts by AES-256-GCM.
 */
export interface SealedBox {
  v: 1;
  keyId: string;
  epk: string;
  wrapped: string;
  iv: string;
  tag: string;
  data: string;
}

/**
 * Seals `plaintext` to a public key. `aad` binds the box to its place (such as `credentials/<tenant>/<id>`):
 * it is not stored and opening asks for the same one, so a box moved to another row does not open.
 */
export function sealFor(key: SealingKey, plaintext: string | Uint8Array, aad: string | Uint8Array): SealedBox {
  const dataKey = randomBytes(KEY_BYTES);
  const iv = randomBytes(IV_BYTES);
  const { data, tag } = gcmEncrypt(dataKey, iv, toBytes(plaintext), toBytes(aad));
  return { v: 1, ...wrap(key, dataKey), iv: toText(iv), tag: toText(tag), data: toText(data) };
}

/** Opens a box. Throws CryptoError: UNKNOWN_KEY, TAMPERED (content or aad), MALFORMED. */
export function open(sealed: SealedBox, ring: KeyRing, aad: string | Uint8Array): Buffer {
  const dataKey = unwrap(sealed, ring);
  const text = { data: fromText(sealed.data, "data"), tag: fromText(sealed.tag, "tag") };
  return gcmDecrypt(dataKey, fromText(sealed.iv, "iv"), text, toBytes(aad));
}

/** As `open`, for content that was sealed as text. */
export function openText(sealed: SealedBox, ring: KeyRing, aad: string | Uint8Array): string {
  return open(sealed, ring, aad).toString("utf8");
}

/**
 * The same content under the ring's active key: the data key is wrapped anew, the content stays as it is and is
 * not decrypted. A box that has the active key already comes back unchanged.
 */
export function rewrap(sealed: SealedBox, ring: KeyRing): SealedBox {
  if (sealed.keyId === ring.activeKeyId) return sealed;
  return { ...sealed, ...wrap(ring.publicKey(), unwrap(sealed, ring)) };
}

/** Whether a value from outside has the form of a box (its content is only proved by `open`). */
export function isSealedBox(value: unknown): value is SealedBox {
  if (typeof value !== "object" || value === null) return false;
  const box = value as Record<string, unknown>;
  const texts = ["keyId", "epk", "wrapped", "iv", "tag", "data"];
  return box["v"] === 1 && texts.every((name) => typeof box[name] === "string");
}

function wrap(key: SealingKey, dataKey: Uint8Array): Pick<SealedBox, "keyId" | "epk" | "wrapped"> {
  const recipient = fromText(key.publicKey, "the public key");
  const ephemeral = generateKeyPairSync("x25519");
  const epk = exchangePublicBytes(ephemeral.publicKey);
  const wrapping = wrappingKey(ephemeral.privateKey, exchangePublicKey(recipient), epk, recipient);
  const { data, tag } = gcmEncrypt(wrapping.key, wrapping.iv, dataKey, wrapContext(key.keyId));
  return { keyId: key.keyId, epk: toText(epk), wrapped: toText(Buffer.concat([data, tag])) };
}

function unwrap(sealed: SealedBox, ring: KeyRing): Buffer {
  if (!isSealedBox(sealed)) throw new CryptoError("MALFORMED", "the value is not a sealed box of version 1");
  const own = ring.exchangeKey(sealed.keyId);
  const epk = fromText(sealed.epk, "epk");
  const wrapped = fromText(sealed.wrapped, "wrapped");
  if (wrapped.length !== KEY_BYTES + TAG_BYTES) throw new CryptoError("MALFORMED", "wrapped has a wrong length");
  const { key, iv } = wrappingKey(own.privateKey, exchangePublicKey(epk), epk, own.publicKey);
  const text = { data: wrapped.subarray(0, KEY_BYTES), tag: wrapped.subarray(KEY_BYTES) };
  return gcmDecrypt(key, iv, text, wrapContext(sealed.keyId));
}

/** The key is used once (its ephemeral half is new each time), so its IV may be derived with it. */
function wrappingKey(
  privateKey: KeyObject,
  publicKey: KeyObject,
  epk: Uint8Array,
  recipient: Uint8Array,
): { key: Buffer; iv: Buffer } {
  let agreed: Buffer;
  try {
    agreed = diffieHellman({ privateKey, publicKey });
  } catch {
    // OpenSSL refuses points of small order: their result would not be a secret.
    throw new CryptoError("TAMPERED", "the ephemeral key is not usable");
  }
  const salt = Buffer.concat([epk, recipient]);
  const bytes = Buffer.from(hkdfSync("sha256", agreed, salt, "dovetail/seal/v1", KEY_BYTES + IV_BYTES));
  return { key: bytes.subarray(0, KEY_BYTES), iv: bytes.subarray(KEY_BYTES) };
}

function wrapContext(keyId: string): Buffer {
  return Buffer.from(`dovetail/wrap/v1|${keyId}`, "utf8");
}
