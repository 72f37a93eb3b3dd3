import type { DeadLetter, Transaction } from "@dovetail/contracts";
import { type JsonObject, normaliseDecimal } from "@dovetail/domain";
import { eventually } from "@dovetail/testing";
import { connectAdventureWorks, newOrder, showOrder, takeOrder } from "./adventureworks/adventureworks-world";
import { type ErpRow, fewOrders, hasAdventureWorks, NO_ADVENTUREWORKS } from "./adventureworks/data";
import { fileRoot, localPlaces, type Place } from "./adventureworks/places";
import type { HandedOver } from "./adventureworks/source";
import type { TenantWorld } from "./tenant-world";
import { World } from "./world";

const ERP = "plant";
const ENTITIES = ["Supplier", "Part", "PurchaseOrder"];
const NOTHING = { created: 0, updated: 0, rejected: 0, parked: 0, deleted: 0 };
const root = fileRoot();
let world: World;

const PLACES = localPlaces(root);

if (!hasAdventureWorks) it("is skipped", () => console.warn(NO_ADVENTUREWORKS));

(hasAdventureWorks ? describe : describe.skip)("orders of the MES to a manufacturer's ERP", () => {
  beforeAll(async () => {
    world = await World.open({ local: true, env: { ERP_FILE_ROOTS: root } });
  }, 60_000);
  afterAll(async () => {
    await world?.close();
  });
  describe.each(Object.keys(PLACES) as (keyof typeof PLACES)[])("through %s", (name) => leave(name));
});

/** Numbers as they are written everywhere, whatever zeros a database adds. */
function plain(row: JsonObject): JsonObject {
  const written = (text: string) => (/^-?\d+\.\d+$/.test(text) ? (normaliseDecimal(text) ?? text) : text);
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, written(String(value))]));
}

function leave(name: keyof typeof PLACES): void {
  const data = fewOrders(20);
  let place: Place;
  let tenant: TenantWorld;

  beforeAll(async () => {
    place = await PLACES[name]();
    await place.source.load(data);
    tenant = await world.tenant(`orders-${name}`);
    await connectAdventureWorks(tenant.api, ERP, place.source);
    await tenant.sync(ERP, { entityTypes: ENTITIES });
  }, 60_000);
  afterAll(async () => {
    await place?.stop();
  });

  const put = (key: string) => tenant.api.change("PUT", `/erp/records/PurchaseOrder/${key}`, newOrder(key));
  const patch = (key: string, change: JsonObject): Promise<JsonObject> =>
    tenant.api.change("PATCH", `/erp/records/PurchaseOrder/${key}`, change);

  /** The one document that waits for the ERP's answer, once the push of this order is there. */
  async function handed(key: string): Promise<HandedOver> {
    await tenant.settled(key, "accepted");
    const [one, ...more] = await place.source.waiting();
    expect(more).toEqual([]);
    return one as HandedOver;
  }

  /** The ERP shows one of its own orders in another status. */
  async function showAs(id: string, Status: string): Promise<void> {
    const mine = (row: ErpRow) => row["PurchaseOrderID"] === id;
    const heads = (data.PurchaseOrderHeader ?? []).filter(mine).map((row) => ({ ...row, Status }));
    const lines = (data.PurchaseOrderDetail ?? []).filter(mine);
    await place.source.change({ PurchaseOrderHeader: heads, PurchaseOrderDetail: lines });
  }

  /** Nothing comes back of what went out. */
  async function isQuiet(): Promise<void> {
    for (const { counts } of await tenant.sync(ERP, { entityTypes: ENTITIES }))
      expect(counts).toEqual({ ...counts, ...NOTHING });
    expect(await place.source.waiting()).toEqual([]);
  }

  it("leave as one document each, by the ERP's own numbers, and are confirmed by its answer", async () => {
    await put("900001");
    const one = await handed("900001");
    expect(one).toMatchObject({ op: "create", externalId: null, reference: expect.stringMatching(/^[0-9A-Z]{12}$/i) });
    const { OrderDate, ...head } = one.head;
    expect(String(OrderDate)).toMatch(/^2026-03-02[T ]08:15:00/);
    expect(plain(head)).toEqual({
      PurchaseOrderID: "900001",
      VendorID: "1580",
      Status: "1",
      SubTotal: "1402.0407",
      TaxAmt: "98.1428",
      Freight: "12",
      TotalDue: "1512.1835",
    });
    expect(one.lines.map(plain)).toEqual([
      { PurchaseOrderDetailID: "1", ProductID: "1", OrderQty: "4", UnitPrice: "350.51", LineTotal: "1402.04" },
      { PurchaseOrderDetailID: "2", ProductID: "2", OrderQty: "7", UnitPrice: "0.0001", LineTotal: "0.0007" },
    ]);
    await takeOrder(place.source, one);
    expect(await tenant.settled("900001", "confirmed")).toMatchObject({ operation: "create", externalId: "900001" });
    const { sync } = await tenant.record("PurchaseOrder", "900001");
    expect(sync).toContainEqual(
      expect.objectContaining({ integration: ERP, direction: "outbound", state: "SYNCED", externalId: "900001" }),
    );
    await isQuiet();
    expect(await place.source.handedOver()).toHaveLength(1);
  });

  it("that the ERP has delivered itself leave as an update of what changed", async () => {
    const before = (await place.source.handedOver()).length;
    await patch("5", { status: "APPROVED" });
    const one = await handed("5");
    expect([one.op, one.externalId, plain(one.head), one.lines]).toEqual(["update", "5", { Status: "2" }, []]);
    await showAs("5", "2");
    await place.source.answer(one, { confirmed: "5" });
    expect(await tenant.settled("5", "confirmed")).toMatchObject({ operation: "update", externalId: "5" });
    await isQuiet();
    expect(await place.source.handedOver()).toHaveLength(before + 1);
  });

  it("changed while the ERP has not answered leave once more, with the last state alone", async () => {
    const before = (await place.source.handedOver()).length;
    await put("900002");
    const created = await handed("900002");
    await patch("900002", { status: "APPROVED" });
    await patch("900002", { status: "COMPLETE" });
    await place.source.answer(created, { confirmed: "900002" });
    const updated = await eventually(
      async () => {
        const [one] = await place.source.waiting();
        if (!one) throw new Error("nothing waits");
        return one;
      },
      { timeoutMs: 20_000 },
    );
    expect([updated.op, updated.externalId, plain(updated.head)]).toEqual(["update", "900002", { Status: "4" }]);
    await showOrder(place.source, { ...created.head, ...updated.head }, created.lines);
    await place.source.answer(updated, { confirmed: "900002" });
    await tenant.settled("900002", "confirmed");
    expect((await place.source.handedOver()).length).toBe(before + 2);
    const pushes = await tenant.api.all<Transaction>("/erp/transactions?direction=outbound&key=900002");
    expect(pushes.map(({ status }) => status).sort()).toEqual(["confirmed", "confirmed", "superseded"]);
  });

  it("changed there and back while the ERP has not answered end as they were", async () => {
    await patch("6", { status: "REJECTED" });
    const there = await handed("6");
    await patch("6", { status: "COMPLETE" });
    // A database shows each state, files only what is delivered.
    if (name === "postgresql") await showAs("6", "3");
    await place.source.answer(there, { confirmed: "6" });
    const back = await eventually(
      async () => {
        const [one] = await place.source.waiting();
        if (!one) throw new Error("nothing waits");
        return one;
      },
      { timeoutMs: 20_000 },
    );
    expect([back.op, back.externalId, plain(back.head)]).toEqual(["update", "6", { Status: "4" }]);
    if (name === "postgresql") await showAs("6", "4");
    await place.source.answer(back, { confirmed: "6" });
    await tenant.settled("6", "confirmed");
  });

  it("that the ERP refuses are listed with its words, and leave anew once they are corrected", async () => {
    await put("900003");
    await place.source.answer(await handed("900003"), { rejected: "vendor LITWARE0001 is blocked" });
    const push = await tenant.settled("900003", "rejected");
    expect(push.problem).toMatchObject({
      code: "ERP008",
      detail: expect.stringContaining("vendor LITWARE0001 is blocked"),
    });
    const [letter, ...more] = await tenant.api.all<DeadLetter>("/erp/dead-letters");
    expect(more).toEqual([]);
    expect(letter).toMatchObject({ kind: "PUSH", direction: "outbound", key: "900003", integration: ERP });
    expect(letter?.problem?.detail).toContain("vendor LITWARE0001 is blocked");
    await patch("900003", { supplier: "AUSTRALI0001" });
    const again = await handed("900003");
    expect([again.op, again.head["PurchaseOrderID"], again.head["VendorID"]].map(String)).toEqual([
      "create",
      "900003",
      "1492",
    ]);
    await takeOrder(place.source, again);
    await tenant.settled("900003", "confirmed");
    expect(await tenant.api.all("/erp/dead-letters")).toEqual([]);
    await isQuiet();
  });
}
