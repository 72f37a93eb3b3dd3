import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Files } from "@dovetail/adapter-sdk";
import type { TestSftpServer } from "@dovetail/testing";
import type { Json, JsonObject } from "@dovetail/domain";
import { fileExchange } from "../src";
import type { FileSession } from "../src/session";
import { deliver, newRoot, openFolder, readAll, sftpOver } from "./exchange";

const BY_NAME: JsonObject = {
  entityType: "Supplier",
  pattern: "Vendor-{seq}.csv",
  key: ["VendorID"],
  sequence: "name",
};
const ORDERS: JsonObject = {
  entityType: "PurchaseOrder",
  pattern: "Header-{seq}.csv",
  key: ["OrderID"],
  sequence: "name",
  children: [{ as: "lines", pattern: "Detail-{seq}.csv", parentKey: ["OrderID"] }],
};

let root: string;
let session: FileSession;
let server: TestSftpServer | undefined;
const vendors = (number: number | string, ...ids: string[]) =>
  deliver(root, `Vendor-${number}.csv`, ["VendorID,Name", ...ids.map((id) => `${id},Vendor ${id}`), ""].join("\n"));
/** Without the number that is kept. */
const names = (folder: string) =>
  readdirSync(join(root, folder))
    .filter((name) => !name.startsWith("in~"))
    .map((name) => name.replace(/^(again~)?\d+(\.\d+)?[~.]([0-9a-f]{16}~)?/, "$1"))
    .sort();
let cursor: Json;
/** Ids of the next pull, rows with a problem as their problem. */
const next = async (entity: "Supplier" | "PurchaseOrder" = "Supplier") => {
  const read = await readAll(session, entity, { mode: "incremental", cursor });
  ({ cursor } = read);
  return read.rows.map(({ externalId, problem }) => problem ?? externalId);
};

beforeEach(() => {
  root = newRoot();
  cursor = { after: 0 };
});
afterEach(async () => {
  await session.files.close();
  await server?.close();
  server = undefined;
});

describe.each(["folder", "sftp"])("numbered deliveries through %s", (transport) => {
  const open = async (set: JsonObject = BY_NAME, settings: JsonObject = {}) => {
    const over = transport === "sftp" ? await sftpOver(root) : undefined;
    server = over?.server;
    session = await openFolder(root, { sets: [set], ...settings, ...over?.config });
  };

  it("are taken in the order of their numbers, not of their names", async () => {
    await open();
    for (const number of [10, 9, 2, 1]) vendors(number, `v${number}`);
    vendors("003", "v3");
    for (const number of [4, 5, 6, 7, 8]) vendors(number, `v${number}`);
    expect(await next()).toEqual(["v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10"]);
  });

  it("wait behind a gap, and say what is missing, until it is filled", async () => {
    await open();
    vendors(1, "a");
    vendors(4, "d");
    vendors(5, "a", "e");
    const waiting = [
      "Vendor-4.csv waits in the folder in: it has the number 4, and the numbers 2 to 3 are missing",
      "Vendor-5.csv waits in the folder in: it has the number 5, and the numbers 2 to 4 are missing",
    ];
    expect(await next()).toEqual(["a", ...waiting]);
    expect(await next()).toEqual(waiting);
    expect(names("in")).toEqual(["Vendor-4.csv", "Vendor-5.csv"]);
    vendors(3, "c");
    expect((await next())[0]).toMatch(/Vendor-3.csv waits .* number 2 is missing/);
    vendors(2, "b");
    expect(await next()).toEqual(["b", "c", "d", "a", "e"]);
    expect(names("in")).toEqual([]);
  });

  it("are shown by their first row while they wait, so that reading it settles what was said", async () => {
    await open();
    vendors(2, "b", "c");
    const read = await readAll(session, "Supplier");
    expect(read.rows.map(({ externalId, body }) => [externalId, body])).toEqual([["b", { file: "Vendor-2.csv" }]]);
    expect((await fileExchange.test(session)).details).toMatchObject({ waiting: 1 });
  });

  it("are replays under a number that was taken; other content under it is set aside", async () => {
    await open();
    vendors(1, "a");
    vendors(2, "b");
    expect(await next()).toEqual(["a", "b"]);
    vendors(1, "a");
    expect(await next()).toEqual([]);
    expect(names("done")).toEqual(["Vendor-1.csv", "Vendor-2.csv", "again~Vendor-1.csv"]);
    vendors("01", "x");
    vendors("001", "b");
    vendors(3, "c");
    const shown = await next();
    expect(shown).toHaveLength(3);
    expect(shown).toContain("c");
    expect(shown).toContainEqual(
      expect.stringContaining("the number 1 was taken already, with other content; 3 comes next"),
    );
    expect(names("error").filter((name) => name.endsWith(".csv"))).toEqual(["Vendor-001.csv", "Vendor-01.csv"]);
  });

  it("the same content under the next number is a delivery of its own", async () => {
    await open();
    for (const number of [1, 2, 3]) vendors(number, "a");
    expect(await next()).toEqual(["a", "a", "a"]);
  });

  it("a delivery that was set aside leaves its number to the repaired one", async () => {
    await open();
    vendors(1, "a");
    deliver(root, "Vendor-2.csv", "VendorID,Name\nb");
    vendors(3, "c");
    const shown = await next();
    expect(shown).toEqual([
      "a",
      expect.stringMatching(/Vendor-2.csv was set aside whole: .*truncated/),
      expect.stringMatching(/number 2 is missing/),
    ]);
    vendors(2, "b");
    expect(await next()).toEqual(["b", "c"]);
  });

  it("begin where the sender stands, and go round behind its last number", async () => {
    await open({ ...BY_NAME, sequence: { by: "name", first: 1, last: 99 } });
    writeFileSync(join(root, "work/in~Supplier~1.97"), "97\n");
    vendors(1, "d");
    vendors(99, "c");
    expect((await next()).length).toBe(2);
    vendors(98, "b");
    expect(await next()).toEqual(["b", "c", "d"]);
    vendors(99, "c");
    expect(await next()).toEqual([]);
    vendors(3, "f");
    expect(await next()).toEqual([expect.stringContaining("number 2 is missing")]);
  });

  it("are counted on when the done folder was emptied", async () => {
    await open({ ...BY_NAME, sequence: { by: "name", first: 7 } });
    vendors(7, "g");
    expect(await next()).toEqual(["g"]);
    for (const name of readdirSync(join(root, "done"))) rmSync(join(root, "done", name));
    vendors(9, "i");
    expect(await next()).toEqual([expect.stringContaining("number 8 is missing")]);
    vendors(8, "h");
    expect(await next()).toEqual(["h", "i"]);
  });

  it.each([undefined, 9])("are counted on when done was emptied and all is read anew (last %s)", async (last) => {
    await open({ ...BY_NAME, sequence: { by: "name", ...(last ? { last } : {}) } });
    for (let number = 1; number <= 6; number++) vendors(number, `v${number}`);
    expect(await next()).toHaveLength(6);
    for (const name of readdirSync(join(root, "done"))) rmSync(join(root, "done", name));
    vendors(7, "v7");
    vendors(9, "v9");
    const lookup = fileExchange.entities.Supplier?.lookup;
    expect(await lookup?.(session, { externalId: "v7" })).toMatchObject([{ externalId: "v7" }]);
    expect(await lookup?.(session, { externalId: "v9" })).toEqual([]);
    expect([names("in"), names("work")]).toEqual([["Vendor-7.csv", "Vendor-9.csv"], []]);
    const read = await readAll(session, "Supplier", { mode: "full", cursor: null });
    expect(read.rows.map(({ externalId, problem }) => problem ?? externalId)).toEqual([
      "v7",
      expect.stringContaining("number 8 is missing"),
    ]);
    expect(names("error")).toEqual([]);
    expect(readdirSync(join(root, "work"))).toEqual([expect.stringMatching(/^in~Supplier~\d{13}\.7$/)]);
  });

  it("are none of them behind while no number was taken", async () => {
    await open({ ...BY_NAME, sequence: { by: "name", first: 1, last: 9 } });
    for (let number = 1; number <= 9; number++) vendors(number, `v${number}`);
    expect(await next()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => `v${number}`));
    expect(names("error")).toEqual([]);
  });

  it("below the first number wait, and say so", async () => {
    await open({ ...BY_NAME, sequence: { by: "name", first: 7 } });
    vendors(3, "c");
    vendors(7, "g");
    expect(await next()).toEqual(
      ["Vendor-3.csv waits in the folder in: it has the number 3, and the first is 7", "g"].reverse(),
    );
  });

  it("can have their number in a file beside them", async () => {
    await open({ ...BY_NAME, pattern: "Vendor*", sequence: "file" });
    const numbered = (name: string, number: string, id: string) => {
      deliver(root, name, `VendorID\n${id}\n`);
      deliver(root, `${name}.seq`, number);
    };
    numbered("Vendor-new.csv", "2\n", "b");
    numbered("Vendor-old.csv", "1", "a");
    numbered("Vendor-odd.csv", "three", "c");
    deliver(root, "Vendor-bare.csv", "VendorID\nd\n");
    expect(await next()).toEqual(["a", "b", expect.stringContaining("its .seq file holds no number")]);
    expect(names("in")).toEqual(["Vendor-bare.csv", "Vendor-odd.csv", "Vendor-odd.csv.seq"]);
    deliver(root, "Vendor-odd.csv.seq", "0004\n");
    deliver(root, "Vendor-bare.csv.seq", "3\n");
    expect(await next()).toEqual(["d", "c"]);
    expect(names("in")).toEqual([]);
  });

  it("neither lose nor double a document whichever change of a file is the last", async () => {
    for (let changes = 0; changes < 12; changes++) {
      root = newRoot();
      await open(ORDERS);
      let left = changes;
      const { files } = session;
      const dying: Files = Object.assign(Object.create(files) as Files, {
        move: (from: string, to: string) => (left-- > 0 ? files.move(from, to) : Promise.reject(new Error("killed"))),
      });
      for (const n of [2, 1, 3]) {
        deliver(root, `Header-${n}.csv`, `OrderID,Total\n${n},1\n`);
        deliver(root, `Detail-${n}.csv`, `OrderID,Line,Qty\n${n},1,5\n`);
      }
      const seen: string[] = [];
      cursor = { after: 0 };
      const pull = fileExchange.entities.PurchaseOrder?.pull;
      const query = { mode: "incremental" as const, pageSize: 1, lookbackSeconds: 0, cursor };
      const reading = async () => {
        for await (const page of pull?.({ ...session, files: dying }, query) ?? []) {
          seen.push(...page.rows.map(({ externalId }) => externalId));
          ({ cursor } = page);
        }
      };
      await reading().catch((error: Error) => expect(error.message).toBe("killed"));
      seen.push(...(await next("PurchaseOrder")));
      expect(seen).toEqual(["1", "2", "3"]);
      expect([names("in"), names("work"), names("done").length]).toEqual([[], [], 6]);
      await session.files.close();
      await server?.close();
    }
  });
});

describe("settings of numbers", () => {
  it.each([
    [{ ...BY_NAME, pattern: "Vendor*.csv" }, /must say where the number stands/],
    [{ ...BY_NAME, pattern: "Vendor*{seq}.csv" }, /not beside a wildcard/],
    [{ ...BY_NAME, sequence: "sometimes" }, /none, name or file/],
    [{ ...BY_NAME, sequence: { by: "name", first: -1 } }, /first must be a whole number/],
    [{ ...BY_NAME, sequence: { by: "name", last: 2 } }, /last must be a whole number/],
  ])("%j is refused", async (set, expected) => {
    await expect(openFolder(root, { sets: [set] })).rejects.toThrow(expected);
  });
});
