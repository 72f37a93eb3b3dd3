import type { Job, RecordView } from "@dovetail/api-client";
import type { JsonObject } from "@dovetail/domain";
import { eventually, FaultProxy } from "@dovetail/testing";
import { OdooUser, type OdooPlace, startOdoo } from "./odoo";
import { Product } from "./product";
import { linesOf, sum, text } from "./record-parts";
import type { InteropTenant } from "./tenant";

const MAIN = "odoo";
let place: OdooPlace, stopOdoo: () => Promise<void>;
let proxy: FaultProxy;
let product: Product;
let odoo: OdooUser;
let acme: InteropTenant;
let rows: Record<string, number>;
let first: Job[];

beforeAll(async () => {
  ({ place, stop: stopOdoo } = await startOdoo());
  odoo = new OdooUser(place);
  proxy = await FaultProxy.start({ port: Number(new URL(place.url).port) });
  product = await Product.start();
  acme = await product.tenant("acme");
  await acme.connectOdoo(MAIN, place);
  rows = await odoo.rows();
  first = await acme.sync(MAIN);
});
afterAll(async () => {
  await product?.stop();
  await proxy?.stop();
  await stopOdoo?.();
});

describe("the integration", () => {
  it("is tested against Odoo", async () => {
    expect(await acme.test(MAIN)).toMatchObject({
      success: true,
      code: null,
      serverInfo: { product: "Odoo", version: "14.0" },
    });
  });

  it("with a wrong password says ERP002, in the test and in a job", async () => {
    const other = await product.tenant("wrong");
    await other.connectOdoo(MAIN, { ...place, password: "not the password" });
    expect(await other.test(MAIN)).toMatchObject({ success: false, code: "ERP002", message: expect.any(String) });
    const [job] = await other.sync(MAIN, { entityTypes: ["Supplier"] });
    expect(job).toMatchObject({ status: "failed", problem: { code: "ERP002" } });
    expect(product.log).not.toContain("not the password");
  });

  it("with an unknown database says so", async () => {
    const other = await product.tenant("elsewhere");
    await other.connectOdoo(MAIN, { ...place, database: "nowhere" });
    expect(await other.test(MAIN)).toMatchObject({ success: false, code: expect.stringMatching(/^ERP00\d$/) });
  });
});

describe("the first synchronisation", () => {
  it("runs on a PostgreSQL 15 that is not ours", async () => {
    const [server] = await product.sql<{ server_version_num: string }>("show server_version_num");
    expect(server?.server_version_num).toMatch(/^15/);
    expect(product.printed).toMatch(/PostgreSQL +127\.0\.0\.1:\d+\/interop_\w+\n/);
  });

  it("brings every row that Odoo counts, and rejects and parks none", async () => {
    expect(first.filter(({ status }) => status !== "completed")).toEqual([]);
    const told = Object.fromEntries(first.map(({ entityType, counts }) => [entityType, counts]));
    const count = (read: number) => ({ read, created: read, rejected: 0, parked: 0 });
    expect(told).toMatchObject(Object.fromEntries(Object.entries(rows).map(([entity, n]) => [entity, count(n)])));
    expect(Object.keys(told).sort()).toEqual(Object.keys(rows).sort());
    for (const { entityType } of first)
      expect([entityType, (await acme.records(entityType)).size]).toEqual([entityType, rows[entityType]]);
    expect(await acme.deadLetters()).toEqual([]);
    for (const entity of ["Contact", "Supplier", "Customer", "Part", "PurchaseOrder", "SalesOrder", "InventoryBalance"])
      expect([entity, (rows[entity] ?? 0) > 3]).toEqual([entity, true]);
  });

  it("brings every partner and every product, archived ones too", async () => {
    const known = new Set<number>();
    for (const entity of ["Supplier", "Customer", "Contact"] as const)
      for (const id of (await acme.records(entity)).keys()) known.add(id);
    expect([...known].sort((a, b) => a - b)).toEqual(await odoo.ids("res.partner"));
    const parts = await acme.records("Part");
    expect([...parts.keys()].sort((a, b) => a - b)).toEqual(await odoo.ids("product.product"));
    const contacts = await acme.records("Contact");
    for (const { id, active } of await odoo.read("res.partner", [...contacts.keys()], ["active"]))
      expect([id, text(contacts.get(id), "active")]).toEqual([id, active]);
  });

  it.each([
    ["PurchaseOrder", "purchase.order"],
    ["SalesOrder", "sale.order"],
  ] as const)("brings whole documents with their totals: %s", async (entity, model) => {
    const views = await acme.records(entity);
    expect(sum([...views.values()].map((view) => linesOf(view).length))).toBe(await odoo.count(`${model}.line`));
    for (const { id, name, amount_total, order_line } of await odoo.read(
      model,
      [...views.keys()],
      ["name", "amount_total", "order_line"],
    )) {
      const view = views.get(id);
      expect([view?.key, Number(text(view, "totalAmount")), linesOf(view).length]).toEqual([
        name,
        amount_total,
        (order_line as number[]).length,
      ]);
    }
  });

  it("brings the stock as Odoo holds it", async () => {
    const views = await acme.records("InventoryBalance");
    for (const { id, quantity } of await odoo.read("stock.quant", [...views.keys()], ["quantity"]))
      expect([id, Number(text(views.get(id), "quantity"))]).toEqual([id, quantity]);
  });
});

describe("a second synchronisation", () => {
  const sizes = () =>
    product.sql(`select (select count(*) from sync_engine.changes) changes, (select count(*) from sync_engine.pages) pages,
      (select count(*) from sync_engine.records) records, (select max(xmin::text::bigint) from sync_engine.records) written,
      (select count(*) from sync_engine.event_log where type like 'record.%') told`);

  it.each(["incremental", "full"] as const)("writes nothing: %s", async (mode) => {
    const before = await sizes();
    const jobs = await acme.sync(MAIN, { mode });
    expect(jobs).toHaveLength(first.length);
    for (const { entityType, status, counts } of jobs) {
      const nothing = { created: 0, updated: 0, deleted: 0, rejected: 0, parked: 0, unchanged: counts.read };
      expect([entityType, status, counts]).toEqual([entityType, "completed", { ...counts, ...nothing }]);
      if (mode === "full") expect([entityType, counts.read]).toEqual([entityType, rows[entityType]]);
    }
    expect(await sizes()).toEqual(before);
  });
});

describe("a purchase order made in the MES", () => {
  const key = `PO-MES-${Date.now()}`;
  let externalId: number;

  it("stands in Odoo with its lines and is confirmed with its id there", async () => {
    const [supplier] = (await acme.records("Supplier")).values();
    const parts = [...(await acme.records("Part")).values()].filter(
      ({ record }) => record["purchased"] === true && record["unit"] === "EA" && record["active"] === true,
    );
    const line = (number: number, quantity: string, unitPrice: string): JsonObject => {
      return { lineNumber: String(number), part: parts[number]?.key ?? "", quantity, unit: "EA", unitPrice };
    };
    const lines = [line(1, "4", "50.26"), line(2, "5", "9.5"), line(3, "120", "0.75")];
    const body = { poNumber: key, supplier: supplier?.key ?? "", currency: "USD", notes: "by sea", lines };
    const { transactions } = await acme.api.call("PUT /api/v1/erp/records/{entityType}/{key}", {
      path: { entityType: "PurchaseOrder", key },
      body,
      idempotencyKey: `${key}-1`,
    });
    expect(transactions).toContainEqual(expect.objectContaining({ direction: "outbound", operation: "create" }));
    const push = await acme.settled(key, "confirmed");
    expect(push).toMatchObject({ integration: MAIN, externalId: expect.stringMatching(/^\d+$/), problem: null });
    externalId = Number(push.externalId);
    expect(await odoo.ids("purchase.order", [["name", "=", key]])).toEqual([externalId]);
    const [order] = await odoo.read("purchase.order", [externalId], ["partner_id", "order_line", "notes"]);
    expect(order).toMatchObject({ partner_id: [Number(supplier?.sync[0]?.externalId), expect.any(String)] });
    const stand = await odoo.read("purchase.order.line", order?.["order_line"] as number[], [
      "product_id",
      "product_qty",
      "price_unit",
    ]);
    const expected = lines.map(({ quantity, unitPrice }, i) => ({
      product_id: [Number(parts[i + 1]?.sync[0]?.externalId), expect.any(String)],
      product_qty: Number(quantity),
      price_unit: Number(unitPrice),
    }));
    expect(stand).toMatchObject(expected);
  });

  it("is not made twice, and comes back unchanged", async () => {
    const before = await acme.record("PurchaseOrder", key);
    const [job] = await acme.sync(MAIN, { entityTypes: ["PurchaseOrder"], mode: "full" });
    expect(job).toMatchObject({ status: "completed", counts: { created: 0, rejected: 0, parked: 0, deleted: 0 } });
    expect(await odoo.count("purchase.order", [["name", "=", key]])).toBe(1);
    const after = await acme.record("PurchaseOrder", key);
    expect(after.record["lines"]).toMatchObject(before.record["lines"] as JsonObject[]);
    const link = { integration: MAIN, state: "SYNCED", externalId: String(externalId) };
    const pushed = { ...link, direction: "outbound", lastSyncAt: expect.stringMatching(/Z$/), lastError: null };
    expect(after.sync).toMatchObject([{ ...link, direction: "inbound" }, pushed]);
  });

  it("is approved by the MES, and Odoo confirms it", async () => {
    const path = { entityType: "PurchaseOrder", key } as const;
    await acme.api.call("PATCH /api/v1/erp/records/{entityType}/{key}", { path, body: { status: "APPROVED" } });
    await acme.settled(key, "confirmed");
    const [order] = await odoo.read("purchase.order", [externalId], ["state", "picking_ids"]);
    expect(order).toMatchObject({ state: "purchase", picking_ids: [expect.any(Number)] });
  });
});

describe("a change made in Odoo", () => {
  /** Windows end before Odoo's present second: the next synchronisation but one sees the change at the latest. */
  const arrives = (entityTypes: string[], check: () => Promise<unknown>): Promise<unknown> =>
    eventually(
      async () => {
        const jobs = await acme.sync(MAIN, { entityTypes, mode: "incremental" });
        expect(jobs.map(({ status }) => status)).toEqual(entityTypes.map(() => "completed"));
        await check();
      },
      { timeoutMs: 20_000 },
    );

  it("of a partner arrives in each of its roles", async () => {
    const [id, supplier] = [...(await acme.records("Supplier"))][0] as [number, RecordView];
    const phone = `+31 10 ${Date.now() % 10_000_000}`;
    await odoo.write("res.partner", id, { phone });
    await arrives(["Supplier", "Contact"], async () => {
      expect((await acme.record("Supplier", supplier.key)).record["phone"]).toBe(phone);
      expect((await acme.records("Contact")).get(id)?.record["phone"]).toBe(phone);
    });
  });

  it("of a line's quantity arrives in its order, with the new total", async () => {
    const [id, order] = [...(await acme.records("PurchaseOrder"))].find(
      ([, { record }]) => record["status"] === "DRAFT",
    ) as [number, RecordView];
    const [{ order_line: lines } = { order_line: [] }] = await odoo.read("purchase.order", [id], ["order_line"]);
    const line = (lines as number[])[0] ?? 0;
    await odoo.write("purchase.order.line", line, { product_qty: 77 });
    await arrives(["PurchaseOrder"], async () => {
      const { record } = await acme.record("PurchaseOrder", order.key);
      expect((record["lines"] as JsonObject[])[0]).toMatchObject({ quantity: "77" });
      const [{ amount_total: total } = { amount_total: 0 }] = await odoo.read("purchase.order", [id], ["amount_total"]);
      expect(Number(record["totalAmount"])).toBe(total);
    });
  });

  it("of a product's name arrives although it stands on the template", async () => {
    const [id, part] = [...(await acme.records("Part"))][0] as [number, RecordView];
    const name = `Renamed ${Date.now()}`;
    const [row] = await odoo.read("product.product", [id], ["product_tmpl_id"]);
    await odoo.write("product.template", (row?.["product_tmpl_id"] as [number])[0], { name });
    await arrives(["Part"], async () => {
      expect((await acme.record("Part", part.key)).record["name"]).toBe(name);
    });
  });

  it.each([
    ["Contact", "res.partner", { name: "Leaving Ltd", phone: "1" }],
    ["Part", "product.product", { name: "Leaving part" }],
  ] as const)("that archives a row leaves the record, inactive: %s", async (entity, model, values) => {
    const id = await odoo.call<number>(model, "create", [values]);
    const view = async () => (await acme.records(entity)).get(id);
    await arrives([entity], async () => expect(await view()).toMatchObject({ record: { active: true } }));
    await odoo.write(model, id, { active: false });
    await arrives([entity], async () => expect(await view()).toMatchObject({ record: { active: false } }));
    const [full] = await acme.sync(MAIN, { entityTypes: [entity], mode: "full" });
    expect(full?.counts).toMatchObject({ deleted: 0, rejected: 0, parked: 0 });
    expect(await view()).toMatchObject({ deleted: false, record: { active: false } });
    await odoo.write(model, id, { active: true });
    await arrives([entity], async () => expect(await view()).toMatchObject({ record: { active: true } }));
  });
});

describe("an Odoo that is lost in the middle", () => {
  it("fails the job with ERP001 and keeps what arrived; the next one brings the rest", async () => {
    const other = await product.tenant("lossy");
    const entities = { Contact: { direction: "inbound", master: true, pageSize: 5 } };
    await other.connectOdoo(MAIN, { ...place, url: proxy.through(place.url) }, { entities });
    const count = await odoo.count("res.partner");
    proxy.delay(60);
    const [id = ""] = await other.execute(MAIN, { entityTypes: ["Contact"] });
    await eventually(async () => (await other.job(id)).counts.read > 0, { timeoutMs: 20_000 });
    proxy.cut();
    const [lost] = await other.ended([id]);
    expect(lost).toMatchObject({ status: "failed", problem: { code: "ERP001", retryable: true } });
    const kept = (await other.records("Contact")).size;
    expect([kept > 0, kept < count]).toEqual([true, true]);
    expect(await other.test(MAIN)).toMatchObject({ success: false, code: "ERP001" });
    proxy.pass();
    expect(await other.test(MAIN)).toMatchObject({ success: true });
    const [again] = await other.sync(MAIN, { entityTypes: ["Contact"] });
    expect(again).toMatchObject({ status: "completed", counts: { rejected: 0, parked: 0 } });
    expect((await other.records("Contact")).size).toBe(count);
    expect(await other.deadLetters()).toEqual([]);
  });
});

describe("a restart of the product", () => {
  it("finds everything again, and the next synchronisation has nothing to do", async () => {
    const before = (await acme.records("PurchaseOrder")).size;
    await product.restart();
    expect(product.printed).toMatch(/schemas +up to date/);
    expect((await acme.records("PurchaseOrder")).size).toBe(before);
    await acme.sync(MAIN, { entityTypes: ["PurchaseOrder"] });
    const [job] = await acme.sync(MAIN, { entityTypes: ["PurchaseOrder"], mode: "full" });
    expect(job).toMatchObject({ status: "completed", counts: { created: 0, updated: 0, rejected: 0, parked: 0 } });
  });

  it("no service logged an error of its own making", () => {
    const errors = product.log.split("\n").filter((line) => /"level":"(error|fatal)"/.test(line));
    expect(errors).toEqual([]);
  });
});
