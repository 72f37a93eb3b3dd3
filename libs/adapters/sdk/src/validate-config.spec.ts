import { newReference } from "./reference";
import { type ConfigOf, defineSchema } from "./schema";
import { gatherConfig, validateConfig } from "./validate-config";

const fields = {
  apiEndpoint: { label: "URL", type: "url", in: "connection", required: true },
  database: { label: "Database", type: "text", in: "settings", required: true, pattern: "[a-z]+" },
  batch: { label: "Batch", type: "integer", in: "settings", min: 1, max: 10, default: 5 },
  archived: { label: "Archived", type: "boolean", in: "settings" },
  region: { label: "Region", type: "choice", in: "settings", choices: ["eu", "us"] },
  extra: { label: "Extra", type: "json", in: "settings" },
  authMethod: { label: "Method", type: "choice", in: "connection", choices: ["BASIC", "API_KEY"] },
  apiPassword: {
    label: "Password",
    type: "text",
    in: "credentials",
    required: true,
    secret: true,
    auth: ["BASIC"],
    max: 12,
  },
} as const;
const schema = defineSchema(fields);
const good = { apiEndpoint: "https://erp.example.com", database: "o", apiPassword: "hunter2" };

describe("validateConfig", () => {
  it("returns a typed value with defaults", () => {
    const result = validateConfig(schema, good);
    if (!result.ok) throw new Error(JSON.stringify(result.errors));
    const config: ConfigOf<typeof fields> = result.value;
    const region: "eu" | "us" | undefined = config.region;
    expect([config.batch, region]).toEqual([5, undefined]);
  });

  it.each([
    [{ apiEndpoint: "ftp://x" }, "apiEndpoint", "url"],
    [{ apiEndpoint: "https://u:p@x" }, "apiEndpoint", "url"],
    [{ apiEndpoint: null }, "apiEndpoint", "required"],
    [{ database: "O1" }, "database", "pattern"],
    [{ database: "a\nb" }, "database", "singleLine"],
    [{ database: 7 }, "database", "type"],
    [{ batch: 11 }, "batch", "range"],
    [{ batch: 1.5 }, "batch", "type"],
    [{ archived: "yes" }, "archived", "type"],
    [{ region: "mars" }, "region", "choice"],
    [{ nonsense: 1 }, "nonsense", "unknown"],
    [{ apiPassword: "" }, "apiPassword", "required"],
  ])("refuses %j", (change, field, rule) => {
    const result = validateConfig(schema, { ...good, ...change });
    expect(result).toMatchObject({ ok: false, errors: [{ field, rule, code: "ERP008" }] });
  });

  it("never shows a secret's value", () => {
    const result = validateConfig(schema, { ...good, apiPassword: "much-too-long-password" });
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain("much-too");
  });

  it("asks only for what the auth method needs", () => {
    const rest = { apiEndpoint: good.apiEndpoint, database: good.database };
    expect(validateConfig(schema, { ...rest, authMethod: "API_KEY" }).ok).toBe(true);
    expect(validateConfig(schema, { ...rest, authMethod: "BASIC" }).ok).toBe(false);
  });

  it("is plain data", () => {
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });

  it("gathers a config from where an integration keeps its parts", () => {
    const parts = {
      connection: { apiEndpoint: "https://x", other: 1 },
      settings: { database: "o", apiPassword: "not here" },
      credentials: { apiPassword: "hunter2" },
    };
    expect(gatherConfig(schema, parts)).toEqual({ apiEndpoint: "https://x", database: "o", apiPassword: "hunter2" });
  });
});

describe("newReference", () => {
  it("is 12 base32 characters, another each time", () => {
    const made = new Set(Array.from({ length: 1000 }, newReference));
    expect(made.size).toBe(1000);
    for (const reference of made) expect(reference).toMatch(/^[A-Z2-7]{12}$/);
  });
});
