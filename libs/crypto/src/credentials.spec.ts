import { inspect } from "node:util";
import { generateApiKey, parseApiKey, verifyApiKey } from "./api-key";
import { constantTimeEqual } from "./constant-time";
import { sha256Hex } from "./digest";
import { hashPassword, needsRehash, verifyPassword } from "./password";
import { randomBase32, randomToken } from "./random";
import { Secret } from "./secret";

const CHEAP = { N: 1024, r: 8, p: 1 };

describe("API keys", () => {
  it("are found by id and proved by hash", () => {
    const made = generateApiKey();
    const text = made.key.reveal();
    expect(text).toMatch(new RegExp(`^dvk_${made.id}_[a-z2-7]{40}$`));
    expect(parseApiKey(text)).toEqual({ id: made.id, hash: made.hash });
    expect(verifyApiKey(text, made.hash)).toBe(true);
    expect(verifyApiKey(generateApiKey().key.reveal(), made.hash)).toBe(false);
  });

  it.each(["", "dvk_a_b", "Bearer dvk", "dvk_aaaaaaaaaaaa_", "xdvk_aaaaaaaaaaaa_".padEnd(60, "a")])(
    "%j is none",
    (text) => {
      expect(parseApiKey(text)).toBeUndefined();
    },
  );
});

describe("passwords", () => {
  it("are known by their hash, whose text carries the cost", async () => {
    const stored = await hashPassword("pass wörd", CHEAP);
    expect(stored).toMatch(/^scrypt\$N=1024,r=8,p=1\$/);
    expect(await verifyPassword("pass wörd", stored)).toBe(true);
    expect(await verifyPassword("pass wo\u0308rd", stored)).toBe(true);
    expect(await verifyPassword("pass word", stored)).toBe(false);
    expect(await hashPassword("pass wörd", CHEAP)).not.toBe(stored);
    expect(needsRehash(stored, CHEAP)).toBe(false);
    expect(needsRehash(stored)).toBe(true);
  });

  it("verify at the default cost", async () => {
    expect(await verifyPassword("x", await hashPassword("x"))).toBe(true);
  });

  it("are refused for a text that is no hash, a cost beyond reason or one that scrypt refuses", async () => {
    const tail = `$${"A".repeat(22)}$${"A".repeat(43)}`;
    expect(await verifyPassword("x", "x")).toBe(false);
    expect(await verifyPassword("x", `scrypt$N=33554432,r=8,p=1${tail}`)).toBe(false);
    expect(await verifyPassword("x", `scrypt$N=1000,r=8,p=1${tail}`)).toBe(false);
  });
});

describe("small parts", () => {
  it("compare texts and bytes of any length", () => {
    expect(constantTimeEqual("a", Buffer.from("a"))).toBe(true);
    expect(constantTimeEqual("a", "ab")).toBe(false);
  });

  it("hash as FIPS 180 says", () => {
    expect(sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  it("draw random texts of the alphabet and length asked for", () => {
    expect(randomBase32(12)).toMatch(/^[A-Z2-7]{12}$/);
    expect(new Set(randomBase32(3000))).toHaveProperty("size", 32);
    expect(Buffer.from(randomToken(24), "base64url")).toHaveLength(24);
  });

  it("keep a secret out of every text", () => {
    const secret = new Secret("hunter2");
    const shown = [String(secret), `${secret}`, JSON.stringify({ secret }), inspect({ secret }), "" + secret];
    for (const text of shown) {
      expect(text).toContain("***");
      expect(text).not.toContain("hunter2");
    }
    expect(secret.reveal()).toBe("hunter2");
  });
});
