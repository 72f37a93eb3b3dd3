import type { CloudEvent, Job, RecordView, Transaction } from "@dovetail/contracts";
import { startSimulator, type Running as RunningSimulator } from "@dovetail/erp-simulator";
import type { JsonObject } from "@dovetail/domain";
import { eventually } from "@dovetail/testing";
import { jobEvents, type JobEvent } from "./event-stream";
import { rowsInOdoo } from "./odoo-rows";
import type { TenantWorld } from "./tenant-world";
import { World } from "./world";

const MAIN = "odoo-main";
let world: World;
let erp: RunningSimulator;
let acme: TenantWorld;
let first: Job[];
let streams: JobEvent[][];

beforeAll(async () => {
  [world, erp] = await Promise.all([World.open(), startSimulator({ version: 14, seed: 3 })]);
  acme = await world.tenant("acme");
  await acme.connectOdoo(MAIN, erp);
  const jobs = await acme.execute(MAIN);
  const following = jobs.map(({ id }) => jobEvents(world.gatewayUrl, acme.api.key ?? "", id));
  first = await Promise.all(jobs.map(({ id }) => acme.ended(id)));
  streams = await Promise.all(following);
}, 90_000);
afterAll(async () => {
  await erp?.stop();
  await world?.close();
});

/** The baselines on the feed, once each entity has its own: the feed is numbered a moment after a job's end. */
function baselines(): Promise<CloudEvent[]> {
  return eventually(async () => {
    const found = (await acme.changes()).filter(({ type }) => type.endsWith(".baseline"));
    expect(found).toHaveLength(first.length);
    return found;
  });
}

describe("an integration", () => {
  it("is answered without its secrets", async () => {
    const answer = await acme.api.send("GET", `/erp/integrations/${MAIN}`);
    expect(answer.body).toMatchObject({ name: MAIN, status: "ACTIVE", adapter: { system: "ODOO", version: 1 } });
    expect(answer.body["credentials"]).toMatchObject({ set: ["apiPassword", "apiUsername"] });
    expect(answer.text).not.toContain('"admin"');
    expect(world.lines.join("\n")).not.toContain('"admin"');
  });

  it("is tested against its ERP", async () => {
    const answer = await acme.api.change("POST", `/erp/integrations/${MAIN}/test`);
    expect(answer).toMatchObject({ success: true, code: null, serverInfo: { product: "Odoo", version: "14.0" } });
  });

  it.each<[string, (place: string) => [string, JsonObject], string]>([
    ["wrong-password", (url) => [url, { apiPassword: "not the password" }], "ERP002"],
    // Port 9 (discard) is not served on this machine.
    ["unreachable", () => ["http://127.0.0.1:9", {}], "ERP001"],
  ])("whose test fails says why: %s", async (name, of, code) => {
    const [url, change] = of(erp.url);
    await acme.connectOdoo(name, { url }, change);
    const answer = await acme.api.send("POST", `/erp/integrations/${name}/test`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ success: false, code, message: expect.any(String) });
    expect(answer.text + world.lines.join("\n")).not.toContain("not the password");
    await acme.api.change("DELETE", `/erp/integrations/${name}`);
    expect((await acme.api.send("GET", `/erp/integrations/${name}`)).status).toBe(404);
  });

  it.each(["now and then", "99 * * * *", "* * *"])("with the schedule %s is refused", async (interval) => {
    const answer = await acme.api.send("PATCH", `/erp/integrations/${MAIN}`, {
      body: { syncSchedule: { enabled: true, interval } },
    });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: "ERP008", errors: [{ field: "syncSchedule.interval" }] });
  });
});

describe("the first synchronisation", () => {
  it("brings every row that Odoo counts", async () => {
    const rows = await rowsInOdoo(erp);
    const created = Object.fromEntries(first.map(({ entityType, counts }) => [entityType, counts.created]));
    expect(created).toEqual(rows);
    expect(first.filter(({ status }) => status !== "completed")).toEqual([]);
    for (const [entity, count] of Object.entries(rows))
      expect([entity, (await acme.records(entity)).length]).toEqual([entity, count]);
    expect(Object.values(rows).every((count) => count > 0)).toBe(true);
  });

  it("tells its progress as it goes", () => {
    for (const events of streams) {
      expect(events[0]?.event).toBe("state");
      expect(events.at(-1)).toMatchObject({ event: "end", job: { status: "completed" } });
    }
    const supplier = streams.flat().filter(({ job }) => job.entityType === "Supplier");
    expect(supplier.at(-1)?.job.counts.created).toBe(first[0]?.counts.created);
  });

  it("leaves nothing behind", async () => {
    expect(await acme.api.all("/erp/dead-letters")).toEqual([]);
  });

  it("a second one writes nothing", async () => {
    const cursor = (await baselines()).at(-1)?.cursor;
    const second = await acme.sync(MAIN);
    expect(second).toHaveLength(first.length);
    for (const { entityType, counts } of second)
      expect([entityType, counts]).toEqual([entityType, { ...counts, created: 0, updated: 0, rejected: 0, parked: 0 }]);
    const again = await acme.sync(MAIN, { mode: "full" });
    for (const { entityType, counts } of again) {
      expect([entityType, counts.unchanged]).toEqual([entityType, counts.read]);
      expect(counts.read).toBe(first.find((job) => job.entityType === entityType)?.counts.created);
    }
    expect(await acme.changes(cursor)).toEqual([]);
  });
});

describe("reading", () => {
  it("pages through records in the order of their keys", async () => {
    const keys = (await acme.api.all<RecordView>("/erp/records/Part", 17)).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toEqual((await acme.records("Part")).map(({ key }) => key));
    const page = await acme.api.get<{ items: RecordView[]; next: string | null }>("/erp/records/Part?limit=17");
    expect(page.items).toHaveLength(17);
  });

  it("shows one record with its ETag and where it came from", async () => {
    const [order] = (await acme.api.get<{ items: RecordView[] }>("/erp/records/PurchaseOrder?limit=1")).items;
    const answer = await acme.api.send<RecordView>("GET", `/erp/records/PurchaseOrder/${order?.key}`);
    expect(answer.header("etag")).toBe(`"${answer.body.version}"`);
    expect(answer.body.sync).toMatchObject([{ integration: MAIN, direction: "inbound", state: "SYNCED" }]);
    const { supplier, lines, totalAmount } = answer.body.record as { supplier: string; lines: []; totalAmount: string };
    expect(lines.length).toBeGreaterThan(0);
    expect(totalAmount).toMatch(/^-?\d+(\.\d+)?$/);
    expect((await acme.record("Supplier", supplier)).key).toBe(supplier);
  });

  it("the change feed begins with one baseline for each entity", async () => {
    const told = Object.fromEntries((await baselines()).map(({ data }) => [data["entityType"], data["count"]]));
    expect(told).toEqual(await rowsInOdoo(erp));
  });

  it("gives the financial reads", async () => {
    const counted = await rowsInOdoo(erp);
    const kinds = {
      customers: "Customer",
      invoices: "Invoice",
      payments: "Payment",
      "account-transactions": "GlTransaction",
      "sales-orders": "SalesOrder",
      "chart-of-accounts": "GlAccount",
    };
    for (const [kind, entity] of Object.entries(kinds))
      expect([kind, (await acme.api.all(`/erp/integrations/${MAIN}/${kind}`)).length]).toEqual([kind, counted[entity]]);
    expect(await acme.api.all(`/erp/integrations/${MAIN}/invoices?from=2001-01-01&to=2001-12-31`)).toEqual([]);
  });

  it("tells the systems, the fields, health and metrics", async () => {
    const systems = await acme.api.get<{ items: { code: string }[] }>("/erp/systems");
    expect(systems.items.map(({ code }) => code)).toContain("ODOO");
    expect(await acme.api.get("/erp/systems/odoo")).toMatchObject({ code: "ODOO" });
    const fields = await acme.api.get<{ items: { name: string }[] }>(
      `/erp/integrations/${MAIN}/fields?entityType=PurchaseOrder`,
    );
    expect(fields.items.map(({ name }) => name)).toContain("partner_ref");
    const health = { integration: MAIN, status: "CONNECTED", openDeadLetters: 0 };
    expect(await acme.api.get("/erp/health")).toMatchObject({ status: "ok", integrations: [health] });
    expect(await acme.api.get(`/erp/integrations/${MAIN}/health`)).toMatchObject(health);
    const metrics = await acme.api.get<{ items: JsonObject[] }>("/erp/metrics");
    expect(metrics.items).toMatchObject([{ integration: MAIN, queue: { pending: 0, active: 0, failed: 0 } }]);
    const text = await acme.api.send("GET", `${world.gatewayUrl}/metrics`);
    expect(text.status).toBe(200);
    expect(text.text).toMatch(/^# HELP /m);
  });

  it("lists jobs and transactions", async () => {
    const jobs = await acme.api.all<Job>(`/erp/sync-jobs?integration=${MAIN}&entityType=Part`);
    expect(jobs.at(-1)?.counts.created).toBe(120);
    const transactions = await acme.api.get<{ items: Transaction[] }>("/erp/transactions?entityType=Part&limit=5");
    expect(transactions.items).toHaveLength(5);
    expect(transactions.items[0]).toMatchObject({ integration: MAIN, direction: "inbound", operation: "create" });
  });
});
