import { progressSubject } from "@dovetail/contracts";
import { eventually } from "@dovetail/testing";
import { aJob, startHarness, type Harness } from "./harness";

const PATH = "/api/v1/erp/records/Part";

describe("records, jobs and the ledger", () => {
  let harness: Harness;
  let key: string;

  beforeAll(async () => {
    harness = await startHarness();
    ({ key } = await harness.tenant("demo"));
  });

  afterAll(() => harness?.stop());

  const written = () => harness.behind.last("dovetail.sync-engine.records.write").input;

  it("reads a record with its ETag, also one whose key needs encoding and is long", async () => {
    for (const name of ["AR-5381", "a/b|c ü%", "x".repeat(500)]) {
      const answer = await harness.call("GET", `${PATH}/${encodeURIComponent(name)}`, { key });
      expect([answer.status, answer.headers.get("etag")]).toEqual([200, '"7"']);
      expect(answer.body).toMatchObject({ entityType: "Part", key: name, version: 7, record: { partNumber: name } });
    }
    expect((await harness.call("GET", "/api/v1/erp/records/Nonsense/1", { key })).body).toMatchObject({
      status: 404,
      code: "NOT_FOUND",
      resolution: expect.stringContaining("PurchaseOrder"),
    });
  });

  it("writes with precondition and identity of the request", async () => {
    const headers = { "if-match": '"6"', "idempotency-key": "evt-1" };
    const put = await harness.call("PUT", `${PATH}/P1`, { key, body: { partNumber: "P1" }, headers });
    expect(put.status).toBe(202);
    expect(put.body).toMatchObject({ record: { key: "P1", version: 7 }, transactions: [] });
    expect(put.headers.get("etag")).toBe('"7"');
    expect(written()).toEqual({
      entityType: "Part",
      key: "P1",
      op: "put",
      body: { partNumber: "P1" },
      ifVersion: 6,
      eventId: "evt-1",
      sender: expect.stringMatching(/^key:[a-z2-7]{12}$/),
    });
    const patch = await harness.call("PATCH", `${PATH}/P1`, {
      key,
      body: JSON.stringify({ description: null }),
      headers: { "content-type": "application/merge-patch+json" },
    });
    expect(patch.status).toBe(202);
    expect(written()).toEqual({ entityType: "Part", key: "P1", op: "patch", body: { description: null } });
    expect((await harness.call("DELETE", `${PATH}/P1`, { key })).status).toBe(202);
    expect(written()).toEqual({ entityType: "Part", key: "P1", op: "delete" });
  });

  it("refuses what cannot be a record, a precondition or a query", async () => {
    for (const [method, path, call, status] of [
      ["PUT", `${PATH}/P1`, { body: [] }, 400],
      ["PUT", `${PATH}/P1`, {}, 400],
      ["PUT", `${PATH}/P1`, { body: "{" }, 400],
      ["PUT", `${PATH}/P1`, { body: "<a/>", headers: { "content-type": "text/xml" } }, 415],
      ["PUT", `${PATH}/P1`, { body: {}, headers: { "if-match": "7" } }, 400],
      ["GET", `${PATH}?limit=0`, {}, 422],
      ["GET", `${PATH}?unknown=1`, {}, 422],
      ["PUT", `${PATH}/P1`, { body: { text: "x".repeat(3_000_000) } }, 413],
    ] as const) {
      const answer = await harness.call(method, path, { key, ...call });
      expect([method, path, answer.status]).toEqual([method, path, status]);
      expect(answer.headers.get("content-type")).toContain("application/problem+json");
    }
  });

  it("lists with its own query", async () => {
    await harness.call("GET", `${PATH}?prefix=AR-&limit=5&includeDeleted=true&cursor=abc`, { key });
    expect(harness.behind.last("dovetail.sync-engine.records.list").input).toEqual({
      entityType: "Part",
      prefix: "AR-",
      limit: 5,
      includeDeleted: true,
      cursor: "abc",
    });
  });

  it("starts a synchronisation with and without a body", async () => {
    const run = (body?: object) =>
      harness.call("POST", "/api/v1/erp/sync-jobs/odoo-demo/execute", { key, ...(body ? { body } : {}) });
    const plain = await run();
    expect([plain.status, plain.body]).toEqual([
      202,
      { jobs: [{ id: "j1", entityType: "Part", status: "queued", coalesced: false }] },
    ]);
    const input = () => harness.behind.last("dovetail.sync-engine.jobs.execute").input;
    expect(input()).toEqual({ integration: "odoo-demo", trigger: "manual" });
    await run({ entityTypes: ["Part"], mode: "full" });
    expect(input()).toEqual({ integration: "odoo-demo", trigger: "manual", entityTypes: ["Part"], mode: "full" });
    expect((await run({ trigger: "schedule" })).status).toBe(422);
    expect((await run({ mode: "sideways" })).status).toBe(422);
  });

  it("follows a job from its state over its progress to its end", async () => {
    harness.behind.job = aJob();
    const response = await fetch(`${harness.gateway.url}/api/v1/erp/sync-jobs/j1/events`, {
      headers: { authorization: `Bearer ${key}`, "last-event-id": "41" },
    });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    let received = "";
    const reading = (async () => {
      for await (const chunk of response.body ?? []) received += Buffer.from(chunk as Uint8Array).toString();
    })();
    await eventually(() => received.includes("event: state"));
    const counts = { read: 5, created: 5, updated: 0, unchanged: 0, rejected: 0, parked: 0, deleted: 0 };
    harness.behind.bus.publishCore(progressSubject("demo", "j1"), aJob({ counts }));
    await eventually(() => received.includes("event: progress"));
    harness.behind.bus.publishCore(progressSubject("demo", "j1"), aJob({ status: "completed", counts }));
    await reading;
    const events = [...received.matchAll(/event: (\w+)\nid: (\d+)\ndata: (.*)\n\n/g)];
    expect(events.map(([, name, id]) => `${name} ${id}`)).toEqual(["state 1", "progress 2", "end 3"]);
    expect(JSON.parse(events[2]?.[3] ?? "")).toMatchObject({ status: "completed", counts: { read: 5 } });
  });

  it("ends at once for a job that has ended, and answers 404 for one that is not there", async () => {
    harness.behind.job = aJob({ status: "failed" });
    const ended = await harness.call("GET", "/api/v1/erp/sync-jobs/j1/events", { key });
    expect(ended.text).toContain("event: end");
    const missing = await harness.call("GET", "/api/v1/erp/sync-jobs/missing/events", { key });
    expect([missing.status, (missing.body as { code: string }).code]).toEqual([404, "NOT_FOUND"]);
  });

  it("retries and discards dead letters", async () => {
    const at = "/api/v1/erp/dead-letters";
    await harness.call("POST", `${at}/d1/retry`, { key });
    expect(harness.behind.last("dovetail.sync-engine.dead-letters.retry").input).toEqual({ id: "d1" });
    await harness.call("POST", `${at}/d1/retry`, { key, body: { record: { a: 1 } } });
    expect(harness.behind.last("dovetail.sync-engine.dead-letters.retry").input).toEqual({
      id: "d1",
      record: { a: 1 },
    });
    expect((await harness.call("POST", `${at}/d1/discard`, { key, body: {} })).status).toBe(422);
    expect((await harness.call("POST", `${at}/d1/discard`, { key, body: { reason: "by hand" } })).status).toBe(200);
    await harness.call("POST", `${at}/d1/discard`, { key, body: { reason: "seen" }, headers: { "if-match": '"3"' } });
    expect(harness.behind.last("dovetail.sync-engine.dead-letters.discard").input).toMatchObject({ ifVersion: 3 });
    const asked = { filter: { kind: "PARKED" } };
    const bulk = await harness.call("POST", `${at}/bulk-retry`, { key, body: asked });
    expect([bulk.status, bulk.body]).toMatchObject([202, { id: "b1", status: "queued" }]);
    expect(harness.behind.last("dovetail.sync-engine.dead-letters.bulk-retry").input).toEqual(asked);
    const wrong = await harness.call("POST", `${at}/bulk-retry`, { key, body: { filter: { kind: "NO" } } });
    expect(wrong.status).toBe(422);
    expect((await harness.call("GET", "/api/v1/erp/bulk-jobs/b1", { key })).status).toBe(200);
    expect((await harness.call("POST", "/api/v1/erp/bulk-jobs/b1/cancel", { key })).status).toBe(200);
  });

  it("ends streams when the service stops", async () => {
    harness.behind.job = aJob();
    const response = await fetch(`${harness.gateway.url}/api/v1/erp/sync-jobs/j1/events`, {
      headers: { authorization: `Bearer ${key}` },
    });
    let received = "";
    const reading = (async () => {
      for await (const chunk of response.body ?? []) received += Buffer.from(chunk as Uint8Array).toString();
    })();
    await eventually(() => received.includes("event: state"));
    await harness.gateway.stop();
    await reading;
    expect(received).not.toContain("event: end");
  });
});
