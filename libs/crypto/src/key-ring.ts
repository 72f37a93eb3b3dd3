import { createPrivateKey, createPublicKey, hash, hkdfSync, randomBytes, type KeyObject } from "node:crypto";
import { inspect } from "node:util";
import { KEY_BYTES } from "./aes-gcm";
import { fromText, toText } from "./encoding";
import { CryptoError } from "./errors";
import { Secret } from "./secret";

/** The public part of a key: whoever has it can seal for the ring's owner. Safe to publish and to log. */
export interface SealingKey {
  keyId: string;
  /** X25519, 32 bytes, base64url. */
  publicKey: string;
}

interface Entry {
  readonly id: string;
  readonly raw: Buffer;
  readonly privateKey: KeyObject;
  readonly publicKey: Buffer;
  readonly symmetric: Buffer;
}

// DER around a raw X25519 key (RFC 8410).
const PKCS8_PREFIX = Buffer.from("302e020100300506032b656e04220420", "hex");
const SPKI_PREFIX = Buffer.from("302a300506032b656e032100", "hex");
const KEY_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * The keys of one service: new content uses the active key, old content is opened by the key that its id names.
 * Each key is 32 random bytes; the X25519 and the AES key are derived from them apart (HKDF-SHA256).
 */
export class KeyRing {
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #active: Entry;

  private constructor(entries: readonly Entry[], activeId: string) {
    const active = entries.find((entry) => entry.id === activeId);
    if (!active) throw new CryptoError("UNKNOWN_KEY", `the active key ${activeId} is not in the ring`);
    this.#entries = new Map(entries.map((entry) => [entry.id, entry]));
    if (this.#entries.size !== entries.length) throw new CryptoError("MALFORMED", "a key id stands twice in the ring");
    this.#active = active;
  }

  /** A ring with one new random key. */
  static generate(): KeyRing {
    return KeyRing.fromRaw(randomBytes(KEY_BYTES));
  }

  /** A ring with one key of 32 bytes. Without `keyId` the id is a fingerprint: the same bytes give the same id. */
  static fromRaw(raw: Uint8Array, keyId?: string): KeyRing {
    const entry = newEntry(raw, keyId);
    return new KeyRing([entry], entry.id);
  }

  /**
   * Reads `{"v":1,"active":"<id>","keys":[{"id":"<id>","key":"<32 bytes, base64url>"}]}`, or one key alone as
   * 32 bytes in base64url, base64 or hex. Throws CryptoError MALFORMED without quoting the text.
   */
  static parse(text: string): KeyRing {
    const trimmed = text.trim();
    if (!trimmed.startsWith("{")) return KeyRing.fromRaw(rawFromText(trimmed));
    const { active, keys } = readRing(trimmed);
    return new KeyRing(
      keys.map(({ id, key }) => newEntry(fromText(key, "a key"), id)),
      active,
    );
  }

  get activeKeyId(): string {
    return this.#active.id;
  }

  get keyIds(): string[] {
    return [...this.#entries.keys()];
  }

  /** What others seal with: the public part of the active key. */
  publicKey(): SealingKey {
    return { keyId: this.#active.id, publicKey: toText(this.#active.publicKey) };
  }

  /** The same ring with a new active key; the old ones go on opening. */
  rotate(raw: Uint8Array = randomBytes(KEY_BYTES), keyId?: string): KeyRing {
    const entry = newEntry(raw, keyId);
    return new KeyRing([...this.#entries.values(), entry], entry.id);
  }

  /** The same ring without a retired key. The active key cannot be taken out. */
  without(keyId: string): KeyRing {
    const rest = [...this.#entries.values()].filter((entry) => entry.id !== keyId);
    return new KeyRing(rest, this.#active.id);
  }

  /** The whole ring with its keys, for `parse`. */
  export(): Secret<string> {
    const keys = [...this.#entries.values()].map((entry) => ({ id: entry.id, key: toText(entry.raw) }));
    return new Secret(JSON.stringify({ v: 1, active: this.#active.id, keys }));
  }

  /** For this library: the AES key of an id. Throws CryptoError UNKNOWN_KEY. */
  symmetricKey(keyId: string): Uint8Array {
    return this.entry(keyId).symmetric;
  }

  /** For this library: the X25519 pair of an id. Throws CryptoError UNKNOWN_KEY. */
  exchangeKey(keyId: string): { privateKey: KeyObject; publicKey: Uint8Array } {
    return this.entry(keyId);
  }

  toJSON(): { active: string; keyIds: string[] } {
    return { active: this.activeKeyId, keyIds: this.keyIds };
  }

  [inspect.custom](): string {
    return `KeyRing(${this.keyIds.join(", ")}; active ${this.activeKeyId})`;
  }

  private entry(keyId: string): Entry {
    const entry = this.#entries.get(keyId);
    if (!entry)
      throw new CryptoError("UNKNOWN_KEY", `the ring has no key ${JSON.stringify(String(keyId).slice(0, 64))}`);
    return entry;
  }
}

/** A raw X25519 public key as a key object. Throws CryptoError MALFORMED. */
export function exchangePublicKey(raw: Uint8Array): KeyObject {
  if (raw.length !== KEY_BYTES) throw new CryptoError("MALFORMED", "a public key has 32 bytes");
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: "der", type: "spki" });
}

/** The 32 bytes of a public key object. */
export function exchangePublicBytes(key: KeyObject): Buffer {
  return key.export({ format: "der", type: "spki" }).subarray(SPKI_PREFIX.length);
}

function newEntry(raw: Uint8Array, keyId: string | undefined): Entry {
  if (raw.length !== KEY_BYTES) throw new CryptoError("MALFORMED", "a key has 32 bytes");
  const seed = derive(raw, "dovetail/x25519/v1");
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: "der", type: "pkcs8" });
  const publicKey = exchangePublicBytes(createPublicKey(privateKey));
  const id = keyId ?? `k${hash("sha256", publicKey, "hex").slice(0, 12)}`;
  if (!KEY_ID.test(id)) throw new CryptoError("MALFORMED", "a key id has 1 to 64 letters, digits, dots or dashes");
  return { id, raw: Buffer.from(raw), privateKey, publicKey, symmetric: derive(raw, "dovetail/aes-256-gcm/v1") };
}

function derive(raw: Uint8Array, info: string): Buffer {
  return Buffer.from(hkdfSync("sha256", raw, new Uint8Array(0), info, KEY_BYTES));
}

function rawFromText(text: string): Buffer {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, "hex");
  const plain = text.replace(/=+$/, "").replace(/\+/g, "-").replace(/\//g, "_");
  return fromText(plain, "the key");
}

function readRing(text: string): { active: string; keys: { id: string; key: unknown }[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CryptoError("MALFORMED", "the key ring is not valid JSON");
  }
  const ring = value as { v?: unknown; active?: unknown; keys?: unknown };
  if (ring.v !== 1 || typeof ring.active !== "string" || !Array.isArray(ring.keys)) {
    throw new CryptoError("MALFORMED", "the key ring needs v 1, active and keys");
  }
  const keys = ring.keys.map((entry: unknown) => {
    const { id, key } = (entry ?? {}) as { id?: unknown; key?: unknown };
    if (typeof id !== "string") throw new CryptoError("MALFORMED", "a key of the ring has no id");
    return { id, key };
  });
  return { active: ring.active, keys };
}
