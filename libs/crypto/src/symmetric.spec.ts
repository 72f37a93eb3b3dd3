import fc from "fast-check";
import { KeyRing } from "./key-ring";
import { decrypt, encrypt, type Encrypted } from "./symmetric";

const ring = KeyRing.generate();

describe("symmetric encryption", () => {
  it("gives back what was encrypted, also after a rotation", () => {
    const later = ring.rotate();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (content, aad) => {
        const box = JSON.parse(JSON.stringify(encrypt(ring, content, aad))) as Encrypted;
        expect(new Uint8Array(decrypt(later, box, aad))).toEqual(content);
      }),
      { numRuns: 50 },
    );
  });

  it("refuses changed content, another context, another key", () => {
    const box = encrypt(ring, "token", "a");
    const tampered = expect.objectContaining({ code: "TAMPERED" });
    expect(() => decrypt(ring, { ...box, data: encrypt(ring, "other", "a").data }, "a")).toThrow(tampered);
    expect(() => decrypt(ring, box, "b")).toThrow(tampered);
    expect(() => decrypt(ring.rotate(), { ...box, keyId: "nobody" }, "a")).toThrow(
      expect.objectContaining({ code: "UNKNOWN_KEY" }),
    );
    const second = ring.rotate();
    expect(() => decrypt(second, { ...box, keyId: second.activeKeyId }, "a")).toThrow(tampered);
    expect(() => decrypt(ring, { ...box, v: 2 } as unknown as Encrypted, "a")).toThrow(/version 1/);
  });
});
