import type { DomainEvent } from "@dovetail/contracts";
import { withinLimit } from "./log-row";
import { fromWire, toWire } from "./wire-event";

const common = {
  id: "0198f3d2-0000-7000-8000-000000000001",
  producer: "sync-engine",
  tenantId: "0198f3d2-0000-7000-8000-00000000000a",
  tenant: "demo",
  position: 7,
  ordinal: 2,
  of: 5,
  time: "2026-11-20T12:00:00.123Z",
} as const;

const record: DomainEvent = {
  ...common,
  type: "record.updated",
  source: "/integrations/odoo-demo",
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  data: { entityType: "PurchaseOrder", key: "PO-1", version: 7, record: { poNumber: "PO-1" } },
};
const other: DomainEvent = { ...common, type: "tenant.created", data: { tenantId: common.tenantId, name: "demo" } };

describe("an event on the wire", () => {
  it("is a CloudEvent that names entity and key", () => {
    expect(toWire(record, "opaque")).toMatchObject({
      specversion: "1.0",
      type: "erp.PurchaseOrder.updated",
      source: "/integrations/odoo-demo",
      subject: "PO-1",
      tenant: "demo",
      position: 7,
      cursor: "opaque",
    });
    expect(toWire(other)).toMatchObject({ type: "tenant.created", source: "/services/sync-engine" });
  });

  it.each([record, other])("comes back as it was", (event) => {
    expect(fromWire(JSON.parse(JSON.stringify(toWire(event))), "sync-engine")).toEqual(event);
  });

  it.each([null, 1, {}, { ...toWire(other), position: "7" }])("is not made of %p", (message) => {
    expect(fromWire(message, "sync-engine")).toBeUndefined();
  });

  it("travels without its record when it is larger than 64 KiB", () => {
    const large: DomainEvent = {
      ...record,
      data: { ...record.data, record: { notes: "x".repeat(70_000) } },
    } as DomainEvent;
    expect(withinLimit(large).data).toEqual({ entityType: "PurchaseOrder", key: "PO-1", version: 7 });
    expect(withinLimit(record)).toBe(record);
  });
});
