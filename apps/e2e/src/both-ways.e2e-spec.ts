import type { CloudEvent, MappingVersion, RecordView, Transaction } from "@dovetail/contracts";
import { startSimulator, type Running as RunningSimulator } from "@dovetail/erp-simulator";
import { randomUUID } from "node:crypto";
import type { JsonObject } from "@dovetail/domain";
import { eventually } from "@dovetail/testing";
import type { TenantWorld } from "./tenant-world";
import { World } from "./world";

const MAIN = "odoo-main";
let world: World;
let erp: RunningSimulator;
let acme: TenantWorld;
let supplier: RecordView;
let part: RecordView;

interface Written {
  record: RecordView;
  transactions: Transaction[];
}

beforeAll(async () => {
  [world, erp] = await Promise.all([World.open({ local: true }), startSimulator({ version: 14, seed: 3 })]);
  acme = await world.tenant("acme");
  await acme.connectOdoo(MAIN, erp);
  await acme.sync(MAIN, { entityTypes: ["Supplier", "Part", "PurchaseOrder"] });
  [supplier] = (await acme.records("Supplier")) as [RecordView];
  [part] = (await acme.records("Part")) as [RecordView];
}, 90_000);
afterAll(async () => {
  await erp?.stop();
  await world?.close();
});

function order(poNumber: string, change: JsonObject = {}): JsonObject {
  const line = { part: part.key, unit: "EA" };
  return {
    poNumber,
    supplier: supplier.key,
    currency: "USD",
    lines: [
      { lineNumber: "1", ...line, quantity: "4", unitPrice: "50.26" },
      { lineNumber: "2", ...line, quantity: "5", unitPrice: "9.5" },
    ],
    ...change,
  };
}

async function orderInOdoo(externalId: string | null): Promise<{ name: string; lines: JsonObject[] }> {
  const [row] = (await erp.odoo.call("purchase.order", "read", [[Number(externalId)], ["name", "order_line"]])) as [
    { name: string; order_line: number[] },
  ];
  const fields = ["product_qty", "price_unit"];
  return {
    name: row.name,
    lines: (await erp.odoo.call("purchase.order.line", "read", [row.order_line, fields])) as JsonObject[],
  };
}

describe("a change made in the MES", () => {
  it("stands in Odoo with its lines", async () => {
    const written = await acme.api.send<Written>("PUT", "/erp/records/PurchaseOrder/PO-E2E-1", {
      body: order("PO-E2E-1"),
    });
    expect(written.status).toBe(202);
    expect(written.body.transactions.map(({ direction, operation }) => [direction, operation])).toContainEqual([
      "outbound",
      "create",
    ]);
    const push = await acme.settled("PO-E2E-1", "confirmed");
    expect(push).toMatchObject({ integration: MAIN, operation: "create", externalId: expect.stringMatching(/^\d+$/) });
    expect(await acme.api.get(`/erp/transactions/${push.id}`)).toEqual(push);
    const { name, lines } = await orderInOdoo(push.externalId);
    expect(name).toBe("PO-E2E-1");
    expect(lines.map(({ product_qty, price_unit }) => [product_qty, price_unit])).toEqual([
      [4, 50.26],
      [5, 9.5],
    ]);
  });

  it("sent twice with one Idempotency-Key is made once", async () => {
    const headers = { "idempotency-key": randomUUID() };
    const body = order("PO-E2E-2");
    const first = await acme.api.send<Written>("PUT", "/erp/records/PurchaseOrder/PO-E2E-2", { body, headers });
    const second = await acme.api.send<Written>("PUT", "/erp/records/PurchaseOrder/PO-E2E-2", { body, headers });
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(second.body.transactions.map(({ id }) => id)).toEqual(first.body.transactions.map(({ id }) => id));
    expect(second.header("idempotency-replayed")).toBe("true");
    await acme.settled("PO-E2E-2", "confirmed");
    expect(await erp.odoo.call("purchase.order", "search_count", [[["name", "=", "PO-E2E-2"]]])).toBe(1);
    const other = { body: order("PO-E2E-2", { notes: "another" }), headers };
    const conflict = await acme.api.send("PUT", "/erp/records/PurchaseOrder/PO-E2E-2", other);
    expect([conflict.status, conflict.body["code"]]).toEqual([409, "CONFLICT"]);
  });

  it("of an older version is refused with the current one", async () => {
    const path = `/erp/records/Supplier/${encodeURIComponent(supplier.key)}`;
    const before = await acme.api.send<RecordView>("GET", path);
    const headers = { "if-match": before.header("etag") ?? "" };
    const patch = { body: { website: "https://one.example.com" }, headers };
    const good = await acme.api.send<Written>("PATCH", path, patch);
    expect(good.status).toBe(202);
    expect(good.header("etag")).toBe(`"${good.body.record.version}"`);
    const stale = await acme.api.send("PATCH", path, { body: { website: "https://two.example.com" }, headers });
    expect(stale.status).toBe(412);
    expect(stale.body).toMatchObject({ code: "STALE", current: { version: good.body.record.version } });
    await acme.settled(supplier.key, "confirmed");
    const externalId = supplier.sync[0]?.externalId;
    const [row] = (await erp.odoo.call("res.partner", "read", [[Number(externalId)], ["website"]])) as [JsonObject];
    expect(row["website"]).toBe("https://one.example.com");
  });
});

describe("a change made in Odoo", () => {
  async function changePhone(phone: string): Promise<void> {
    await erp.odoo.call("res.partner", "write", [[Number(supplier.sync[0]?.externalId)], { phone }]);
  }

  it("arrives with the next synchronisation and is told on the feed and the bus", async () => {
    const module = await acme.module();
    const heard = module.subscribe("erp.acme.Supplier.updated");
    await module.flush();
    await changePhone("+31 10 555 0001");
    // What changed in this very second is read by the next run.
    await eventually(async () => {
      await acme.sync(MAIN, { entityTypes: ["Supplier"] });
      expect((await acme.record("Supplier", supplier.key)).record["phone"]).toBe("+31 10 555 0001");
    });
    const told = await eventually(async () => {
      const changes = await acme.changes();
      const found = changes.find(({ data }) => (data["record"] as JsonObject)?.["phone"] === "+31 10 555 0001");
      if (!found) throw new Error("not on the feed");
      return found;
    });
    expect(told).toMatchObject({ type: "erp.Supplier.updated", subject: supplier.key, tenant: "acme" });
    for await (const message of heard) {
      const event = message.json<CloudEvent>();
      if (event.id === told.id) break;
    }
    await module.close();
  });

  it("is fetched for the entities alone that the integration carries, though a partner is three of them", async () => {
    const narrow = await world.tenant("narrow");
    await narrow.connectOdoo(MAIN, erp, { entities: { Supplier: { direction: "both", master: true } } });
    const partner = { ref: "TWICE", supplier_rank: 1, is_company: true };
    const twins = [
      { ...partner, name: "First" },
      { ...partner, name: "Second" },
    ];
    const ids = (await erp.odoo.call("res.partner", "create", [twins])) as number[];
    await narrow.sync(MAIN, { entityTypes: ["Supplier"] });
    const place = await narrow.api.change<{ url: string }>("POST", `/erp/integrations/${MAIN}/webhook-secret`);
    const inbound = `${world.gatewayUrl}${new URL(place.url).pathname}`;
    await erp.odoo.call("res.partner", "write", [ids, { phone: "+31 10 555 0003" }]);
    for (const id of ids) await world.client().send("POST", inbound, { body: { _model: "res.partner", _id: id } });
    const path = "/erp/records/Supplier/TWICE";
    await narrow.api.until<RecordView>(path, ({ record }) => record["phone"] === "+31 10 555 0003");
    const rereads = () => world.sql("select id from sync_engine.work where kind = 'reread'");
    await eventually(async () => expect(await rereads()).toEqual([]), { timeoutMs: 20_000 });
    const letters = await narrow.api.all("/erp/dead-letters?status=OPEN");
    expect(letters.map(({ entityType }) => entityType)).toEqual(["Supplier"]);
  });

  it("is fetched when Odoo gives notice at the secret address", async () => {
    const place = await acme.api.change<{ url: string }>("POST", `/erp/integrations/${MAIN}/webhook-secret`);
    const notice = { _model: "res.partner", _id: Number(supplier.sync[0]?.externalId), _action: "changed" };
    await changePhone("+31 10 555 0002");
    const inbound = `${world.gatewayUrl}${new URL(place.url).pathname}`;
    const answer = await world.client().send("POST", inbound, { body: notice });
    expect(answer.status).toBe(202);
    const path = `/erp/records/Supplier/${encodeURIComponent(supplier.key)}`;
    await acme.api.until<RecordView>(path, ({ record }) => record["phone"] === "+31 10 555 0002");
    const wrong = await world.client().send("POST", `${inbound}x`, { body: notice });
    expect([wrong.status, wrong.body["code"]]).toEqual([404, "NOT_FOUND"]);
    expect(wrong.text).not.toContain(new URL(place.url).pathname.split("/").at(-1));
  });
});

describe("a mapping", () => {
  const path = `/erp/integrations/${MAIN}/mappings/Supplier`;

  async function changed(mesField: string, change: JsonObject): Promise<JsonObject> {
    const { document } = await acme.api.get<MappingVersion>(path);
    const mappings = (document["mappings"] as JsonObject[]).map((one) =>
      one["mesField"] === mesField ? { ...one, ...change } : one,
    );
    return { ...document, mappings };
  }

  it("with an unknown field is refused with the field that was meant", async () => {
    const answer = await acme.api.send("PUT", path, { body: await changed("phone", { erpField: "phoen" }) });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      code: "ERP003",
      errors: [{ field: expect.stringMatching(/^mappings\[\d+\]\.erpField$/), rule: "exists", value: "phoen" }],
      resolution: expect.stringContaining("Did you mean phone?"),
    });
  });

  it("becomes a new version and counts from the next full synchronisation on", async () => {
    const before = await acme.record("Supplier", supplier.key);
    const body = await changed("name", { transformation: "value.toUpperCase()" });
    expect(await acme.api.change("PUT", path, body)).toMatchObject({ version: 2, stage: "production" });
    expect(await acme.api.get(path)).toMatchObject({ version: 2, origin: "tenant" });
    expect(await acme.api.all(`${path}/versions`)).toHaveLength(2);
    const [job] = await acme.sync(MAIN, { entityTypes: ["Supplier"], mode: "full" });
    expect(job?.mappingVersion).toBe(2);
    const after = await acme.record("Supplier", supplier.key);
    expect(after.record["name"]).toBe(String(before.record["name"]).toUpperCase());
  });

  it("whose expression loops or throws for a row rejects that row alone", async () => {
    const [one, other] = (await acme.api.get<{ items: RecordView[] }>("/erp/records/Supplier?limit=2")).items;
    const names = (await erp.odoo.call("res.partner", "read", [
      [one, other].map((record) => Number(record?.sync[0]?.externalId)),
      ["name"],
    ])) as { name: string }[];
    const [loops, throws] = names.map(({ name }) => JSON.stringify(name));
    const transformation = `value === ${loops} ? (() => { for (;;); })() : value === ${throws} ? value.x.y : value`;
    await acme.api.change("PUT", path, await changed("name", { transformation }));
    const [job] = await acme.sync(MAIN, { entityTypes: ["Supplier"], mode: "full" });
    expect(job?.counts.rejected).toBe(2);
    const letters = await acme.api.all("/erp/dead-letters?entityType=Supplier&kind=REJECTED");
    expect(letters).toMatchObject([
      { kind: "REJECTED", reason: "ERP004" },
      { kind: "REJECTED", reason: "ERP004" },
    ]);
  });
});
