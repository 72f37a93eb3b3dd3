import { constantTimeEqual } from "./constant-time";
import { sha256Hex } from "./digest";
import { randomBase32 } from "./random";
import { Secret } from "./secret";

const FORM = /^dvk_([a-z2-7]{12})_([a-z2-7]{40})$/;

/** A new API key: `key` is shown once, `id` and `hash` are stored. */
export interface NewApiKey {
  id: string;
  /** `dvk_<id>_<secret>`; the secret has 200 random bits. */
  key: Secret<string>;
  /** SHA-256 of the whole key, hex: enough, because the secret cannot be guessed. */
  hash: string;
}

export function generateApiKey(): NewApiKey {
  const id = randomBase32(12).toLowerCase();
  const key = `dvk_${id}_${randomBase32(40).toLowerCase()}`;
  return { id, key: new Secret(key), hash: hashApiKey(key) };
}

/** The id of a key text, to find its row; undefined when the text is not an API key. */
export function parseApiKey(text: string): { id: string; hash: string } | undefined {
  const id = FORM.exec(text)?.[1];
  return id === undefined ? undefined : { id, hash: hashApiKey(text) };
}

/** What is stored of a key. */
export function hashApiKey(key: string): string {
  return sha256Hex(key);
}

/** Whether the text is the key whose hash is stored, in constant time. */
export function verifyApiKey(text: string, storedHash: string): boolean {
  return constantTimeEqual(hashApiKey(text), storedHash);
}
