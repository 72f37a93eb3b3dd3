import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { KeyRing } from "./key-ring";
import { open, sealFor } from "./sealed-box";

describe("key ring", () => {
  it("comes back from its export with all keys and the active one", () => {
    const ring = KeyRing.generate().rotate().rotate(randomBytes(32), "third");
    const read = KeyRing.parse(ring.export().reveal());
    expect(read.toJSON()).toEqual(ring.toJSON());
    expect(read.activeKeyId).toBe("third");
    expect(read.publicKey()).toEqual(ring.publicKey());
  });

  it("reads one key as base64url, base64 or hex and names it by its fingerprint", () => {
    const raw = randomBytes(32);
    const ids = (["base64url", "base64", "hex"] as const).map((form) => KeyRing.parse(raw.toString(form)).activeKeyId);
    expect(new Set(ids)).toEqual(new Set([KeyRing.fromRaw(raw).activeKeyId]));
  });

  it("is opened by an older key as long as that is in the ring", () => {
    const old = KeyRing.generate();
    const box = sealFor(old.publicKey(), "x", "a");
    const ring = old.rotate();
    expect(open(box, ring, "a").toString()).toBe("x");
    expect(() => open(box, ring.without(old.activeKeyId), "a")).toThrow(
      expect.objectContaining({ code: "UNKNOWN_KEY" }),
    );
  });

  it.each([
    ["{", "not valid JSON"],
    ['{"v":2,"active":"a","keys":[]}', "needs v 1"],
    ['{"v":1,"active":"a","keys":[{"id":"a","key":"c2hvcnQ"}]}', "32 bytes"],
    ['{"v":1,"active":"a","keys":[{"key":"c2hvcnQ"}]}', "no id"],
    ['{"v":1,"active":"a","keys":[]}', "not in the ring"],
    ["hunter2", "32 bytes|base64url"],
  ])("refuses %s", (text, message) => {
    expect(() => KeyRing.parse(text)).toThrow(new RegExp(message));
  });

  it("refuses a key id twice, a bad key id and taking out the active key", () => {
    const raw = randomBytes(32);
    expect(() => KeyRing.fromRaw(raw).rotate(raw)).toThrow(/twice/);
    expect(() => KeyRing.fromRaw(raw, "a|b")).toThrow(/key id/);
    expect(() => KeyRing.fromRaw(raw, "a").without("a")).toThrow(/not in the ring/);
  });

  it("shows no key, however it is printed", () => {
    const raw = randomBytes(32);
    const ring = KeyRing.fromRaw(raw);
    const shown = [JSON.stringify(ring), inspect(ring), String(ring), JSON.stringify({ key: ring.export() })].join();
    for (const form of ["base64url", "base64", "hex"] as const) expect(shown).not.toContain(raw.toString(form));
  });
});
