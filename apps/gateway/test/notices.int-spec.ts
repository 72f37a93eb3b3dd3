import { gateway as operations, readEvents, serviceContext } from "@dovetail/contracts";
import { eventually, freePort } from "@dovetail/testing";
import { Client } from "pg";
import { startGateway } from "../src/start";
import type { Running } from "@dovetail/service-kit";
import { anIntegration, send, startHarness, type Harness } from "./harness";

const SECRET_ROUTE = "/api/v1/erp/integrations/odoo-demo/webhook-secret";

describe("inbound notices", () => {
  let harness: Harness;
  let key: string;
  let tenantId: string;
  let path: string;
  let notices: string;
  let db: Client;

  beforeAll(async () => {
    const port = await freePort();
    notices = `http://127.0.0.1:${port}`;
    harness = await startHarness({ WEBHOOK_PORT: String(port), PLATFORM_URL: "https://dovetail.example.com/" });
    ({ key, id: tenantId } = await harness.tenant("demo"));
    db = new Client(harness.database.adminUrl);
    await db.connect();
    expect((await harness.call("GET", SECRET_ROUTE, { key })).status).toBe(404);
    path = await rotate();
  });

  afterAll(async () => {
    await db?.end();
    await harness?.stop();
  });

  const rotate = async (): Promise<string> => {
    const answer = await harness.call("POST", SECRET_ROUTE, { key });
    const { url } = answer.body as { url: string };
    expect(url).toMatch(/^https:\/\/dovetail\.example\.com\/api\/v1\/webhooks\/inbound\/demo\.odoo-demo\/[\w-]{32}$/);
    return url.replace("https://dovetail.example.com", "");
  };
  const post = (body: string, headers: Record<string, string> = {}, to = path) =>
    harness.call("POST", to, { body, headers: { "content-type": "text/xml", ...headers } });
  const stored = async (): Promise<number> => (await db.query("select 1 from gateway.notices")).rowCount ?? 0;
  const service = serviceContext("sync-engine", "", "demo");

  it("stores a body of any type, encrypted, with its event, before it answers", async () => {
    const answer = await post("<changed>TOP-SECRET-PART</changed>", { "x-erp": "1", authorization: "Bearer no" });
    expect(answer.status).toBe(202);
    const { id } = answer.body as { id: string };
    const rows = await db.query("select content, repeats from gateway.notices where id = $1", [id]);
    expect(rows.rowCount).toBe(1);
    expect(JSON.stringify(rows.rows)).not.toContain("TOP-SECRET-PART");
    const read = await harness.behind.bus.call(operations.notice, { ...service, tenantId }, { id });
    expect(Buffer.from(read.body, "base64").toString()).toBe("<changed>TOP-SECRET-PART</changed>");
    expect(read.headers).toMatchObject({ "x-erp": "1", "content-type": "text/xml" });
    expect(read.headers).not.toHaveProperty("authorization");
    await eventually(async () => {
      const range = await harness.behind.bus.call(
        readEvents.gateway,
        { ...service, tenantId },
        { consumer: "spec", after: 0, limit: 100 },
      );
      expect(range.events.at(-1)).toMatchObject({
        type: "notice.received",
        tenant: "demo",
        data: { noticeId: id, integrationId: anIntegration().id, integration: "odoo-demo" },
      });
    });
    expect(harness.lines.join("")).not.toContain(path.split("/").at(-1));
  });

  it("takes them at the listener of their own, by id too, empty and malformed JSON alike", async () => {
    const secret = path.split("/").at(-1);
    const byId = `/api/v1/webhooks/inbound/${anIntegration().id}/${secret}`;
    expect((await send(notices, "POST", byId, { headers: { "content-length": "0" } })).status).toBe(202);
    expect((await send(notices, "POST", path, { body: "{not json" })).status).toBe(202);
    expect((await send(notices, "GET", "/api/v1/erp/integrations", { key })).status).toBe(404);
  });

  it("collapses repeats: those with the same delivery id, and equal ones that nobody has been told of yet", async () => {
    const first = await post("<a/>", { "webhook-id": "m1" });
    const again = await post("<a/>", { "webhook-id": "m1" });
    expect(again.body).toEqual({ ...(first.body as object), duplicate: true });
    const before = await stored();
    // Many at once, before the log's next round.
    const many = await Promise.all(Array.from({ length: 8 }, () => post("<b/>")));
    const ids = new Set(many.map(({ body }) => (body as { id: string }).id));
    expect(ids.size).toBeLessThanOrEqual(2);
    expect(await stored()).toBe(before + ids.size);
    await eventually(async () => {
      const { rows } = await db.query("select 1 from gateway.event_log where position is null");
      expect(rows).toEqual([]);
    });
    // Told already: the ERP may have changed again since.
    expect((await post("<b/>")).body).toMatchObject({ duplicate: false });
  });

  it("says 404 for a wrong secret, an unknown integration and another tenant's alike", async () => {
    const secret = path.split("/").at(-1);
    const before = await stored();
    for (const wrong of [
      "/api/v1/webhooks/inbound/demo.odoo-demo/wrong",
      `/api/v1/webhooks/inbound/other.odoo-demo/${secret}`,
      `/api/v1/webhooks/inbound/odoo-demo/${secret}`,
    ]) {
      const answer = await post("<c/>", {}, wrong);
      expect([answer.status, answer.text.includes(String(secret))]).toEqual([404, false]);
    }
    expect(await stored()).toBe(before);
    const other = { ...service, tenantId: "0198f3d2-0000-7000-8000-0000000000ff" };
    const { rows } = await db.query<{ id: string }>("select id from gateway.notices limit 1");
    await expect(harness.behind.bus.call(operations.notice, other, { id: rows[0]?.id ?? "" })).rejects.toMatchObject({
      problem: { code: "NOT_FOUND" },
    });
  });

  it("lets the address before a rotation work for a day", async () => {
    const old = path;
    path = await rotate();
    expect(path).not.toBe(old);
    expect((await harness.call("GET", SECRET_ROUTE, { key })).body).toMatchObject({
      url: `https://dovetail.example.com${path}`,
      previousUntil: expect.any(String),
    });
    expect((await post("<d/>", {}, old)).status).toBe(202);
    expect((await post("<e/>")).status).toBe(202);
    await db.query("update gateway.webhook_secrets set previous_until = clock_timestamp() - interval '1 s'");
    expect((await post("<f/>", {}, old)).status).toBe(404);
  });

  it("tells services the tenants and their bus users, and nobody else", async () => {
    const { bus } = harness.behind;
    expect(await bus.call(operations.tenants, service, {})).toEqual([{ id: tenantId, name: "demo" }]);
    const users = await bus.call(operations.busUsers, service, {});
    expect(users).toEqual([
      { tenant: "demo", user: "tenant-demo", passwordHash: expect.stringMatching(/^\$2[ab]\$08\$/) },
    ]);
    const module = { ...service, actor: { ...service.actor, kind: "module" as const } };
    await expect(bus.call(operations.busUsers, module, {})).rejects.toMatchObject({ problem: { code: "NOT_FOUND" } });
  });

  describe("without the bus", () => {
    let second: Running | undefined;

    afterAll(async () => {
      await second?.stop();
    });

    it("takes notices all the same, answers the rest with 503, and stays alive", async () => {
      await harness.nats.kill();
      await eventually(async () => (await harness.call("GET", "/api/v1/erp/health")).text.includes("down"));
      expect((await post("<g/>")).status).toBe(202);
      const answer = await harness.call("GET", "/api/v1/erp/integrations", { key });
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
      expect(answer.body).toMatchObject({ code: "UNAVAILABLE", retryable: true });
      expect((await harness.call("GET", "/health/live")).status).toBe(200);
      expect((await harness.call("GET", "/health/ready")).status).toBe(503);
      expect((await harness.call("GET", "/api/v1/auth/me", { key })).status).toBe(200);
    });

    it("starts, and joins the bus when it is there", async () => {
      second = await startGateway({ env: { ...harness.env, WEBHOOK_PORT: undefined }, logger: harness.gateway.logger });
      const base = second.url;
      expect((await send(base, "POST", path, { body: "<h/>" })).status).toBe(202);
      expect((await send(base, "GET", "/api/v1/erp/integrations", { key })).status).toBe(503);
      await harness.nats.restart();
      await eventually(
        async () => {
          expect((await send(base, "GET", "/api/v1/erp/integrations", { key })).status).toBe(200);
          expect((await send(base, "GET", "/health/ready")).status).toBe(200);
          const { rows } = await db.query("select 1 from gateway.event_log where position is null");
          expect(rows).toEqual([]);
        },
        { timeoutMs: 15_000 },
      );
    });
  });
});
