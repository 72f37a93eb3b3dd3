import type { CloudEvent, DeadLetter, Job } from "@dovetail/contracts";
import { addDecimal } from "@dovetail/domain";
import { eventually } from "@dovetail/testing";
import type { TenantWorld } from "../tenant-world";
import type { World } from "../world";
import { connectAdventureWorks, countsOf, linesOf, summaryOf } from "./adventureworks-world";
import { EXPECTED, wholeData, type ErpRow } from "./data";
import type { Place } from "./places";

const ERP = "plant";
const COUNTS = {
  Supplier: EXPECTED.Supplier,
  Part: EXPECTED.Part,
  PurchaseOrder: EXPECTED.PurchaseOrder,
  InventoryBalance: EXPECTED.InventoryBalance,
};
const NOTHING = { created: 0, updated: 0, rejected: 0, parked: 0, deleted: 0 };

/** Declares what holds of the data on every way into the product (jest); the ERP at `start` is empty. */
export function arrives(name: string, start: () => Promise<Place>, world: () => World): void {
  const data = wholeData();
  let place: Place;
  let tenant: TenantWorld;
  let first: Job[];
  let cursor: string | undefined;

  beforeAll(async () => {
    place = await start();
    await place.source.load(data);
    tenant = await world().tenant(`works-${name}`);
    // 503 of the parts have one and the same time of change: many pages of them.
    await connectAdventureWorks(tenant.api, ERP, place.source, { pageSizes: { Part: 49 } });
    first = await tenant.sync(ERP);
  }, 60_000);
  afterAll(async () => {
    await place?.stop();
  });

  /** What is new on the feed since the last look, once there is as much as is expected. */
  async function told(count: number): Promise<CloudEvent[]> {
    const events = await eventually(async () => {
      const changes = await tenant.changes(cursor);
      expect(changes.map(({ type, subject }) => [type, subject])).toHaveLength(count);
      return changes;
    });
    cursor = events.at(-1)?.cursor ?? cursor;
    return events;
  }

  function ordersOf(...ids: string[]): { heads: ErpRow[]; lines: ErpRow[] } {
    const of = (rows: ErpRow[] = []) => rows.filter(({ PurchaseOrderID = "" }) => ids.includes(PurchaseOrderID));
    return { heads: of(data.PurchaseOrderHeader), lines: of(data.PurchaseOrderDetail) };
  }

  it("arrives whole and exact", async () => {
    const none = { updated: 0, unchanged: 0, rejected: 0, parked: 0, deleted: 0 };
    for (const { entityType, counts } of first) {
      const rows = COUNTS[entityType as keyof typeof COUNTS];
      expect([entityType, counts]).toEqual([entityType, { ...none, read: rows, created: rows }]);
    }
    const { lines, totalDue } = EXPECTED;
    expect(await summaryOf(tenant)).toEqual({ counts: COUNTS, lines, totalDue, unequal: [], dangling: 0 });
    expect(await tenant.api.all("/erp/dead-letters")).toEqual([]);
    const baselines = await told(4);
    expect(Object.fromEntries(baselines.map(({ data }) => [data["entityType"], data["count"]]))).toEqual(COUNTS);
  });

  it("has the currency, units and times that its rows lack, and keys in place of ids", async () => {
    const parts = (await tenant.records("Part")).map(({ record }) => record);
    const units = (field: string) => new Set(parts.map((part) => part[field] ?? null));
    expect(units("purchaseUnit")).toEqual(new Set([null, "CT", "CS", "CA", "DZN", "GLL", "PK", "EA"]));
    expect(units("weightUnit")).toEqual(new Set([null, "LBR", "GRM"]));
    const { record, sync } = await tenant.record("PurchaseOrder", "1");
    expect(sync).toMatchObject([{ integration: ERP, state: "SYNCED", externalId: "1" }]);
    expect(record).toMatchObject({ supplier: "LITWARE0001", status: "COMPLETE", currency: "USD", subtotal: "201.04" });
    expect(record).toMatchObject({ orderDate: "2022-04-15T00:00:00Z", totalAmount: "222.1492" });
    const line = {
      part: "AR-5381",
      quantity: "4",
      unit: "EA",
      unitPrice: "50.26",
      expectedDate: "2022-04-29T00:00:00Z",
    };
    expect(record["lines"]).toEqual([
      { ...line, lineNumber: "1", lineTotal: "201.04", receivedQuantity: "3", rejectedQuantity: "0" },
    ]);
  });

  it("is read whole by a second run, which writes nothing", async () => {
    const full = countsOf(await tenant.sync(ERP, { mode: "full" }));
    for (const [entity, count] of Object.entries(COUNTS))
      expect([entity, full[entity]]).toEqual([entity, { ...NOTHING, read: count, unchanged: count }]);
    const again = countsOf(await tenant.sync(ERP));
    for (const counts of Object.values(again)) expect(counts).toEqual({ ...counts, ...NOTHING });
    await told(0);
  });

  it("changes in exactly the forty orders that changed", async () => {
    const ids = (data.PurchaseOrderHeader ?? []).slice(700, 740).map(({ PurchaseOrderID = "" }) => PurchaseOrderID);
    const { heads, lines } = ordersOf(...ids);
    const dearer = (row: ErpRow, column: string) => addDecimal(row[column] ?? "", "0.25");
    const changed = heads.map((row) => ({
      ...row,
      Freight: dearer(row, "Freight"),
      TotalDue: dearer(row, "TotalDue"),
    }));
    await place.source.change({ PurchaseOrderHeader: changed, PurchaseOrderDetail: lines });
    const { PurchaseOrder, ...rest } = countsOf(await tenant.sync(ERP));
    expect(PurchaseOrder).toEqual({ ...NOTHING, read: 40, updated: 40, unchanged: 0 });
    for (const counts of Object.values(rest)) expect(counts).toEqual({ ...counts, ...NOTHING });
    const events = await told(40);
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(["erp.PurchaseOrder.updated"]));
    expect(events.map(({ subject }) => subject).sort()).toEqual([...ids].sort());
    const totalDue = addDecimal(EXPECTED.totalDue, "10");
    expect(await summaryOf(tenant)).toMatchObject({ counts: COUNTS, lines: EXPECTED.lines, totalDue, unequal: [] });
  });

  it("changes in exactly the forty balances that changed in a whole delivery", async () => {
    const counted = (row: ErpRow, index: number) =>
      index % 26 === 0 && index < 1040 ? { ...row, Quantity: "7777" } : row;
    await place.source.change({ ProductInventory: data.ProductInventory?.map(counted) ?? [] });
    const [job] = await tenant.sync(ERP, { entityTypes: ["InventoryBalance"] });
    expect(job?.counts).toEqual({ ...NOTHING, read: 1069, updated: 40, unchanged: 1029 });
    await told(40);
  });

  it("lacks only the malformed row, which is listed with its reason until it comes right", async () => {
    const vendors = (data.Vendor ?? []).slice(10, 15);
    const renamed = vendors.map((row, index): ErpRow => ({ ...row, Name: `Renamed ${index}` }));
    const [bad, ...good] = renamed as [ErpRow, ...ErpRow[]];
    await place.source.change({ Vendor: [{ ...bad, AccountNumber: "" }, ...good] });
    const [job] = await tenant.sync(ERP, { entityTypes: ["Supplier"] });
    expect(job?.counts).toEqual({ ...NOTHING, read: 5, updated: 4, rejected: 1, unchanged: 0 });
    const letters = await tenant.api.all<DeadLetter>("/erp/dead-letters");
    expect(letters).toMatchObject([{ kind: "REJECTED", entityType: "Supplier", externalId: bad["BusinessEntityID"] }]);
    expect(letters[0]?.problem?.errors).toMatchObject([{ field: "supplierNumber", rule: "required" }]);
    const names = async () => (await tenant.records("Supplier")).map(({ record }) => String(record["name"]));
    expect((await names()).filter((name) => name.startsWith("Renamed")).sort()).toEqual(good.map(({ Name }) => Name));
    await place.source.change({ Vendor: [bad] });
    await tenant.sync(ERP, { entityTypes: ["Supplier"] });
    expect(await tenant.api.all("/erp/dead-letters")).toEqual([]);
    expect((await names()).filter((name) => name.startsWith("Renamed"))).toHaveLength(5);
    await told(5);
  });

  it("loses the lines that were removed at the source", async () => {
    const { heads, lines } = ordersOf("7", "8");
    const kept = lines.filter((_, index) => index % 2 === 0);
    expect(kept.length).toBeLessThan(lines.length);
    await place.source.change({ PurchaseOrderHeader: heads, PurchaseOrderDetail: kept });
    const [job] = await tenant.sync(ERP, { entityTypes: ["PurchaseOrder"] });
    expect(job?.counts.updated).toBe(2);
    for (const id of ["7", "8"]) {
      const { record } = await tenant.record("PurchaseOrder", id);
      const expected = kept.filter((line) => line["PurchaseOrderID"] === id);
      expect(linesOf(record).map(({ lineNumber }) => lineNumber)).toEqual(
        expected.map((line) => line["PurchaseOrderDetailID"]),
      );
    }
    const { lines: count } = await summaryOf(tenant);
    expect(count).toBe(EXPECTED.lines - (lines.length - kept.length));
    await told(2);
  });

  it("is as it was read when everything is read once more", async () => {
    for (const { counts } of await tenant.sync(ERP, { mode: "full" }))
      expect(counts).toEqual({ ...NOTHING, read: counts.read, unchanged: counts.read });
    await told(0);
  });
}
