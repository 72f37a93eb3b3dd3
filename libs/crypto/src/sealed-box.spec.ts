import fc from "fast-check";
import { CryptoError } from "./errors";
import { KeyRing } from "./key-ring";
import { isSealedBox, open, openText, rewrap, sealFor, type SealedBox } from "./sealed-box";

const ring = KeyRing.generate();
const AAD = "credentials/demo/1";

function codeOf(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    if (error instanceof CryptoError) return error.code;
    throw error;
  }
  return "no error";
}

describe("sealed box", () => {
  it("gives back what was sealed, for any content and context, also through JSON", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: "binary" }), (content, aad) => {
        const box = JSON.parse(JSON.stringify(sealFor(ring.publicKey(), content, aad))) as SealedBox;
        expect(isSealedBox(box)).toBe(true);
        expect(new Uint8Array(open(box, ring, aad))).toEqual(content);
      }),
      { numRuns: 50 },
    );
  });

  it("refuses any change of any member", () => {
    const box = sealFor(ring.publicKey(), "a password", AAD);
    const members = ["epk", "wrapped", "iv", "tag", "data"] as const;
    fc.assert(
      fc.property(fc.constantFrom(...members), fc.nat(), fc.integer({ min: 1, max: 255 }), (member, at, bits) => {
        const bytes = Buffer.from(box[member], "base64url");
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ bits;
        // X25519 ignores the top bit of a public key, yet the key also salts the derivation.
        expect(codeOf(() => open({ ...box, [member]: bytes.toString("base64url") }, ring, AAD))).toBe("TAMPERED");
      }),
      { numRuns: 100 },
    );
  });

  it("does not open in another context, with another ring or under another key id", () => {
    const box = sealFor(ring.publicKey(), "a password", AAD);
    expect(codeOf(() => open(box, ring, "credentials/demo/2"))).toBe("TAMPERED");
    expect(codeOf(() => open(box, KeyRing.generate(), AAD))).toBe("UNKNOWN_KEY");
    const second = ring.rotate();
    expect(codeOf(() => open({ ...box, keyId: second.activeKeyId }, second, AAD))).toBe("TAMPERED");
  });

  it("refuses what has not the form of a box", () => {
    const box = sealFor(ring.publicKey(), "x", AAD);
    expect(codeOf(() => open({ ...box, v: 2 } as unknown as SealedBox, ring, AAD))).toBe("MALFORMED");
    expect(codeOf(() => open({ ...box, data: "a+b" }, ring, AAD))).toBe("MALFORMED");
    expect(codeOf(() => open({ ...box, wrapped: "AAAA" }, ring, AAD))).toBe("MALFORMED");
    expect(codeOf(() => open({ ...box, tag: "AAAA" }, ring, AAD))).toBe("MALFORMED");
    expect(codeOf(() => open({ ...box, epk: "AAAA" }, ring, AAD))).toBe("MALFORMED");
    const smallOrder = Buffer.alloc(32).toString("base64url");
    expect(codeOf(() => open({ ...box, epk: smallOrder }, ring, AAD))).toBe("TAMPERED");
    expect(isSealedBox({ v: 1 })).toBe(false);
    expect(isSealedBox(null)).toBe(false);
  });

  it("never seals twice alike", () => {
    const [a, b] = [sealFor(ring.publicKey(), "x", AAD), sealFor(ring.publicKey(), "x", AAD)];
    expect(a.epk).not.toBe(b.epk);
    expect(a.data).not.toBe(b.data);
  });

  it("is wrapped anew after a rotation and then opens without the old key", () => {
    const old = KeyRing.generate();
    const box = sealFor(old.publicKey(), "a password", AAD);
    const both = old.rotate();
    const fresh = rewrap(box, both);
    expect(fresh.keyId).toBe(both.activeKeyId);
    expect(fresh.data).toBe(box.data);
    expect(openText(fresh, both.without(old.activeKeyId), AAD)).toBe("a password");
    expect(openText(box, both, AAD)).toBe("a password");
    expect(rewrap(fresh, both)).toBe(fresh);
    expect(codeOf(() => open(fresh, both, "another place"))).toBe("TAMPERED");
  });
});
