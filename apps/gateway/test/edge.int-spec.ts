import { sync } from "@dovetail/contracts";
import { Sweeper } from "../src/sweeper";
import { Client } from "pg";
import { startGateway } from "../src/start";
import { startHarness, type Harness } from "./harness";

describe("the edge", () => {
  let harness: Harness;
  let key: string;

  beforeAll(async () => {
    harness = await startHarness({
      CORS_ORIGINS: "https://app.example.com, https://other.example.com/",
      RATE_LIMIT_PER_KEY: "30",
      RATE_LIMIT_PER_TENANT: "45",
    });
    ({ key } = await harness.tenant("demo"));
  });

  afterAll(() => harness?.stop());

  it("lets browsers of the listed origins call, and no others", async () => {
    const preflight = (origin: string) =>
      harness.call("OPTIONS", "/api/v1/erp/integrations", {
        headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
      });
    const good = await preflight("https://other.example.com");
    expect([good.status, good.headers.get("access-control-allow-origin")]).toEqual([204, "https://other.example.com"]);
    expect((await preflight("https://evil.example.com")).headers.get("access-control-allow-origin")).toBeNull();
  });

  it("sends the headers that protect browsers, also with problems", async () => {
    for (const path of ["/health/live", "/api/v1/nothing", "/api/v1/erp/integrations"]) {
      const { headers } = await harness.call("GET", path);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    }
    expect((await harness.call("GET", "/docs")).headers.get("content-security-policy")).toContain("'self'");
  });

  it("answers what is not there with a problem document that has the trace", async () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const answer = await harness.call("GET", "/api/v1/nothing?x=1", { headers: { traceparent } });
    expect(answer.body).toMatchObject({
      type: "/problems/NOT_FOUND",
      status: 404,
      instance: "/api/v1/nothing",
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
      retryable: false,
    });
  });

  it("says health to everybody and details to those who may view", async () => {
    expect((await harness.call("GET", "/api/v1/erp/health")).body).toEqual({ status: "ok" });
    expect((await harness.call("GET", "/api/v1/erp/health", { key })).body).toEqual({
      status: "ok",
      bus: "up",
      integrations: [],
    });
    expect((await harness.call("GET", "/api/v1/erp/health", { key: "dvt_wrong" })).status).toBe(401);
    expect(harness.behind.count(sync.health.subject)).toBe(1);
  });

  it("looks a key up once while it is believed", async () => {
    const db = new Client(harness.database.adminUrl);
    await db.connect();
    try {
      const uses = async (): Promise<unknown> => (await db.query("select last_used_at from gateway.api_keys")).rows;
      const before = await uses();
      for (let i = 0; i < 5; i++) await harness.call("GET", "/api/v1/auth/me", { key });
      expect(await uses()).toEqual(before);
    } finally {
      await db.end();
    }
  });

  it("limits a key and its tenant, and tells what is left", async () => {
    const other = await harness.keyOf(key, "erp_viewer");
    const get = (by: string) => harness.call("GET", "/api/v1/auth/me", { key: by });
    const first = await get(other);
    expect(first.headers.get("ratelimit-limit")).toMatch(/^(30|45)$/);
    expect(Number(first.headers.get("ratelimit-remaining"))).toBeLessThan(30);
    expect(Number(first.headers.get("ratelimit-reset"))).toBeGreaterThan(0);
    let limited;
    for (let i = 0; i < 60 && !limited; i++) {
      const answer = await get(other);
      if (answer.status === 429) limited = answer;
    }
    expect(limited?.body).toMatchObject({ code: "LIMITED", retryable: true });
    expect(Number(limited?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(limited?.headers.get("ratelimit-remaining")).toBe("0");
    let tenantLimited = false;
    for (let i = 0; i < 60 && !tenantLimited; i++) tenantLimited = (await get(key)).status === 429;
    expect(tenantLimited).toBe(true);
    expect((await harness.call("GET", "/api/v1/erp/health")).status).toBe(200);
  });

  it("does not stay half started when the notices' port is taken", async () => {
    const env = { ...harness.env, WEBHOOK_PORT: String(harness.gateway.port) };
    await expect(startGateway({ env, logger: harness.gateway.logger })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  it("removes what is old", async () => {
    const db = new Client(harness.database.adminUrl);
    await db.connect();
    try {
      const { rows } = await db.query<{ tenant_id: string }>("select tenant_id from gateway.tenants");
      const tenant = rows[0]?.tenant_id;
      await db.query(
        `insert into gateway.kept_answers (tenant_id, sender, route, key, digest, created_at)
         values ($1, 's', 'r', 'old', '{}', clock_timestamp() - interval '25 hours'),
                ($1, 's', 'r', 'new', '{}', clock_timestamp())`,
        [tenant],
      );
      await harness.gateway.app.get(Sweeper, { strict: false }).sweep();
      expect((await db.query("select key from gateway.kept_answers")).rows).toEqual([{ key: "new" }]);
    } finally {
      await db.end();
    }
  });
});
