import { appendFileSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AdapterError, type Files, LocalFiles, type Page, type PullQuery } from "@dovetail/adapter-sdk";
import type { TestSftpServer } from "@dovetail/testing";
import type { Json, JsonObject } from "@dovetail/domain";
import { fileExchange } from "../src";
import type { FileSession } from "../src/session";
import { deliver, newRoot, openFolder, openThrough, readAll, sftpOver } from "./exchange";
import { itOnDisk, smallDisk, unmountSmallDisks } from "./small-disk";

const SUPPLIERS: JsonObject = { entityType: "Supplier", pattern: "Vendor*.csv", key: ["VendorID"] };
const ORDERS: JsonObject = {
  entityType: "PurchaseOrder",
  pattern: "Header*.csv",
  key: ["OrderID"],
  children: [{ as: "lines", pattern: "Detail*.csv", parentKey: ["OrderID"] }],
};
const HEAD = "VendorID,Name\n";

const failure = (call: Promise<unknown> | undefined) =>
  (call ?? Promise.resolve()).then(
    () => Promise.reject(new Error("it did not fail")),
    (error: AdapterError) => error,
  );

let root: string;
let session: FileSession;
let server: TestSftpServer | undefined;
let close: (() => Promise<void>) | undefined;
const names = (folder: string) =>
  readdirSync(join(root, folder)).map((name) => name.replace(/^(again~)?\d+[~.]([0-9a-f]{16}~)?/, "$1"));
const shown = async (cursor: Json = null) => {
  const { rows } = await readAll(session, "Supplier", { cursor });
  return rows.map(({ externalId, problem }) => problem ?? externalId);
};
const send = (reference: string, name: string) =>
  fileExchange.entities.Supplier?.push?.send(session, {
    op: "create",
    reference,
    body: { supplierNumber: "S-1", name },
  });

beforeEach(() => {
  root = newRoot();
});
afterEach(async () => {
  await close?.();
  close = undefined;
  unmountSmallDisks();
});

describe.each(["folder", "sftp"])("trouble through %s", (transport) => {
  const open = async (set: JsonObject = SUPPLIERS, settings: JsonObject = {}) => {
    await close?.();
    ({ session, server, close } = await openThrough(transport, root, { sets: [set], ...settings }));
  };
  /** The same files, with something done before a step. */
  const before = (step: "list" | "read" | "move", act: (path: string) => void) => {
    const { files } = session;
    const meddled = Object.create(files) as Files;
    const original = files[step].bind(files) as (...args: unknown[]) => unknown;
    Object.assign(meddled, { [step]: (path: string, ...more: unknown[]) => (act(path), original(path, ...more)) });
    session = { ...session, files: meddled };
  };

  it("a file that grows while it is read waits until it stands still", async () => {
    await open();
    deliver(root, "Vendor.csv", `${HEAD}1,One\n`);
    let grows = true;
    before("read", (path) => {
      if (grows && path.startsWith("in/")) appendFileSync(join(root, path), "2,Two\n");
    });
    expect(await shown()).toEqual([]);
    expect(names("in")).toEqual(["Vendor.csv"]);
    grows = false;
    expect((await shown()).slice(0, 2)).toEqual(["1", "2"]);
  });

  it.each([
    ["by whole rows", "9,Nine\n", ["1", "9"]],
    ["by half a row", "9,Nine\n10", ["1", "9"]],
  ])("a file that grows after it was taken, %s, is told", async (_, more, ids) => {
    await open();
    deliver(root, "Vendor.csv", `${HEAD}1,One\n`);
    let taken = 0;
    before("read", (path) => {
      if (path.startsWith("work/") && taken++ === 0) appendFileSync(join(root, path), more);
    });
    const found = await readAll(session, "Supplier");
    const said = found.rows.map(({ externalId, problem }) => problem ?? externalId);
    expect(said.at(-1)).toMatch(/Vendor.csv was changed after it had been taken, deliver it again as a whole/);
    // What stands in a chunk with the broken end may be missing: it is to be delivered again.
    expect(ids).toEqual(expect.arrayContaining(said.slice(0, -1)));
    expect(names("done")).toEqual(["Vendor.csv"]);
    expect((await readAll(session, "Supplier", { mode: "incremental", cursor: found.cursor })).rows).toEqual([]);
  });

  it.each(["in", "work", "done"])(
    "a vanished folder, %s, is an outage that names it; then all is resumed",
    async (gone) => {
      await open();
      deliver(root, "Vendor.csv", HEAD + Array.from({ length: 9 }, (_, n) => `${n},Vendor ${n}\n`).join(""));
      const begun = await readAll(session, "Supplier", { pageSize: 2, stopAfter: 2 });
      renameSync(join(root, gone), join(root, "away"));
      const error = await failure(readAll(session, "Supplier", { cursor: begun.cursor, pageSize: 2 }));
      expect(error).toMatchObject({ category: "TRANSIENT", code: "ERP001", sent: "no" });
      expect(error.message).toContain(gone);
      expect(await failure(fileExchange.test(session))).toMatchObject({ category: "TRANSIENT" });
      renameSync(join(root, "away"), join(root, gone));
      const rest = await readAll(session, "Supplier", { cursor: begun.cursor, pageSize: 2 });
      expect([...begun.rows, ...rest.rows].map(({ externalId }) => externalId)).toEqual([..."012345678"]);
      expect(names("done")).toEqual(["Vendor.csv"]);
    },
  );

  itOnDisk("a full disk on out leaves nothing half there, and the push goes through once there is room", async () => {
    await open();
    expect(smallDisk(join(root, "out"))).toBe(true);
    writeFileSync(join(root, "out/others"), Buffer.alloc(48 * 1024));
    const error = await failure(send("ABCDEFGHIJKL", "x".repeat(100_000)));
    expect(error).toMatchObject({ category: "SERVER", code: "UNAVAILABLE", sent: "no" });
    expect(error.message).toMatch(/writing "out\/Supplier-ABCDEFGHIJKL.json": .*full/);
    expect(readdirSync(join(root, "out"))).toEqual(["others"]);
    rmSync(join(root, "out/others"));
    await send("ABCDEFGHIJKL", "x".repeat(10_000));
    expect(readdirSync(join(root, "out"))).toEqual(["Supplier-ABCDEFGHIJKL.json"]);
  });

  itOnDisk("a full disk under the numbers of outgoing files gives none away", async () => {
    await open(SUPPLIERS, { outSequence: "name" });
    expect(smallDisk(join(root, "work"))).toBe(true);
    writeFileSync(join(root, "work/others"), Buffer.alloc(64 * 1024 - 4096));
    await send("AAAAAAAAAAAA", "One");
    writeFileSync(join(root, "work/more"), "");
    for (let full = false; !full;)
      try {
        appendFileSync(join(root, "work/more"), Buffer.alloc(1024));
      } catch {
        full = true;
      }
    expect(await failure(send("BBBBBBBBBBBB", "Two"))).toMatchObject({ category: "SERVER" });
    rmSync(join(root, "work/others"));
    await send("BBBBBBBBBBBB", "Two");
    expect(readdirSync(join(root, "out"))).toEqual([
      "Supplier-00000001-AAAAAAAAAAAA.json",
      "Supplier-00000002-BBBBBBBBBBBB.json",
    ]);
  });

  it("a file that vanishes before it is taken is left to the next look", async () => {
    await open();
    deliver(root, "Vendor1.csv", `${HEAD}1,One\n`);
    deliver(root, "Vendor2.csv", `${HEAD}2,Two\n`);
    before("read", (path) => {
      if (path === "in/Vendor1.csv" && existsSync(join(root, path))) rmSync(join(root, path));
    });
    expect(await shown()).toEqual(["2"]);
  });
});

describe("trouble of an SFTP server", () => {
  it("a changed host key stops everything, in words", async () => {
    const { server: other, config } = await sftpOver(root);
    close = () => other.close();
    const hostKey = `SHA256:${Buffer.alloc(32).toString("base64")}`;
    session = await openFolder(root, { sets: [SUPPLIERS], ...config, hostKey });
    deliver(root, "Vendor.csv", `${HEAD}1,One\n`);
    for (const call of [fileExchange.test(session), readAll(session, "Supplier"), send("ABCDEFGHIJKL", "One")]) {
      const error = await failure(call);
      expect(error).toMatchObject({ category: "AUTH", code: "ERP002", sent: "no" });
      expect(error.message).toContain("host key");
    }
    expect([names("in"), names("out")]).toEqual([["Vendor.csv"], []]);
  });

  it.each([
    ["a plain file", SUPPLIERS],
    ["heads and lines", ORDERS],
  ])("a dropped connection in mid-page, of %s, is resumed where it was", async (_, set) => {
    const entity = set === ORDERS ? "PurchaseOrder" : "Supplier";
    ({ session, server, close } = await openThrough("sftp", root, { sets: [set] }));
    // More than is read ahead, so that pages are still to be transferred when the connection goes.
    const count = 12_000;
    const rows = Array.from({ length: count }, (_unused, n) => `${n},${"x".repeat(300)}\n`).join("");
    deliver(root, "Vendor.csv", HEAD + rows);
    deliver(root, "Header.csv", `OrderID,Text\n${rows}`);
    deliver(root, "Detail.csv", `OrderID,Line\n${Array.from({ length: count }, (_unused, n) => `${n},1\n`).join("")}`);
    const seen: string[] = [];
    let cursor: Json = null;
    let cuts = 0;
    for (let last = false; !last;) {
      const query: PullQuery = { mode: "full", cursor, pageSize: 500, lookbackSeconds: 0 };
      const reading: AsyncIterable<Page> | undefined = fileExchange.entities[entity]?.pull?.(session, query);
      let pages = 0;
      try {
        for await (const page of reading ?? []) {
          seen.push(...page.rows.map(({ externalId }) => externalId));
          ({ cursor, last } = page);
          if (++pages === 2 && cuts < 3) server?.cut();
        }
      } catch (error) {
        expect(error).toMatchObject({ category: "TRANSIENT", code: "ERP001" });
        cuts++;
      }
    }
    expect(cuts).toBe(3);
    expect(seen).toHaveLength(count);
    expect(new Set(seen).size).toBe(count);
  });
});

describe("trouble of our own", () => {
  it("a full disk that is only said to be one fails the push and the test of the connection", async () => {
    const full = new LocalFiles(root);
    full.write = async () => {
      throw new AdapterError('writing "out/x": the disk is full', {
        category: "SERVER",
        code: "UNAVAILABLE",
        sent: "no",
      });
    };
    session = await openFolder(root, { sets: [SUPPLIERS] }, { files: full });
    expect(await failure(send("ABCDEFGHIJKL", "One"))).toMatchObject({ category: "SERVER", sent: "no" });
    expect(readdirSync(join(root, "out"))).toEqual([]);
    const error = await failure(fileExchange.test(session));
    expect(error.message).toMatch(/the folder in takes no files.*disk is full/);
  });

  it("no folder is used that the operator has not opened", async () => {
    const elsewhere = newRoot();
    for (const other of [elsewhere, `${root}/../${elsewhere}`, "/", "/etc"])
      await expect(openFolder(root, { sets: [SUPPLIERS], root: other })).rejects.toThrow(/operator has opened/);
    writeFileSync(join(root, "in/x"), "");
    await expect(openFolder(root, { sets: [SUPPLIERS], root: join(root, "in") })).resolves.toBeDefined();
  });
});
