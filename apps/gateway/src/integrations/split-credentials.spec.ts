import { CREDENTIAL_FIELDS, ProblemError } from "@dovetail/contracts";
import fc from "fast-check";
import { splitCredentials } from "./split-credentials";

const credentials = fc.dictionary(fc.constantFrom(...CREDENTIAL_FIELDS), fc.string({ minLength: 8 }), {
  minKeys: 1,
});

function faults(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.errors?.map(({ field, rule }) => `${field} ${rule}`);
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("splitCredentials", () => {
  it("leaves no credential among the settings, wherever it stood", () => {
    fc.assert(
      fc.property(credentials, fc.boolean(), (given, grouped) => {
        const body = grouped ? { name: "a", credentials: given } : { name: "a", ...given };
        const split = splitCredentials<{ name: string }>(body);
        expect(split.settings).toEqual({ name: "a" });
        expect(split.credentials).toEqual(given);
      }),
    );
  });

  it("has no credentials when none are given", () => {
    expect(splitCredentials({ description: "x", apiEndpoint: undefined })).toEqual({
      settings: { description: "x" },
      credentials: undefined,
    });
  });

  it("resolves aliases, also beside the same value", () => {
    const body = { baseUrl: "https://a", authType: "BASIC", authMethod: "BASIC" };
    expect(splitCredentials(body).settings).toEqual({ apiEndpoint: "https://a", authMethod: "BASIC" });
  });

  it("names every fault by its path and shows no value", () => {
    const body = {
      baseUrl: "https://a",
      apiEndpoint: "https://b",
      apiToken: "one",
      credentials: { apiToken: "two", pin: "1234", secret: 5 },
    };
    expect(faults(() => splitCredentials(body))).toEqual([
      "baseUrl twice",
      "credentials.apiToken twice",
      "credentials.pin unknownMember",
      "credentials.secret isString",
    ]);
  });
});
