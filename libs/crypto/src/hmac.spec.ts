import { hmac, signHmac, verifyHmac } from "./hmac";

describe("HMAC", () => {
  it("agrees with RFC 4231 (SHA-256, SHA-512) and RFC 2202 (SHA-1), test case 2", () => {
    const data = "what do ya want for nothing?";
    expect(signHmac("Jefe", data)).toBe("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    expect(signHmac("Jefe", data, { algorithm: "sha1" })).toBe("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    expect(hmac("Jefe", data, "sha512").toString("hex")).toMatch(/^164b7a7bfcf819e2e395fbe73b56e0a387bd64222e83/);
  });

  it("joins parts as they stand", () => {
    expect(signHmac("k", ["a.", Buffer.from("b")])).toBe(signHmac("k", "a.b"));
  });

  it.each(["hex", "base64", "base64url"] as const)("verifies %s and refuses anything else", (encoding) => {
    const signature = signHmac("k", "data", { encoding });
    expect(verifyHmac("k", "data", signature, { encoding })).toBe(true);
    expect(verifyHmac("k", "data2", signature, { encoding })).toBe(false);
    expect(verifyHmac("k2", "data", signature, { encoding })).toBe(false);
    expect(verifyHmac("k", "data", "", { encoding })).toBe(false);
    expect(verifyHmac("k", "data", `${signature}A`, { encoding })).toBe(false);
  });

  it("reads hex in either case", () => {
    expect(verifyHmac("k", "data", signHmac("k", "data").toUpperCase())).toBe(true);
  });
});
