import { type Push, SqlClient, writeTerms } from "@dovetail/adapter-sdk";
import type { JsonObject } from "@dovetail/domain";
import { databaseView } from "../src";
import { openPlace, type Place } from "./database-harness";
import { postgresPlace } from "./places";

const WRITES: JsonObject[] = [
  {
    entityType: "PurchaseOrder",
    table: "po_interface",
    mode: "interface",
    reference: "ext_ref",
    columns: { poNumber: "po_no", totalAmount: "total" },
    values: { source: "MES" },
    operation: { column: "action", create: "I", update: "U" },
    children: [{ as: "lines", table: "po_line_interface", parent: { header_id: "id", ext_ref: "$reference" } }],
    status: {
      column: "status",
      pending: "N",
      done: ["P"],
      failed: ["E"],
      messageColumn: "error_text",
      externalIdColumn: "po_id",
    },
  },
];

describe("interface tables", () => {
  let place: Place;
  let sql: SqlClient;
  let stop: () => Promise<void>;
  let session: unknown;
  let close: () => Promise<void>;
  const push = () => databaseView.entities.PurchaseOrder?.push;
  const send = (reference: string, body: JsonObject) => push()?.send(session, { op: "create", reference, body });
  const poll = (reference: string) => push()?.poll?.(session, { reference });
  const body = {
    poNumber: "4711",
    totalAmount: "0.1000",
    lines: [
      { line_no: 1, qty: "3.50" },
      { line_no: 2, qty: "1" },
    ],
  };

  beforeAll(async () => {
    ({ place, stop } = await postgresPlace());
    sql = new SqlClient({ ...place, host: "127.0.0.1" });
    await sql.execute(
      "create table po_interface (id bigserial primary key, ext_ref text, po_no text, total numeric, source text, " +
        "action text, status char(2), error_text text, po_id text)",
    );
    await sql.execute(
      "create table po_line_interface (header_id bigint, ext_ref text, line_no int, qty numeric check (qty > 0))",
    );
    ({ session, close } = await openPlace(place, { writes: WRITES }));
  });
  afterAll(async () => {
    await close();
    await sql.close();
    await stop();
  });

  it("takes first writes of a new session at once, more than there are connections, without their waiting for each other", async () => {
    const fresh = await openPlace(place, { writes: WRITES });
    const references = Array.from({ length: 12 }, (_, index) => `AT-ONCE-${index}`);
    const sent = references.map(async (reference) => push()?.send(fresh.session, { op: "create", reference, body }));
    expect((await Promise.all(sent)).map((result) => result?.done)).toEqual(references.map(() => "accepted"));
    await fresh.close();
    const [row] = await sql.query("select count(*) as n from po_interface where ext_ref like 'AT-ONCE-%'");
    expect(Number(row?.["n"])).toBe(12);
    await sql.execute("delete from po_interface where ext_ref like 'AT-ONCE-%'");
    await sql.execute("delete from po_line_interface where ext_ref like 'AT-ONCE-%'");
  }, 10_000);

  it("take header and lines once, and are asked for the outcome", async () => {
    expect(await send("REF1", body)).toEqual({ done: "accepted", handle: { reference: "REF1" } });
    expect(await send("REF1", body)).toEqual({ done: "accepted", handle: { reference: "REF1" } });
    expect(await sql.query("select po_no, total, source, action, status from po_interface")).toEqual([
      { po_no: "4711", total: "0.1000", source: "MES", action: "I", status: "N " },
    ]);
    expect(
      await sql.query("select qty from po_line_interface l join po_interface h on h.id = l.header_id order by line_no"),
    ).toEqual([{ qty: "3.50" }, { qty: "1" }]);
    expect(await poll("REF1")).toBe("pending");
    await sql.execute("update po_interface set status = 'P', po_id = 'PO-9' where ext_ref = 'REF1'");
    expect(await poll("REF1")).toEqual({ externalId: "PO-9" });
    expect(await pollWithView("REF1")).toMatchObject({
      externalId: "PO-9",
      version: expect.any(String) as string,
      shown: { externalId: "PO-9", body: { po_no: "4711", total: "0.1000" } },
    });
    await send("REF2", body);
    await sql.execute("update po_interface set status = 'E', error_text = 'no such vendor' where ext_ref = 'REF2'");
    expect(await poll("REF2")).toMatchObject({ category: "VALIDATION", message: "no such vendor" });
  });

  /** Where a view shows the document, it is read when it is done. */
  async function pollWithView(reference: string) {
    const views = [{ entityType: "PurchaseOrder", view: "v_po", key: ["po_id"] }];
    await sql.execute("create view v_po as select po_id, po_no, total from po_interface where po_id is not null");
    const opened = await openPlace(place, { views, writes: WRITES });
    try {
      return await push()?.poll?.(opened.session, { reference });
    } finally {
      await opened.close();
    }
  }

  it("take a document whole or not at all", async () => {
    const broken = send("REF3", {
      ...body,
      lines: [
        { line_no: 1, qty: "1" },
        { line_no: 2, qty: "-1" },
      ],
    });
    await expect(broken).rejects.toMatchObject({ category: "VALIDATION", sent: "no", bodyCode: "postgresql/23514" });
    expect(await sql.query("select 1 from po_interface where ext_ref = 'REF3'")).toEqual([]);
    await expect(send("REF4", { ...body, lines: [{ nope: 1 }] })).rejects.toMatchObject({ code: "ERP003", sent: "no" });
    expect(await databaseView.entities.PurchaseOrder?.lookup?.(session, { reference: "REF4" })).toEqual([]);
  });

  it("two senders of one reference at once write it once", async () => {
    await Promise.all([send("REF5", body), send("REF5", body), send("REF5", body)]);
    expect(await sql.query("select count(*) as n from po_interface where ext_ref = 'REF5'")).toEqual([{ n: "1" }]);
  });
});

describe("a table that holds no reference", () => {
  const write = { entityType: "CostPosting", table: "cost_entry", reference: null, key: ["posting_no"] };
  const body = { posting_no: "C-1", amount: "12.5000" };

  it("is of class N: a second writing is a second row, and a lookup by reference does not claim absence", async () => {
    const { place, stop } = await postgresPlace();
    const sql = new SqlClient({ ...place, host: "127.0.0.1" });
    await sql.execute("create table cost_entry (id bigserial primary key, posting_no text, amount numeric)");
    const opened = await openPlace(place, { writes: [write] });
    const port = databaseView.entities.CostPosting;
    const push = port?.push as Push<unknown>;
    expect(writeTerms(push, opened.session).class).toBe("N");
    const request = { op: "post", reference: "REFN", body } as const;
    expect(await push.send(opened.session, request)).toEqual({ done: "confirmed", externalId: "C-1" });
    await push.send(opened.session, request);
    expect(await sql.query("select posting_no, amount from cost_entry")).toEqual([
      { posting_no: "C-1", amount: "12.5000" },
      { posting_no: "C-1", amount: "12.5000" },
    ]);
    await expect(port?.lookup?.(opened.session, { reference: "REFN" })).rejects.toMatchObject({ sent: "no" });
    await expect(
      push.send(opened.session, { op: "post", reference: "REFO", body: { amount: "1" } }),
    ).rejects.toMatchObject({ sent: "no", message: expect.stringContaining("posting_no must be written") });
    await opened.close();
    await sql.close();
    await stop();
  });

  it("is the exception: with one the same connection is of class K", async () => {
    const writes = [write, { entityType: "Receipt", table: "r", reference: "ref", key: ["id"] }];
    const { session, close } = await openPlace(
      { dialect: "postgresql", port: 1, database: "x", user: "x", password: "x" },
      { writes },
    );
    expect(writeTerms(databaseView.entities.Receipt?.push as Push<unknown>, session).class).toBe("K");
    await close();
  });
});

describe("settings that cannot be", () => {
  const place: Place = { dialect: "postgresql", port: 1, database: "x", user: "x", password: "x" };
  it.each([
    ["a view without key", { views: [{ entityType: "Part", view: "v", key: [] }] }, /has no key/],
    ["SQL for a name", { views: [{ entityType: "Part", view: 'v"; drop table x; --', key: ["a"] }] }, /no name/],
    ["SQL for a column", { views: [{ entityType: "Part", view: "v", key: ["a) or (1=1"] }] }, /no name/],
    [
      "a child with another key",
      {
        views: [
          {
            entityType: "PurchaseOrder",
            view: "v",
            key: ["a", "b"],
            children: [{ as: "lines", view: "l", parentKey: ["a"] }],
          },
        ],
      },
      /parentKey has 1 columns/,
    ],
    [
      "a write without reference",
      { writes: [{ entityType: "Part", table: "t", key: ["id"] }] },
      /reference is missing/,
    ],
    [
      "an upsert without reference",
      { writes: [{ entityType: "Part", table: "t", mode: "upsert", reference: null, key: ["id"] }] },
      /reference is missing/,
    ],
    ["an unknown member", { views: [{ entityType: "Part", view: "v", key: ["a"], wher: "1" }] }, /no member wher/],
    ["an unknown zone", { zone: "Mars/Olympus" }, /no time zone/],
  ])("%s is refused with ERP008", async (_, settings, message) => {
    const opening = openPlace(place, settings as unknown as JsonObject);
    await expect(opening).rejects.toMatchObject({
      category: "VALIDATION",
      code: "ERP008",
      message: expect.stringMatching(message),
    });
  });
});
