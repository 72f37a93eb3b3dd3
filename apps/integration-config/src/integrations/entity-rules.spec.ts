import type { JsonObject } from "@dovetail/domain";
import fc from "fast-check";
import { ACME } from "../../test/acme";
import { claim, made, refusals, refused } from "../../test/rules";
import { deriveEntities, readEntities, type Offer } from "./entity-rules";

const order = (settings: JsonObject): JsonObject => ({ entities: { PurchaseOrder: settings } });

describe("entities that are not given", () => {
  it("are all that the system reads, as master", () => {
    const { entities } = made({});
    expect(Object.keys(entities)).toEqual(["Supplier", "PurchaseOrder", "Part"]);
    expect(entities.Supplier).toMatchObject({ direction: "inbound", master: true });
    expect(entities.Part).toEqual({
      direction: "both",
      master: true,
      keyPrefix: null,
      lookbackSeconds: 300,
      pageSize: 1000,
      fieldPolicy: { "*": "erp" },
    });
  });

  it("become targets of pushes, or are left out, where another integration is the master", () => {
    const others = [claim("first", "PurchaseOrder", { master: true }), claim("second", "Supplier", { master: true })];
    const { entities } = made({}, others);
    expect(entities.PurchaseOrder).toMatchObject({ direction: "outbound", master: false });
    expect(entities.Part).toMatchObject({ direction: "both", master: true });
    expect(entities.Supplier).toBeUndefined();
  });

  it("are taken unchanged when they are given back (law)", () => {
    const names = ACME.entities.map((one) => one.entityType);
    const owner = fc.record({ entity: fc.constantFrom(...names), master: fc.boolean() });
    const offers = fc.array(fc.record({ pull: fc.boolean(), writes: fc.boolean() }), {
      minLength: names.length,
      maxLength: names.length,
    });
    fc.assert(
      fc.property(offers, fc.array(owner), (drawn, owners) => {
        const offered = ACME.entities.map((one, index): Offer => {
          const { pull, writes } = drawn[index] ?? { pull: false, writes: false };
          return { ...one, pull, operations: writes ? ["create"] : [] };
        });
        const others = owners.map(({ entity, master }, index) => claim(`i${index}`, entity, { master }));
        const derived = deriveEntities(offered, others);
        const read = readEntities(JSON.parse(JSON.stringify(derived)) as JsonObject, offered, others);
        expect(read).toEqual({ entities: derived, faults: [] });
      }),
    );
  });
});

it("SYN-14: rows of one request have a usual size per entity", () => {
  const { entities } = made({});
  const sizes = Object.entries(entities).map(([entity, { pageSize }]) => [entity, pageSize]);
  expect(Object.fromEntries(sizes)).toEqual({ Supplier: 100, PurchaseOrder: 50, Part: 1000 });
});

describe("entities that are given", () => {
  it("are completed", () => {
    const { entities } = made({ entities: { PurchaseOrder: { schedule: "*/5 * * * *" }, Payment: {} } });
    expect(entities).toMatchObject({
      PurchaseOrder: { direction: "both", master: true, schedule: "*/5 * * * *", pageSize: 50 },
      Payment: { direction: "outbound", master: false },
    });
    expect(made({ entities: {} }).entities).toEqual({});
  });

  it("give way to a master unless they say otherwise", () => {
    const others = [claim("first", "PurchaseOrder", { master: true })];
    expect(made(order({}), others).entities.PurchaseOrder).toMatchObject({ direction: "outbound", master: false });
    const prefixed = made(order({ keyPrefix: "EU-" }), others).entities.PurchaseOrder;
    expect(prefixed).toMatchObject({ direction: "both", master: false, keyPrefix: "EU-" });
  });

  it.each<[string, JsonObject, string]>([
    ["an unknown entity", { entities: { Invoce: {} } }, "entities.Invoce unknown"],
    ["an entity that the system lacks", { entities: { Ticket: {} } }, "entities.Ticket offered"],
    ["settings that are no object", { entities: { Part: "both" } }, "entities.Part type"],
    ["an unknown member", order({ prefix: "A" }), "entities.PurchaseOrder.prefix unknownMember"],
    ["an unknown direction", order({ direction: "sideways" }), "entities.PurchaseOrder.direction choice"],
    [
      "a direction the system lacks",
      { entities: { Supplier: { direction: "both" } } },
      "entities.Supplier.direction offered",
    ],
    [
      "reading what can only be written",
      { entities: { Payment: { direction: "inbound" } } },
      "entities.Payment.direction offered",
    ],
    ["a master that is no boolean", order({ master: "yes" }), "entities.PurchaseOrder.master type"],
    ["no owner", order({ direction: "both", master: false }), "entities.PurchaseOrder.direction ownership"],
    ["no owner, inbound", order({ direction: "inbound", master: false }), "entities.PurchaseOrder.direction ownership"],
    [
      "a master that only gets pushes",
      order({ direction: "outbound", master: true }),
      "entities.PurchaseOrder.master ownership",
    ],
    [
      "a prefix that only gets pushes",
      order({ direction: "outbound", keyPrefix: "A" }),
      "entities.PurchaseOrder.keyPrefix ownership",
    ],
    ["master and prefix", order({ master: true, keyPrefix: "A" }), "entities.PurchaseOrder.keyPrefix ownership"],
    ["an empty prefix", order({ keyPrefix: "" }), "entities.PurchaseOrder.keyPrefix format"],
    ["nonsense as schedule", order({ schedule: "now and then" }), "entities.PurchaseOrder.schedule cron"],
    ["a look-back out of range", order({ lookbackSeconds: -1 }), "entities.PurchaseOrder.lookbackSeconds range"],
    ["a page out of range", order({ pageSize: 10_001 }), "entities.PurchaseOrder.pageSize range"],
    ["a page that is no number", order({ pageSize: "10" }), "entities.PurchaseOrder.pageSize range"],
    [
      "a policy for an unknown field",
      order({ fieldPolicy: { colour: "erp" } }),
      "entities.PurchaseOrder.fieldPolicy.colour unknown",
    ],
    [
      "an unknown policy",
      order({ fieldPolicy: { status: "coin" } }),
      "entities.PurchaseOrder.fieldPolicy.status choice",
    ],
    ["a tolerance of half a row", order({ tolerance: { count: 0.5 } }), "entities.PurchaseOrder.tolerance range"],
    ["a tolerance above all rows", order({ tolerance: { rate: 1.5 } }), "entities.PurchaseOrder.tolerance range"],
    ["a tolerance of another kind", order({ tolerance: { rows: 5 } }), "entities.PurchaseOrder.tolerance range"],
    ["a scan by nonsense", order({ scanSchedule: "at night" }), "entities.PurchaseOrder.scanSchedule cron"],
    ["a policy that is no object", order({ fieldPolicy: "erp" }), "entities.PurchaseOrder.fieldPolicy type"],
  ])("are refused: %s", (_what, given, refusal) => {
    expect(refused(given)).toEqual([refusal]);
  });

  it("have one master per tenant", () => {
    const others = [claim("first", "PurchaseOrder", { master: true })];
    expect(refused(order({ master: true }), others)).toEqual(["entities.PurchaseOrder.master twoMasters"]);
    expect(refusals(() => made(order({ master: true }), others))[0]?.message).toContain("two masters: first");
  });

  it.each([
    ["EU-", "EU-"],
    ["EU", "EU-"],
    ["EU-1", "EU-"],
  ])("own prefixes that do not overlap: %s with %s", (ours, theirs) => {
    const others = [claim("first", "PurchaseOrder", { keyPrefix: theirs })];
    expect(refused(order({ keyPrefix: ours }), others)).toEqual(["entities.PurchaseOrder.keyPrefix overlap"]);
    expect(made({ entities: { Part: { keyPrefix: ours } } }, others).entities.Part?.keyPrefix).toBe(ours);
    expect(made(order({ keyPrefix: "US-" }), others).entities.PurchaseOrder?.keyPrefix).toBe("US-");
  });

  it("take a tolerance, and when their stamps are listed", () => {
    const own = { tolerance: { count: 5, rate: 0.01 }, scanSchedule: "off" };
    expect(made(order(own)).entities.PurchaseOrder).toMatchObject(own);
    expect(made(order({ scanSchedule: "0 3 * * *" })).entities.PurchaseOrder?.scanSchedule).toBe("0 3 * * *");
  });

  it("take policies for members and custom fields", () => {
    const fieldPolicy = { "*": "erp", "lines.quantity": "mes", "custom.buyer": "newest", status: "manual" };
    expect(made(order({ fieldPolicy })).entities.PurchaseOrder?.fieldPolicy).toEqual(fieldPolicy);
  });

  it("name every fault at once", () => {
    const given = {
      entities: { Nothing: {}, PurchaseOrder: { pageSize: 0, lookbackSeconds: 0.5 } },
      authMethod: "NONE",
    };
    expect(refused(given)).toHaveLength(4);
  });
});
