import { randomToken } from "@dovetail/crypto";
import { eventually, testDatabase, type TestDatabase } from "@dovetail/testing";
import { Client } from "pg";
import { type RunningSqlErp, type SqlErpOptions, startSqlErp } from "./start-sql-erp";

let server: TestDatabase;
let options: SqlErpOptions;
let running: RunningSqlErp;
let client: Client;
let references = 0;

/** The ERP's client, with the rights that an integration has. */
async function connect(): Promise<Client> {
  const connected = new Client(running.connection);
  await connected.connect();
  return connected;
}

beforeAll(async () => {
  server = await testDatabase([]);
  const name = `erp_${randomToken(6)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "x")}`;
  options = {
    adminUrl: server.adminUrl,
    database: name,
    owner: { user: name, password: "owner's" },
    client: { user: `${name}_client`, password: "client's" },
  };
  running = await startSqlErp(options);
  client = await connect();
});
afterEach(() => running.erp.clearFaults());
afterAll(async () => {
  await client.end();
  await running.stop();
  const admin = new Client(server.adminUrl);
  await admin.connect();
  await admin.query(`drop database ${options.database} with (force)`);
  await admin.query(`drop role ${options.owner.user}, ${options.client.user}`);
  await admin.end();
  await server.drop();
});

interface Line {
  item: string | null;
  qty: string;
}

/** Hands an order in, header and lines in one transaction; answers its reference. */
async function order(header: Record<string, unknown>, lines: Line[] = []): Promise<string> {
  const reference = `REF${String(++references).padStart(9, "0")}`;
  const row = { ext_ref: reference, action: "I", currency: "USD", ...header };
  const columns = Object.keys(row);
  await client.query("begin");
  await client.query(
    `insert into if_purchase_order (${columns.join(", ")}) values (${columns.map((_, n) => `$${n + 1}`).join(", ")})`,
    Object.values(row),
  );
  for (const [n, { item, qty }] of lines.entries())
    await client.query(
      "insert into if_purchase_order_line (ext_ref, line_no, item_no, qty, uom, unit_price) values ($1, $2, $3, $4, 'EA', '2.50')",
      [reference, n + 1, item, qty],
    );
  await client.query("commit");
  return reference;
}

interface Row {
  status: string;
  message: string | null;
  po_no: string | null;
}

async function rowOf(reference: string): Promise<Row> {
  const { rows } = await client.query<Row>("select status, message, po_no from if_purchase_order where ext_ref = $1", [
    reference,
  ]);
  return rows[0] as Row;
}

async function settled(reference: string): Promise<Row> {
  await eventually(async () => (await rowOf(reference)).status !== "NEW");
  return rowOf(reference);
}

const journalOf = async (reference: string) =>
  (await running.erp.journal()).filter((entry) => entry.reference === reference);
const orders = (number: string | null) =>
  running.erp.query("select po_ref, total, remark from purchase_order where po_no = $1", [number]);
const LINES = [
  { item: "700001", qty: "4" },
  { item: "700002", qty: "0.5" },
];

describe("a purchase order handed in", () => {
  it("gets a number of the ERP's own, its lines and one entry in the journal", async () => {
    const first = await order({ po_ref: "A-1", vendor_no: 100001, remark: "soon" }, LINES);
    const second = await order({ po_ref: "A-2", vendor_no: 100002 }, LINES);
    expect(await settled(first)).toEqual({ status: "DONE", message: null, po_no: "4500000001" });
    expect(await settled(second)).toMatchObject({ status: "DONE", po_no: "4500000002" });
    expect(await orders("4500000001")).toEqual([{ po_ref: "A-1", total: "11.2500", remark: "soon" }]);
    expect(await journalOf(first)).toMatchObject([{ action: "created", number: "4500000001", detail: { lines: 2 } }]);
    const { rows } = await client.query(
      "select line_no, qty, line_total from v_purchase_order_line where po_no = 4500000001",
    );
    expect(rows).toEqual([
      { line_no: "1", qty: "4.0000", line_total: "10.00000000" },
      { line_no: "2", qty: "0.5000", line_total: "1.25000000" },
    ]);
  });

  it.each([
    ["an unknown vendor", { vendor_no: 99 }, LINES, "vendor 99 is not known"],
    ["no vendor", {}, LINES, "vendor_no is missing"],
    ["an unknown item", { vendor_no: 100001 }, [{ item: "5", qty: "1" }], "line 1: item 5 is not known"],
    ["no quantity", { vendor_no: 100001 }, [{ item: "700001", qty: "0" }], "line 1: qty must be more than 0"],
    ["no lines", { vendor_no: 100001 }, [], "an order without lines is not taken"],
    ["a known number", { vendor_no: 100001, po_ref: "A-1" }, LINES, "purchase order A-1 stands already as 4500000001"],
    ["an unknown action", { vendor_no: 100001, action: "X" }, LINES, "action X is not known: there are I and U"],
    ["a quantity too large", { vendor_no: 100001 }, [{ item: "700001", qty: "1e12" }], "numeric field overflow"],
  ])("with %s is refused with its reason, and nothing of it stays", async (_, header, lines, message) => {
    const before = await running.erp.query("select count(*) as n from purchase_order");
    const reference = await order({ po_ref: "B-1", ...header }, lines);
    expect(await settled(reference)).toEqual({ status: "ERROR", message, po_no: null });
    expect(await journalOf(reference)).toMatchObject([{ action: "refused", number: null, detail: { message } }]);
    expect(await running.erp.query("select count(*) as n from purchase_order")).toEqual(before);
  });

  it("is changed by its number: what is not given stays", async () => {
    const made = await settled(await order({ po_ref: "C-1", vendor_no: 100001, remark: "first" }, LINES));
    const change = { action: "U", po_no: made.po_no, currency: null };
    const changed = await order({ ...change, expected_date: "2027-01-31T00:00:00Z" }, LINES.slice(0, 1));
    expect(await settled(changed)).toMatchObject({ status: "DONE", po_no: made.po_no });
    expect(await orders(made.po_no)).toEqual([{ po_ref: "C-1", total: "10.0000", remark: "first" }]);
    expect(await journalOf(changed)).toMatchObject([{ action: "changed", detail: { lines: 1 } }]);
    const unknown = await settled(await order({ ...change, po_no: 7 }));
    expect(unknown).toMatchObject({ status: "ERROR", message: "purchase order 7 is not known" });
  });
});

describe("vendors and items handed in", () => {
  it("are made and changed", async () => {
    const put = (columns: string, values: unknown[]) =>
      client.query(
        `insert into if_vendor (ext_ref, action, ${columns}) values (${values.map((_, n) => `$${n + 1}`).join(", ")})`,
        values,
      );
    await put("group_no, name", ["V1", "I", "SUP0900", "New Vendor"]);
    await put("vendor_no, phone", ["V2", "U", "100003", "+47 1"]);
    await put("group_no, name", ["V3", "I", "SUP0001", "Twice"]);
    await eventually(async () => (await journalOf("V3")).length === 1);
    const shown = "select vendor_no, name, phone from v_vendor where group_no in ('SUP0900', 'SUP0003') order by 1";
    expect((await client.query(shown)).rows).toEqual([
      { vendor_no: "100003", name: "NORDVIK HYDRAULICS", phone: "+47 1" },
      { vendor_no: "100025", name: "New Vendor", phone: null },
    ]);
    expect(await journalOf("V3")).toMatchObject([
      { action: "refused", detail: { message: "vendor SUP0001 stands already as 100001" } },
    ]);
  });
});

describe("faults", () => {
  it("reset: the row is taken up anew, and its effect stands once", async () => {
    running.erp.addFault({ kind: "reset", model: "purchase_order", count: 2 });
    const reference = await order({ po_ref: "F-1", vendor_no: 100001 }, LINES);
    expect(await settled(reference)).toMatchObject({ status: "DONE" });
    expect(running.erp.faults()).toMatchObject([{ struck: 2 }]);
    expect(await journalOf(reference)).toHaveLength(1);
    expect(await running.erp.query("select 1 from purchase_order where po_ref = 'F-1'")).toHaveLength(1);
  });

  it("lateEffect: the order stands before its row says so; a restart in between makes no second one", async () => {
    running.erp.addFault({ kind: "lateEffect", delayMs: 600_000, count: 1 });
    const reference = await order({ po_ref: "F-2", vendor_no: 100001 }, LINES);
    await eventually(async () => (await journalOf(reference)).length === 1);
    expect(await rowOf(reference)).toMatchObject({ status: "NEW", po_no: null });
    await running.stop();
    running = await startSqlErp(options);
    const { po_no } = await settled(reference);
    expect(await running.erp.query("select po_no from purchase_order where po_ref = 'F-2'")).toEqual([{ po_no }]);
    expect(await journalOf(reference)).toHaveLength(1);
  });

  it("error and lateCommit: refused with the fault's words; not seen before it is committed", async () => {
    running.erp.addFault({ kind: "error", count: 1, message: "period 11 is closed" });
    expect(await settled(await order({ po_ref: "F-3", vendor_no: 100001 }, LINES))).toMatchObject({
      status: "ERROR",
      message: "period 11 is closed",
    });
    running.erp.addFault({ kind: "lateCommit", delayMs: 150, count: 1 });
    const reference = await order({ po_ref: "F-4", vendor_no: 100001 }, LINES);
    expect(await settled(reference)).toMatchObject({ status: "DONE" });
    const late =
      "select j.at < i.taken_at - interval '100 ms' as late from journal j join if_purchase_order i using (ext_ref)";
    expect(await running.erp.query(`${late} where ext_ref = $1`, [reference])).toEqual([{ late: true }]);
    expect(() => running.erp.addFault({ kind: "truncate" })).toThrow("knows no fault truncate");
  });
});

describe("what is kept", () => {
  it("survives a restart; numbers go on", async () => {
    const before = await running.erp.journal();
    await running.stop();
    running = await startSqlErp(options);
    expect(await running.erp.journal()).toEqual(before);
    const { po_no } = await settled(await order({ po_ref: "K-1", vendor_no: 100001 }, LINES));
    expect(Number(po_no)).toBeGreaterThan(4500000003);
  });

  it("is out of reach of the client, and the journal of everybody", async () => {
    await expect(client.query("select * from purchase_order")).rejects.toThrow("permission denied");
    await expect(client.query("update if_purchase_order set status = 'DONE'")).rejects.toThrow("permission denied");
    await expect(running.erp.query("delete from journal")).rejects.toThrow("only appended to");
    await expect(running.erp.query("update journal set at = now()")).rejects.toThrow("only appended to");
  });

  it("is shown as text", async () => {
    const page = async (path: string) => (await fetch(running.url + path)).text();
    expect(await page("/purchase_order")).toMatch(/^po_no +po_ref +vendor_no[^\n]*\n-+[^\n]*\n4500000001 +A-1 +100001/);
    expect(await page("/")).toMatch(/vendor +25\n/);
    expect((await fetch(`${running.url}/pg_authid`)).status).toBe(404);
  });
});
