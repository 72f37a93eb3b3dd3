import { readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { Files } from "@dovetail/adapter-sdk";
import type { JsonObject } from "@dovetail/domain";
import { fileExchange } from "../src";
import type { FileSession } from "../src/session";
import { deliver, newRoot, openThrough, readAll } from "./exchange";

const SUPPLIERS: JsonObject = { entityType: "Supplier", pattern: "Vendor*.csv", key: ["VendorID"] };
const ORDERS: JsonObject = {
  entityType: "PurchaseOrder",
  pattern: "Header*.csv",
  key: ["OrderID"],
  children: [{ as: "lines", pattern: "Detail*.csv", parentKey: ["OrderID"] }],
};

let root: string;
let closing: (() => Promise<void>)[];
beforeEach(() => {
  root = newRoot();
  closing = [];
});
afterEach(async () => {
  for (const close of closing) await close();
});

const names = (folder: string) =>
  readdirSync(join(root, folder))
    .filter((name) => !name.startsWith("in~"))
    .map((name) => name.replace(/^\d+(\.\d+)?~[0-9a-f]{16}~/, ""));
const ids = async (session: FileSession, entity: "Supplier" | "PurchaseOrder") =>
  (await readAll(session, entity)).rows.map(({ externalId, problem }) => problem ?? externalId);

describe.each(["folder", "sftp"])("two readers at once through %s", (transport) => {
  const open = async (set: JsonObject) => {
    const { session, close } = await openThrough(transport, root, { sets: [set] });
    closing.push(close);
    return session;
  };
  /** The same session, with something done once before a step whose path fits, or before a later one of those. */
  const meddled = (session: FileSession, step: "read" | "move", path: RegExp, act: () => unknown, nth = 1) => {
    const original = session.files[step].bind(session.files) as (...args: string[]) => unknown;
    let met = 0;
    const first = async (at: string) => {
      if (path.test(at) && ++met === nth) await act();
    };
    const changed = {
      move: async (from: string, to: string) => (await first(from), original(from, to)),
      read: async function* (at: string, from?: number) {
        await first(at);
        yield* session.files.read(at, from);
      },
    };
    return { ...session, files: Object.assign(Object.create(session.files) as Files, { [step]: changed[step] }) };
  };
  const deliverOrder = () => {
    deliver(root, "Header1.csv", "OrderID\nA\n");
    deliver(root, "Detail1.csv", "OrderID,Line\nA,1\n");
  };

  it.each([
    ["in/", SUPPLIERS],
    ["work/", SUPPLIERS],
    ["in/", { ...SUPPLIERS, pattern: "Vendor{seq}.csv", sequence: "name" }],
  ])("go on when the other one moves a file from %s first, of the set %j", async (from, set) => {
    const [slow, fast] = [await open(set), await open(set)];
    deliver(root, "Vendor1.csv", "VendorID\n1\n");
    deliver(root, "Vendor2.csv", "VendorID\n2\n");
    const overtaken = meddled(slow, "move", new RegExp(`^${from}`), () => ids(fast, "Supplier"));
    expect((await ids(overtaken, "Supplier")).sort()).toEqual(["1", "2"]);
    expect([names("in"), names("work"), names("done").sort()]).toEqual([[], [], ["Vendor1.csv", "Vendor2.csv"]]);
  });

  it("go on when the other one moves a file that is about to be read", async () => {
    const [slow, fast] = [await open(SUPPLIERS), await open(SUPPLIERS)];
    deliver(root, "Vendor1.csv", "VendorID\n1\n");
    const overtaken = meddled(slow, "read", /^work\//, () => ids(fast, "Supplier"));
    expect(await ids(overtaken, "Supplier")).toEqual(["1"]);
  });

  it.each(["in/Detail", "in/Header"])("lose no document when one comes in before the other moves %s", async (from) => {
    const [slow, fast] = [await open(ORDERS), await open(ORDERS)];
    deliverOrder();
    const seen: string[] = [];
    const overtaken = meddled(slow, "move", new RegExp(`^${from}`), async () =>
      seen.push(...(await ids(fast, "PurchaseOrder"))),
    );
    seen.push(...(await ids(overtaken, "PurchaseOrder")), ...(await ids(slow, "PurchaseOrder")));
    expect(new Set(seen)).toEqual(new Set(["A"]));
    await ids(slow, "PurchaseOrder");
    expect([names("in"), names("work"), names("done").sort()]).toEqual([[], [], ["Detail1.csv", "Header1.csv"]]);
  });

  it("a look-up moves nothing, and finds what a pull moves meanwhile", async () => {
    const [slow, fast] = [await open(ORDERS), await open(ORDERS)];
    deliverOrder();
    const lookup = (session: FileSession) =>
      fileExchange.entities.PurchaseOrder?.lookup?.(session, { externalId: "A" });
    expect(await lookup(slow)).toMatchObject([{ body: { lines: [{ Line: "1" }] } }]);
    expect([names("in"), names("work")]).toEqual([["Detail1.csv", "Header1.csv"], []]);
    // From the fourth on the reads of these files are those of the search, the ones before check them.
    for (const nth of [1, 2, 3, 4, 5, 6]) {
      deliver(root, "Header1.csv", `OrderID\nA\n${nth}\n`);
      deliver(root, "Detail1.csv", "OrderID,Line\nA,1\n");
      const overtaken = meddled(slow, "read", /^in\//, () => ids(fast, "PurchaseOrder"), nth);
      expect(await lookup(overtaken)).toMatchObject([{ externalId: "A" }]);
    }
  });

  it("take a delivery again whose lines were put back before its head came", async () => {
    const session = await open(ORDERS);
    deliverOrder();
    const putBack = () => {
      const [lines = ""] = readdirSync(join(root, "work"));
      renameSync(join(root, "work", lines), join(root, "in/Detail1.csv"));
    };
    expect(await ids(meddled(session, "move", /^in\/Header/, putBack), "PurchaseOrder")).toEqual([]);
    expect(await ids(session, "PurchaseOrder")).toEqual(["A"]);
    expect([names("in"), names("work")]).toEqual([[], []]);
  });

  it("a name too long to be kept waits visibly, and the other files go on", async () => {
    const session = await open(SUPPLIERS);
    const long = `Vendor-${"ü".repeat(110)}.csv`;
    deliver(root, long, "VendorID\n1\n");
    deliver(root, "Vendor2.csv", "VendorID\n2\n");
    const shown = await ids(session, "Supplier");
    expect(shown).toEqual([
      "2",
      expect.stringMatching(/waits in the folder in: the name .* has 231 bytes, and at most/),
    ]);
    expect([names("in"), names("done")]).toEqual([[long], ["Vendor2.csv"]]);
    deliver(root, `Vendor-${"x".repeat(189)}.csv`, "VendorID,Name\n3");
    expect((await ids(session, "Supplier")).join()).toMatch(/set aside whole/);
  });
});
