import { capture, hasCaptures } from "../test/fake-odoo";
import { readNotices } from "./webhook";

const read = (value: unknown) => readNotices(Buffer.from(JSON.stringify(value)));

describe("notices of automation rules", () => {
  it("name the record for each entity that it is", () => {
    const notice = { _model: "account.move", _id: 5, write_date: "2026-11-20 10:38:21.860122" };
    expect(read(notice)).toEqual([
      { entity: "Invoice", externalId: "5", eventId: "Invoice/5/2026-11-20 10:38:21.860122" },
      { entity: "GlTransaction", externalId: "5", eventId: "GlTransaction/5/2026-11-20 10:38:21.860122" },
    ]);
  });

  it("of a line name its document, or the entity alone", () => {
    expect(read({ _model: "purchase.order.line", _id: 5, order_id: [41, "P1"] })).toEqual([
      { entity: "PurchaseOrder", externalId: "41" },
    ]);
    expect(read({ _model: "purchase.order.line", _id: 5 })).toEqual([{ entity: "PurchaseOrder" }]);
  });

  it("of another model mean nothing, of no model are refused", () => {
    expect(read({ _model: "crm.lead", _id: 5 })).toEqual([]);
    for (const body of ["", "{", "null", '{"id":1}']) expect(() => readNotices(Buffer.from(body))).toThrow(/no notice/);
  });

  (hasCaptures ? it : it.skip)("that one change sends a dozen times are one event (capture)", () => {
    const { received_by_listener: received } = capture("odoo19", "120") as unknown as {
      received_by_listener: { url: string; body: { _id: number } }[];
    };
    const first = received.filter(({ body }) => body._id === received[0]?.body._id);
    const events = new Set(first.flatMap(({ body }) => read(body).map(({ eventId }) => eventId)));
    expect(first.length).toBeGreaterThan(5);
    expect([...events].filter((id) => id?.startsWith("Supplier"))).toHaveLength(1);
  });
});
