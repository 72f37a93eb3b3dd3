import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/** Cost of scrypt: memory is 128 · N · r bytes. */
export interface PasswordCost {
  N: number;
  r: number;
  p: number;
}

/** OWASP Password Storage Cheat Sheet: one of its equivalent minimal settings, 32 MiB a hash. */
export const PASSWORD_COST: PasswordCost = { N: 2 ** 15, r: 8, p: 3 };

const HASH_BYTES = 32;
const SALT_BYTES = 16;
const FORM = /^scrypt\$N=(\d{1,8}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/;
/** A stored text must not be able to ask for more than this. */
const MAX_MEMORY = 256 * 1024 * 1024;

/** `scrypt$N=…,r=…,p=…$<salt>$<hash>` (base64url). The password is taken in Unicode form NFKC. */
export async function hashPassword(password: string, cost: PasswordCost = PASSWORD_COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const derived = await derive(password, salt, cost);
  const { N, r, p } = cost;
  return `scrypt$N=${N},r=${r},p=${p}$${salt.toString("base64url")}$${derived.toString("base64url")}`;
}

/** Whether the password belongs to the hash text; false for a text that is none. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const parsed = parse(stored);
  if (!parsed || 128 * parsed.cost.N * parsed.cost.r > MAX_MEMORY) return false;
  const derived = await derive(password, parsed.salt, parsed.cost).catch(() => undefined);
  return derived !== undefined && timingSafeEqual(derived, parsed.hash);
}

/** Whether the hash was made at a cost other than today's: hash again at the next login. */
export function needsRehash(stored: string, cost: PasswordCost = PASSWORD_COST): boolean {
  const parsed = parse(stored);
  return !parsed || parsed.cost.N !== cost.N || parsed.cost.r !== cost.r || parsed.cost.p !== cost.p;
}

function parse(stored: string): { cost: PasswordCost; salt: Buffer; hash: Buffer } | undefined {
  const [, N, r, p, salt, hash] = FORM.exec(stored) ?? [];
  if (!N || !r || !p || !salt || !hash) return undefined;
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  return { cost, salt: Buffer.from(salt, "base64url"), hash: Buffer.from(hash, "base64url") };
}

function derive(password: string, salt: Uint8Array, cost: PasswordCost): Promise<Buffer> {
  const options = { ...cost, maxmem: MAX_MEMORY + 1024 * 1024 };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFKC"), salt, HASH_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
