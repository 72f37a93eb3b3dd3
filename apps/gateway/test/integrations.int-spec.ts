import { credentialContext } from "@dovetail/contracts";
import { openText, type SealedBox } from "@dovetail/crypto";
import { startHarness, type Harness } from "./harness";

const PATH = "/api/v1/erp/integrations";
const BODY = {
  name: "impact-production",
  erpSystem: "IMPACT",
  baseUrl: "https://impact.company.com/api",
  authMethod: "BASIC",
  apiUsername: "api_user",
  apiPassword: "s3cret-of-the-erp",
  limits: { concurrentCalls: 4 },
};

interface Asked {
  integration: Record<string, unknown>;
  patch: Record<string, unknown>;
  credentials: { box: SealedBox; summary: unknown };
}

describe("integrations and mappings", () => {
  let harness: Harness;
  let key: string;
  let tenantId: string;

  beforeAll(async () => {
    harness = await startHarness();
    ({ key, id: tenantId } = await harness.tenant("demo"));
  });

  afterAll(() => harness?.stop());

  const asked = (name: string) =>
    harness.behind.last(`dovetail.integration-config.integrations.${name}`).input as unknown as Asked;
  const opened = ({ credentials }: Asked, name: string): unknown =>
    JSON.parse(openText(credentials.box, harness.behind.ring, credentialContext(tenantId, name)));

  it("seals credentials to the sync-engine and hands on the rest with its aliases resolved", async () => {
    const answer = await harness.call("POST", PATH, { key, body: BODY });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("etag")).toBe('"4"');
    expect(answer.headers.get("location")).toBe(`${PATH}/odoo-demo`);
    const input = asked("create");
    expect(input.integration).toEqual({
      name: "impact-production",
      erpSystem: "IMPACT",
      apiEndpoint: "https://impact.company.com/api",
      authMethod: "BASIC",
      limits: { concurrentCalls: 4 },
    });
    expect(input.credentials.summary).toEqual({ set: ["apiPassword", "apiUsername"] });
    expect(opened(input, "impact-production")).toEqual({ apiUsername: "api_user", apiPassword: "s3cret-of-the-erp" });
    const everywhere = JSON.stringify(harness.behind.asked) + harness.lines.join("") + answer.text;
    expect(everywhere).not.toContain("s3cret-of-the-erp");
  });

  it("takes credentials grouped, and replaces them as a set bound to the integration's name", async () => {
    const body = { description: "new", credentials: { apiToken: "t0ken-of-the-erp" } };
    const answer = await harness.call("PATCH", `${PATH}/some-id`, { key, body, headers: { "if-match": '"4"' } });
    expect(answer.status).toBe(200);
    const input = asked("update");
    expect(input).toMatchObject({ id: "some-id", ifVersion: 4, patch: { description: "new" } });
    expect(opened(input, "odoo-demo")).toEqual({ apiToken: "t0ken-of-the-erp" });
  });

  it("changes an integration without credentials without asking for a key", async () => {
    const before = harness.behind.count("dovetail.integration-config.integrations.get");
    await harness.call("PATCH", `${PATH}/some-id`, { key, body: { critical: true } });
    expect(asked("update")).not.toHaveProperty("credentials");
    expect(harness.behind.count("dovetail.integration-config.integrations.get")).toBe(before);
    expect(harness.behind.count("dovetail.sync-engine.keys.sealing")).toBe(1);
  });

  it.each([
    ["an unknown member", { ...BODY, apiPasword: "x" }, "apiPasword", "unknownMember"],
    ["an unknown nested member", { ...BODY, limits: { perSecond: 1 } }, "limits.perSecond", "unknownMember"],
    ["an unknown credential", { ...BODY, credentials: { pin: "s3cret" } }, "credentials.pin", "unknownMember"],
    ["a credential that is no text", { ...BODY, credentials: { apiToken: 5 } }, "credentials.apiToken", "isString"],
    ["one credential twice", { ...BODY, credentials: { apiPassword: "s3cret" } }, "credentials.apiPassword", "twice"],
    ["an alias that differs", { ...BODY, apiEndpoint: "https://other" }, "baseUrl", "twice"],
    ["a name that cannot be", { ...BODY, name: "Not good" }, "name", "matches"],
  ])("refuses %s by its path", async (_, body, field, rule) => {
    const before = harness.behind.count("dovetail.integration-config.integrations.create");
    const answer = await harness.call("POST", PATH, { key, body });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      code: "ERP008",
      instance: PATH,
      errors: [expect.objectContaining({ field, rule })],
    });
    expect(answer.text).not.toContain("s3cret");
    expect(harness.behind.count("dovetail.integration-config.integrations.create")).toBe(before);
  });

  it("answers a failed connection test with 200, and what is not there with 404", async () => {
    const test = await harness.call("POST", `${PATH}/odoo-demo/test`, { key });
    expect([test.status, test.body]).toMatchObject([200, { success: false, code: "ERP002" }]);
    for (const path of ["missing", "missing/health", "missing/fields?entityType=Part", "missing/mappings/Part"]) {
      const answer = await harness.call("GET", `${PATH}/${path}`, { key });
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.headers.get("content-type")).toContain("application/problem+json");
    }
    expect((await harness.call("GET", `${PATH}/odoo-demo/mappings/Nonsense`, { key })).status).toBe(404);
  });

  it("hands states, mappings and financial reads on", async () => {
    for (const [verb, status] of [
      ["enable", "ACTIVE"],
      ["disable", "DISABLED"],
      ["pause", "PAUSED"],
      ["resume", "ACTIVE"],
    ]) {
      expect((await harness.call("POST", `${PATH}/odoo-demo/${verb}`, { key })).status).toBe(200);
      expect(asked("status")).toEqual({ id: "odoo-demo", status });
    }
    const put = await harness.call("PUT", `${PATH}/odoo-demo/mappings/purchaseorder`, {
      key,
      body: { mappings: [] },
      headers: { "if-match": '"2"' },
    });
    expect([put.status, put.body, put.headers.get("etag")]).toEqual([
      200,
      { version: 3, stage: "production", warnings: [] },
      '"3"',
    ]);
    expect(harness.behind.last("dovetail.integration-config.mappings.put").input).toEqual({
      integration: "odoo-demo",
      entityType: "PurchaseOrder",
      document: { mappings: [] },
      ifVersion: 2,
    });
    await harness.call("GET", `${PATH}/odoo-demo/chart-of-accounts?from=2026-01-01&limit=5`, { key });
    expect(harness.behind.last("dovetail.sync-engine.records.financial").input).toEqual({
      integration: "odoo-demo",
      kind: "chart-of-accounts",
      from: "2026-01-01",
      limit: 5,
    });
    expect((await harness.call("DELETE", `${PATH}/odoo-demo`, { key })).status).toBe(204);
  });

  it("answers a repeated request with an Idempotency-Key as the first one, and refuses another body", async () => {
    const before = harness.behind.count("dovetail.integration-config.integrations.create");
    const headers = { "idempotency-key": "create-1" };
    const first = await harness.call("POST", PATH, { key, body: BODY, headers });
    const second = await harness.call("POST", PATH, { key, body: BODY, headers });
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect(second.headers.get("idempotency-replayed")).toBe("true");
    expect(second.headers.get("etag")).toBe('"4"');
    expect(second.headers.get("location")).toBe(first.headers.get("location"));
    expect(harness.behind.count("dovetail.integration-config.integrations.create")).toBe(before + 1);
    const other = await harness.call("POST", PATH, { key, body: { ...BODY, critical: true }, headers });
    expect(other.body).toMatchObject({ status: 409, code: "CONFLICT" });
    const elsewhere = await harness.keyOf(key, "erp_admin");
    expect(
      (await harness.call("POST", PATH, { key: elsewhere, body: BODY, headers })).headers.get("idempotency-replayed"),
    ).toBeNull();
    expect((await harness.call("POST", PATH, { key, body: BODY, headers: { "idempotency-key": "a b" } })).status).toBe(
      400,
    );
  });

  it("lets a request that failed be repeated with the same Idempotency-Key", async () => {
    const call = () =>
      harness.call("POST", `${PATH}/missing/enable`, { key, headers: { "idempotency-key": "enable-1" } });
    expect((await call()).status).toBe(404);
    const before = harness.behind.count("dovetail.integration-config.integrations.status");
    expect((await call()).status).toBe(404);
    expect(harness.behind.count("dovetail.integration-config.integrations.status")).toBe(before + 1);
  });
});
