import fc from "fast-check";
import { createMask, excerpt, EXCERPT_LENGTH, secretsOf } from "./mask";
import { defineSchema } from "./schema";

describe("createMask", () => {
  const byName = createMask([]);

  it.each([
    ['{"password":"hunter2","n":1}', "hunter2"],
    ['{"apiPassword" : "hun\\"ter2"}', "ter2"],
    ['{"client_secret":"hunter2', "hunter2"],
    ["{'access_token': 'hunter2'}", "hunter2"],
    ["grant_type=password&client_secret=hunter2&scope=x", "hunter2"],
    ["https://erp/x?api_key=hunter2", "hunter2"],
    ["https://user:hunter2@erp/x", "hunter2"],
    ["Authorization: Bearer hunter2hunter2", "hunter2"],
    ["authorization=Basic aHVudGVyMg==", "aHVudGVyMg"],
    ["<SharedSecret>hunter2</SharedSecret>", "hunter2"],
    ["<wsse:Password Type='x'>hunter2</wsse:Password>", "hunter2"],
  ])("hides %s", (text, secret) => {
    expect(byName(text)).not.toContain(secret);
  });

  it("leaves the rest readable", () => {
    expect(byName('{"password":"x","name":"Bolt, M8","total":"1.50"}')).toBe(
      '{"password":"***","name":"Bolt, M8","total":"1.50"}',
    );
  });

  it("hides a known secret in every spelling, wherever it stands", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6, maxLength: 30, unit: "binary-ascii" }), (secret) => {
        fc.pre(!secret.includes("*") && secret.trim().length > 5);
        const mask = createMask([secret]);
        const spellings = [
          secret,
          JSON.stringify([secret]),
          encodeURIComponent(secret),
          Buffer.from(secret).toString("base64"),
        ];
        return spellings.every((text) => !mask(`a ${text} b`).includes(text));
      }),
    );
  });

  it("does not show half of a secret at the cut", () => {
    const secret = "S".repeat(40);
    for (let offset = 0; offset <= 45; offset++) {
      const text = `${"x".repeat(EXCERPT_LENGTH - offset)}${secret}${"y".repeat(2000)}`;
      expect(excerpt(text, createMask([secret]))).not.toContain("SSS");
    }
  });

  it("takes the secrets from a config by its schema", () => {
    const schema = defineSchema({
      user: { label: "User", type: "text", in: "credentials" },
      pass: { label: "Pass", type: "text", in: "credentials", secret: true },
    });
    expect(secretsOf(schema, { user: "u", pass: "p" })).toEqual(["p"]);
  });
});
