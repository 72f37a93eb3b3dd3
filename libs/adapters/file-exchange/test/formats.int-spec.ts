import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PushRequest } from "@dovetail/adapter-sdk";
import type { JsonObject } from "@dovetail/domain";
import { compileMapping } from "@dovetail/mapping";
import { fileExchange } from "../src";
import { deliver, newRoot, openFolder, readAll } from "./exchange";

let root: string;
beforeEach(() => {
  root = newRoot();
});

describe("sets of every format", () => {
  it("JSON lines bring documents with their lines", async () => {
    const set = {
      entityType: "PurchaseOrder",
      pattern: "*.jsonl",
      key: ["id"],
      format: "jsonl",
      watermark: "at",
      zone: "+02:00",
    };
    deliver(
      root,
      "a.jsonl",
      '{"id":7,"at":"2026-11-20 10:00:00","lines":[{"n":1}]}\n{"id":8,"at":"yesterday"}\n{"no":"id"}\n',
    );
    const session = await openFolder(root, { sets: [set] });
    const { rows } = await readAll(session, "PurchaseOrder", { pageSize: 2 });
    expect(rows.map(({ externalId, modifiedAt, problem }) => [externalId, modifiedAt, problem])).toEqual([
      ["7", "2026-11-20T10:00:00+02:00", undefined],
      ["8", undefined, undefined],
      [expect.stringMatching(/^a.jsonl@\d+$/), undefined, "a.jsonl: the key column id is empty"],
    ]);
    expect(rows[0]?.body).toMatchObject({ lines: [{ n: 1 }] });
  });

  it("XML brings records that XPath mappings read", async () => {
    const set = { entityType: "Supplier", pattern: "*.xml", key: ["@no"], format: "xml", record: "vendor" };
    deliver(
      root,
      "v.xml",
      '<?xml version="1.0"?><vendors><vendor no="1"><name>Ünal &amp; Co</name></vendor><vendor><name>x</name></vendor></vendors>',
    );
    const session = await openFolder(root, { sets: [set] });
    const { rows } = await readAll(session, "Supplier");
    expect(rows.map(({ externalId, problem }) => problem ?? externalId)).toEqual(["1", "v.xml: there is no @no"]);
    const mapping = await compileMapping(
      {
        entityType: "Supplier",
        mappings: [
          { mesField: "supplierNumber", erpField: "@no" },
          { mesField: "name", erpField: "name" },
        ],
      },
      { entity: "Supplier" },
    );
    const [first] = await mapping.inbound(rows.slice(0, 1).map(({ body }) => body));
    expect(first?.record).toEqual({ supplierNumber: "1", name: "Ünal & Co" });
  });

  it("XML brings many documents of one file with the lines inside them, from any page on", async () => {
    const order = (n: number) =>
      `<o:order no="PO-${n}"><buyer>Ünal &lt;${n}&gt;</buyer><lines><line no="1"><qty>2.0</qty></line>` +
      `<line no="2"><qty>${n}.5</qty></line></lines></o:order>`;
    const all = Array.from({ length: 40 }, (_, n) => order(n)).join("\n");
    deliver(
      root,
      "orders.xml",
      Buffer.from(`<?xml version="1.0" encoding="windows-1252"?><o:orders xmlns:o="urn:o">${all}</o:orders>`, "latin1"),
    );
    const set = { entityType: "PurchaseOrder", pattern: "*.xml", key: ["@no"], format: "xml", record: "o:order" };
    const session = await openFolder(root, { sets: [set] });
    const begun = await readAll(session, "PurchaseOrder", { pageSize: 7, stopAfter: 3 });
    const rest = await readAll(session, "PurchaseOrder", { pageSize: 7, cursor: begun.cursor });
    const mapping = await compileMapping(
      {
        entityType: "PurchaseOrder",
        sourceFormat: "xml",
        mappings: [
          { mesField: "poNumber", erpField: "@no" },
          { mesField: "notes", erpField: "buyer" },
          {
            mesField: "lines",
            erpField: "lines/line",
            dataType: "list",
            fields: [
              { mesField: "lineNumber", erpField: "@no" },
              { mesField: "quantity", erpField: "qty", dataType: "decimal" },
            ],
          },
        ],
      },
      { entity: "PurchaseOrder" },
    );
    const made = await mapping.inbound([...begun.rows, ...rest.rows].map(({ body }) => body));
    expect(made.map(({ record }) => record)).toEqual(
      Array.from({ length: 40 }, (_, n) => ({
        poNumber: `PO-${n}`,
        notes: `Ünal <${n}>`,
        lines: [
          { lineNumber: "1", quantity: "2" },
          { lineNumber: "2", quantity: `${n}.5` },
        ],
      })),
    );
  });

  it("one file of heads and lines brings documents, and names its columns before the first mapping", async () => {
    const set = {
      entityType: "PurchaseOrder",
      pattern: "ORDERS*.csv",
      key: ["po"],
      delimiter: ";",
      columns: ["type", "po", "total"],
      recordTypes: {
        head: "H",
        lines: [
          { as: "lines", type: "L", columns: ["type", "n", "qty"] },
          { as: "notes", type: "N", columns: ["type", "text"] },
        ],
        trailer: "E",
      },
    };
    deliver(root, "ORDERS1.csv", "H;1;9.50\nL;1;2\nN;urgent\nL;2;3\nH;2;1.00\nL;1\nH;3;0.00\nE;3\n");
    const session = await openFolder(root, { sets: [set] });
    const { rows } = await readAll(session, "PurchaseOrder", { pageSize: 1 });
    expect(rows.map(({ externalId, problem }) => [externalId, problem])).toEqual([
      ["1", undefined],
      ["2", "ORDERS1.csv: line 1 of it: the row has 2 columns, the header has 3"],
      ["3", undefined],
    ]);
    expect(rows[0]?.body).toMatchObject({ lines: [{ qty: "2" }, { qty: "3" }], notes: [{ text: "urgent" }] });
    expect((await fileExchange.describe?.(session, "PurchaseOrder"))?.map(({ name }) => name)).toEqual([
      ...["type", "po", "total", "lines", "lines.type", "lines.n", "lines.qty", "notes", "notes.type", "notes.text"],
    ]);
    deliver(root, "ORDERS2.csv", "H;4;9.50\nL;1;2\n");
    const after = await readAll(session, "PurchaseOrder");
    expect(after.rows.map(({ problem }) => problem)).toContainEqual(
      expect.stringMatching(/ORDERS2.csv was set aside whole: .*truncated: its last record "E" is missing/),
    );
  });

  it.each([
    [{ columns: undefined }, /needs columns/],
    [{ recordTypes: { head: "H", ignored: ["H"] } }, /names a type twice/],
    [{ recordTypes: { head: "H", at: { from: 1, length: 1 } } }, /the number of a column/],
    [{ recordTypes: { head: "H", lines: [{ as: "lines", type: "L" }] } }, /lines\[0\].columns is missing/],
    [{ quoting: "single" }, /quoting is not known/],
    [{ encoding: "ebcdic" }, /encoding "ebcdic" is not known/],
  ])("settings of a layout, %j, are refused where they are wrong", async (wrong, expected) => {
    const set = {
      entityType: "PurchaseOrder",
      pattern: "*",
      key: ["po"],
      columns: ["type", "po"],
      recordTypes: { head: "H" },
      ...(JSON.parse(JSON.stringify({ columns: null, ...wrong })) as JsonObject),
    };
    if (!("columns" in wrong)) set.columns = ["type", "po"];
    else delete (set as Partial<typeof set>).columns;
    await expect(openFolder(root, { sets: [set] })).rejects.toThrow(expected);
  });

  it("fixed width brings heads and lines of two files", async () => {
    const column = (name: string, from: number, length: number) => ({ name, from, length });
    const set = {
      entityType: "PurchaseOrder",
      pattern: "H?.txt",
      key: ["po"],
      format: "fixed",
      columns: [column("po", 1, 5), column("total", 6, 8)],
      children: [
        { as: "lines", pattern: "L?.txt", parentKey: ["po"], columns: [column("po", 1, 5), column("qty", 6, 4)] },
      ],
    };
    deliver(root, "H1.txt", "PO-1   12.50\r\nPO-2    1.00\r\n");
    deliver(root, "L1.txt", "PO-2    3\r\nPO-1    4\r\nPO-2    5\r\n");
    const session = await openFolder(root, { sets: [set] });
    const { rows } = await readAll(session, "PurchaseOrder");
    const quantities = ({ body }: { body: JsonObject | { xml: string } }) =>
      ((body as JsonObject)["lines"] as JsonObject[]).map(({ qty }) => String(qty).trim());
    expect(rows.map((row) => [row.externalId, ...quantities(row)])).toEqual([
      ["PO-1", "4"],
      ["PO-2", "3", "5"],
    ]);
  });

  it("joins on disk what is too much for memory, and goes on from any page", async () => {
    const orders = 3000;
    const lines = 120_000;
    const text = "x".repeat(150);
    const detail = Array.from({ length: lines }, (_, n) => `${(n * 7919) % orders},${n},"${text}"\n`);
    deliver(root, "Head.csv", `id,total\n${Array.from({ length: orders }, (_, n) => `${n},1\n`).join("")}`);
    deliver(root, "Detail.csv", `id,line,text\n${detail.join("")}999999,1,orphan\n`);
    const children = [{ as: "lines", pattern: "Detail.csv", parentKey: ["id"] }];
    const session = await openFolder(root, {
      sets: [{ entityType: "PurchaseOrder", pattern: "Head.csv", key: ["id"], children }],
    });
    const begun = await readAll(session, "PurchaseOrder", { pageSize: 700, stopAfter: 2 });
    const rest = await readAll(session, "PurchaseOrder", { pageSize: 700, cursor: begun.cursor });
    const rows = [...begun.rows, ...rest.rows];
    const good = rows.filter(({ problem }) => problem === undefined);
    expect(rows.filter(({ problem }) => problem).map(({ externalId }) => externalId)).toEqual(["999999"]);
    expect(new Set(good.map(({ externalId }) => externalId)).size).toBe(orders);
    expect(good).toHaveLength(orders);
    expect(good.reduce((sum, { body }) => sum + ((body as JsonObject)["lines"] as JsonObject[]).length, 0)).toBe(lines);
    for (const { externalId, body } of good)
      for (const line of (body as JsonObject)["lines"] as JsonObject[]) expect(line["id"]).toBe(externalId);
  });
});

describe("files out", () => {
  const set = { entityType: "PurchaseOrder", pattern: "*.csv", key: ["poNumber"] };
  const request: PushRequest = {
    op: "create",
    reference: "ABCDEFGHIJKL",
    body: {
      poNumber: "PO-1",
      notes: 'a "quoted", text',
      lines: [
        { lineNumber: "1", quantity: "2" },
        { lineNumber: "2", part: "P" },
      ],
    },
  };
  const push = () => {
    const port = fileExchange.entities.PurchaseOrder?.push;
    if (!port?.poll) throw new Error("no push");
    return { send: port.send, poll: port.poll };
  };

  it("are CSV where that is wanted: lines first, then the head", async () => {
    const session = await openFolder(root, { sets: [set], outFormat: "csv", acknowledged: false });
    expect(await push().send(session, request)).toEqual({ done: "confirmed", externalId: "PO-1" });
    expect(readdirSync(join(root, "out"))).toEqual([
      "PurchaseOrder-ABCDEFGHIJKL.csv",
      "PurchaseOrder-ABCDEFGHIJKL.lines.csv",
    ]);
    expect(readFileSync(join(root, "out/PurchaseOrder-ABCDEFGHIJKL.csv"), "utf8")).toBe(
      'reference,op,externalId,poNumber,notes\r\nABCDEFGHIJKL,create,,PO-1,"a ""quoted"", text"\r\n',
    );
    expect(readFileSync(join(root, "out/PurchaseOrder-ABCDEFGHIJKL.lines.csv"), "utf8")).toBe(
      "reference,lineNumber,quantity,part\r\nABCDEFGHIJKL,1,2,\r\nABCDEFGHIJKL,2,,P\r\n",
    );
  });

  it("are CSV as the other side's files are: delimiter, quotes and encoding", async () => {
    const settings = { sets: [set], outFormat: "csv", delimiter: ";", quoting: "backslash", encoding: "windows-1252" };
    const session = await openFolder(root, { ...settings, acknowledged: false });
    await push().send(session, { ...request, body: { poNumber: "PO-1", notes: '5 € für "Müller"; bar', buyer: null } });
    expect(readFileSync(join(root, "out/PurchaseOrder-ABCDEFGHIJKL.csv"), "latin1")).toBe(
      'reference;op;externalId;poNumber;notes;buyer\r\nABCDEFGHIJKL;create;\\N;PO-1;"5 \x80 für \\"Müller\\"; bar";\\N\r\n',
    );
    await expect(push().send(session, { ...request, body: { poNumber: "漢" } })).rejects.toThrow(/does not have/);
    await expect(openFolder(root, { ...settings, encoding: "gbk" })).rejects.toThrow(/cannot be written in gbk/);
  });

  it("wait for their answer, and believe no half one", async () => {
    const session = await openFolder(root, { sets: [set] });
    const result = await push().send(session, request);
    if (result.done !== "accepted") throw new Error("it was confirmed at once");
    const answer = (text: string) => {
      writeFileSync(join(root, "ack/PurchaseOrder-ABCDEFGHIJKL.ack.json"), text);
      return push().poll(session, result.handle);
    };
    expect(await push().poll(session, result.handle)).toBe("pending");
    await expect(
      fileExchange.entities.PurchaseOrder?.lookup?.(session, { reference: request.reference }),
    ).rejects.toThrow(/not answered yet/);
    expect(await answer('{"status":"conf')).toBe("pending");
    expect(await answer('{"status":"confirmed","externalId":4711}')).toEqual({ externalId: "4711" });
    expect(await answer('{"status":"rejected","message":"no such part"}')).toMatchObject({
      category: "VALIDATION",
      message: "no such part",
    });
  });
});
