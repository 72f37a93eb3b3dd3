import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "@dovetail/domain";
import type { FileSession } from "../src/session";
import { deliver, newRoot, openThrough, readAll } from "./exchange";

const SUPPLIERS: JsonObject = { entityType: "Supplier", pattern: "Vendor*.csv", key: ["VendorID"] };
const ORDERS: JsonObject = {
  entityType: "PurchaseOrder",
  pattern: "Header*.csv",
  key: ["OrderID"],
  children: [{ as: "lines", pattern: "Detail*.csv", parentKey: ["OrderID"] }],
};
const HEAD = "VendorID,Name\n";

let root: string;
const names = (folder: string) =>
  readdirSync(join(root, folder)).map((name) => name.replace(/^(again~)?\d+[~.]([0-9a-f]{16}~)?/, "$1"));
const reason = () => {
  const name = readdirSync(join(root, "error")).find((each) => each.endsWith(".reason.json")) ?? "";
  return (JSON.parse(readFileSync(join(root, "error", name), "utf8")) as { reason: string }).reason;
};

describe.each(["folder", "sftp"])("bad input through %s", (transport) => {
  let session: FileSession;
  let close: (() => Promise<void>) | undefined;
  const open = async (set: JsonObject = SUPPLIERS, settings: JsonObject = {}) => {
    await close?.();
    ({ session, close } = await openThrough(transport, root, { sets: [set], ...settings }));
  };
  const ids = async () =>
    (await readAll(session, "Supplier")).rows.filter(({ problem }) => !problem).map(({ externalId }) => externalId);

  beforeEach(async () => {
    root = newRoot();
    await open();
  });
  afterEach(async () => {
    await close?.();
    close = undefined;
  });

  describe("bad rows", () => {
    it("a row with a wrong number of columns is rejected with its reason, the rest arrives", async () => {
      deliver(root, "Vendor.csv", `${HEAD}1,One\n2,Two,Three\n3,"Dr. ""No"", Ltd"\n4\n5,Five\n`);
      const { rows } = await readAll(session, "Supplier");
      expect(rows.map(({ externalId, problem }) => [externalId, problem])).toEqual([
        ["1", undefined],
        ["2", "Vendor.csv: the row has 3 columns, the header has 2"],
        ["3", undefined],
        ["4", "Vendor.csv: the row has 1 columns, the header has 2"],
        ["5", undefined],
      ]);
      expect(rows[2]?.body).toEqual({ VendorID: "3", Name: 'Dr. "No", Ltd' });
      expect(names("done")).toEqual(["Vendor.csv"]);
    });

    it("a row without its key, or with text behind a quote, is rejected alone", async () => {
      deliver(root, "Vendor.csv", `${HEAD},Nobody\n2,"Two" too\n3,Three\n`);
      const { rows } = await readAll(session, "Supplier");
      expect(rows.map(({ problem }) => problem)).toEqual([
        "Vendor.csv: the key column VendorID is empty",
        "Vendor.csv: text follows a closing quote",
        undefined,
      ]);
      expect(rows[0]?.externalId).toMatch(/^Vendor.csv@\d+$/);
    });

    it("a quote in the middle of a field is an ordinary character", async () => {
      deliver(root, "Vendor.csv", `${HEAD}1,Rod 3/4" long\n2,"two\r\nlines"\n`);
      const { rows } = await readAll(session, "Supplier");
      expect(rows.map(({ body }) => body)).toEqual([
        { VendorID: "1", Name: 'Rod 3/4" long' },
        { VendorID: "2", Name: "two\r\nlines" },
      ]);
    });
  });

  describe("files that are set aside whole", () => {
    const cases: [string, string | Uint8Array, RegExp][] = [
      ["a truncated file: in a row", `${HEAD}1,One\n2,Two\n3`, /truncated/],
      ["a truncated file: inside quotes", `${HEAD}1,One\n2,"Two\n3,Three\n`, /truncated/],
      ["a wrong delimiter: none brings out the key", "VendorID:Name\n1:One\n", /VendorID/],
      ["no key column", "Id,Name\n1,One\n", /VendorID/],
      ["a column twice", "VendorID,Name,Name\n1,One,Eins\n", /two columns named "Name"/],
      ["a wrong encoding", Buffer.from(`${HEAD}1,Müller\n`, "latin1"), /utf-8.*windows-1252/],
      ["a wrong encoding: UTF-16 without a mark", Buffer.from(`${HEAD}1,One\n`, "utf16le"), /UTF-16/],
      ["an empty file", "", /empty/],
      ["rows that are all broken", `${HEAD}1\n2\n`, /not one of its 2 rows/],
      ["quotes that do not pair up", `${HEAD}1,"One\n2,Two\n3,"Three"\n4,Four\n`, /quotes do not pair up/],
    ];
    it.each(cases)("%s", async (_, content, expected) => {
      deliver(root, "Vendor1.csv", content);
      deliver(root, "Vendor2.csv", `${HEAD}9,Nine\n`);
      const { rows, cursor } = await readAll(session, "Supplier");
      const shown = rows.find(({ problem }) => problem);
      expect(shown?.problem).toMatch(expected);
      expect(rows.filter(({ problem }) => !problem).map(({ externalId }) => externalId)).toEqual(["9"]);
      expect(reason()).toMatch(expected);
      expect(names("error").sort()).toEqual(["Vendor1.csv", "Vendor1.csv.reason.json"]);
      expect(names("in")).toEqual([]);
      expect((await readAll(session, "Supplier", { mode: "incremental", cursor })).rows).toEqual([]);
    });

    it("a wrong delimiter: a declared one is named", async () => {
      await open(SUPPLIERS, { delimiter: ";" });
      deliver(root, "Vendor.csv", `${HEAD}1,One\n`);
      await readAll(session, "Supplier");
      expect(reason()).toMatch(/Is ";" really its delimiter/);
    });

    it("a truncated file of lines takes its heads with it; the next delivery arrives", async () => {
      await open(ORDERS);
      deliver(root, "Header1.csv", "OrderID,Total\nA,1\n");
      deliver(root, "Detail1.csv", "OrderID,Line,Qty\nA,1,5\nA,2");
      deliver(root, "Header2.csv", "OrderID,Total\nB,2\n");
      deliver(root, "Detail2.csv", "OrderID,Line,Qty\nB,1,5\n");
      const { rows } = await readAll(session, "PurchaseOrder");
      expect(rows.filter(({ problem }) => !problem).map(({ externalId }) => externalId)).toEqual(["B"]);
      expect(names("error").sort()).toEqual(["Detail1.csv", "Header1.csv", "Header1.csv.reason.json"]);
    });

    it("a broken line could belong to any document", async () => {
      await open(ORDERS);
      deliver(root, "Header1.csv", "OrderID,Total\nA,1\n");
      deliver(root, "Detail1.csv", "OrderID,Line,Qty\nA,1,5\nA,2\nA,3,1\n");
      expect((await readAll(session, "PurchaseOrder")).rows.map(({ problem }) => problem)).toEqual([
        expect.stringContaining("1 of its 3 lines cannot be read (row 2: the row has 2 columns"),
      ]);
    });
  });

  describe("what is only unusual", () => {
    it.each([
      ["mixed line ends, and empty lines", `${HEAD}1,One\r\n\r\n2,Two\r3,Three\n\n4,Four`],
      ["semicolons", "VendorID;Name\n1;One\n2;Two\n3;Three\n4;Four\n"],
      ["tabs", "Name\tVendorID\nOne\t1\nTwo\t2\nThree\t3\nFour\t4\n"],
      ["a BOM of UTF-8", `\uFEFF${HEAD}1,One\n2,Two\n3,Three\n4,Four\n`],
      [
        "a BOM of UTF-16",
        Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(`${HEAD}1,One\n2,Two\n3,Three\n4,Four\n`, "utf16le")]),
      ],
    ])("reads %s, also from half-way", async (_, content) => {
      deliver(root, "Vendor.csv", content);
      expect(await ids()).toEqual(["1", "2", "3", "4"]);
      const { cursor } = await readAll(session, "Supplier", { pageSize: 1, stopAfter: 2 });
      expect((await readAll(session, "Supplier", { cursor })).rows.map(({ externalId }) => externalId)).toEqual([
        "3",
        "4",
      ]);
    });

    it("reads another encoding where it is declared", async () => {
      await open(SUPPLIERS, { encoding: "windows-1252" });
      deliver(root, "Vendor.csv", Buffer.from(`${HEAD}1,Müller\n`, "latin1"));
      expect((await readAll(session, "Supplier")).rows[0]?.body).toEqual({ VendorID: "1", Name: "Müller" });
    });

    it("shows lines without a document as a row with a problem, a document without lines as complete", async () => {
      await open(ORDERS);
      deliver(root, "Header.csv", "OrderID,Total\nA,1\n");
      deliver(root, "Detail.csv", "OrderID,Line,Qty\nX,1,5\n");
      const { rows } = await readAll(session, "PurchaseOrder");
      expect(rows[0]).toMatchObject({ externalId: "A", childrenComplete: true, body: { lines: [] } });
      expect(rows[1]).toMatchObject({
        externalId: "X",
        problem: expect.stringContaining("does not have the document"),
      });
    });
  });
});
