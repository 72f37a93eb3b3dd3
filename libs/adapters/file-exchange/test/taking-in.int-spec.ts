import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Files, LocalFiles, type Page } from "@dovetail/adapter-sdk";
import type { Json, JsonObject } from "@dovetail/domain";
import { fileExchange } from "../src";
import type { FileSession } from "../src/session";
import { deliver, newRoot, openFolder, readAll } from "./exchange";

const SUPPLIERS: JsonObject = { entityType: "Supplier", pattern: "Vendor*.csv", key: ["VendorID"] };
const ORDERS: JsonObject = {
  entityType: "PurchaseOrder",
  pattern: "Header*.csv",
  key: ["OrderID"],
  children: [{ as: "lines", pattern: "Detail*.csv", parentKey: ["OrderID"] }],
};
const HEAD = "VendorID,Name\n";

let root: string;
let session: FileSession;
const open = async (set: JsonObject = SUPPLIERS, settings: JsonObject = {}, files?: Files) => {
  session = await openFolder(root, { sets: [set], ...settings }, files ? { files } : {});
};
const names = (folder: string) =>
  readdirSync(join(root, folder)).map((name) => name.replace(/^(again~)?\d+[~.]([0-9a-f]{16}~)?/, "$1"));
const ids = async () =>
  (await readAll(session, "Supplier")).rows.filter(({ problem }) => !problem).map(({ externalId }) => externalId);
const reason = () => {
  const name = readdirSync(join(root, "error")).find((each) => each.endsWith(".reason.json")) ?? "";
  return (JSON.parse(readFileSync(join(root, "error", name), "utf8")) as { reason: string }).reason;
};

beforeEach(async () => {
  root = newRoot();
  await open();
});

describe("taking in", () => {
  it("leaves a file that grows and one whose lines are missing", async () => {
    const growing = new LocalFiles(root);
    const list = growing.list.bind(growing);
    growing.list = async (folder, pattern) => {
      const entries = await list(folder, pattern);
      if (folder === "in" && existsSync(join(root, "in/Vendor.csv")))
        appendFileSync(join(root, "in/Vendor.csv"), "9,Nine\n");
      return entries;
    };
    deliver(root, "Vendor.csv", `${HEAD}1,One\n`);
    await open(SUPPLIERS, {}, growing);
    expect(await ids()).toEqual([]);
    expect(names("in")).toEqual(["Vendor.csv"]);
    await open();
    expect((await ids()).slice(0, 2)).toEqual(["1", "9"]);
    await open(ORDERS);
    deliver(root, "Header1.csv", "OrderID,Total\nA,1\n");
    expect((await readAll(session, "PurchaseOrder")).rows).toEqual([]);
    expect(names("in")).toEqual(["Header1.csv"]);
  });

  it("waits for the sign of a complete file, and compares digests", async () => {
    await open(SUPPLIERS, { marker: "sha256" });
    const content = `${HEAD}1,One\n`;
    deliver(root, "Vendor1.csv", content);
    expect(await ids()).toEqual([]);
    deliver(root, "Vendor1.csv.sha256", `${createHash("sha256").update(content).digest("hex")}  Vendor1.csv\n`);
    deliver(root, "Vendor2.csv", content);
    deliver(root, "Vendor2.csv.sha256", "0".repeat(64));
    expect(await ids()).toEqual(["1"]);
    expect(reason()).toMatch(/damaged on its way/);
    expect(names("in")).toEqual([]);
  });

  it("recognises a replay, but not a return to an earlier state", async () => {
    const next = async (text: string, cursor: Json) => {
      deliver(root, "Vendor.csv", `${HEAD}1,${text}\n`);
      const read = await readAll(session, "Supplier", { mode: "incremental", cursor });
      return { cursor: read.cursor, shown: read.rows.map(({ body }) => (body as JsonObject)["Name"]) };
    };
    const first = await next("A", null);
    const replay = await next("A", first.cursor);
    expect(replay.shown).toEqual([]);
    expect(names("done").sort()).toEqual(["Vendor.csv", "again~Vendor.csv"]);
    const changed = await next("B", replay.cursor);
    const back = await next("A", changed.cursor);
    expect([changed.shown, back.shown]).toEqual([["B"], ["A"]]);
    // a name that is given once, with its content: an old file that was sent again
    deliver(root, "Vendor-7.csv", `${HEAD}1,C\n`);
    const once = await readAll(session, "Supplier", { mode: "incremental", cursor: back.cursor });
    const later = await next("D", once.cursor);
    deliver(root, "Vendor-7.csv", `${HEAD}1,C\n`);
    expect((await readAll(session, "Supplier", { mode: "incremental", cursor: later.cursor })).rows).toEqual([]);
  });

  it("puts lines back that were moved without their head", async () => {
    await open(ORDERS);
    deliver(root, "Header1.csv", "OrderID,Total\nA,1\n");
    deliver(root, "Detail1.csv", "OrderID,Line,Qty\nA,1,5\n");
    renameSync(join(root, "in/Detail1.csv"), join(root, `work/7~${"a".repeat(16)}~Detail1.csv`));
    const { rows } = await readAll(session, "PurchaseOrder");
    expect(rows.map(({ externalId, body }) => [externalId, (body as JsonObject)["lines"]])).toEqual([
      ["A", [{ OrderID: "A", Line: "1", Qty: "5" }]],
    ]);
  });

  it.each(["full", "incremental"] as const)(
    "neither loses nor doubles a row wherever a %s reader is killed",
    async (mode) => {
      const content = Array.from({ length: 25 }, (_, n) => `${n},Vendor ${n}\n`);
      for (let killed = 1; killed <= 9; killed++) {
        root = newRoot();
        await open();
        deliver(root, "Vendor0.csv", `${HEAD}\n`);
        const { cursor } = await readAll(session, "Supplier");
        deliver(root, "Vendor1.csv", HEAD + content.slice(0, 10).join(""));
        deliver(root, "Vendor2.csv", HEAD + content.slice(10).join(""));
        const begun = await readAll(session, "Supplier", { pageSize: 3, stopAfter: killed, mode, cursor });
        await open();
        const rest = await readAll(session, "Supplier", { pageSize: 3, cursor: begun.cursor, mode });
        const whole = begun.pages.at(-1)?.last === true;
        const seen = [...begun.rows, ...(whole ? [] : rest.rows)].map(({ externalId }) => Number(externalId));
        expect(seen.sort((a, b) => a - b)).toEqual(content.map((_, n) => n));
        expect(names("done").sort()).toEqual(["Vendor0.csv", "Vendor1.csv", "Vendor2.csv"]);
      }
    },
  );

  it("neither loses nor doubles a document whichever change of a file is the last", async () => {
    for (let changes = 0; changes < 8; changes++) {
      root = newRoot();
      const dying = new LocalFiles(root);
      let left = changes;
      const move = dying.move.bind(dying);
      dying.move = (from, to) => (left-- > 0 ? move(from, to) : Promise.reject(new Error("killed")));
      await open(ORDERS, {}, dying);
      for (const n of [1, 2]) {
        deliver(root, `Header${n}.csv`, `OrderID,Total\n${n},1\n`);
        deliver(root, `Detail${n}.csv`, `OrderID,Line,Qty\n${n},1,5\n`);
      }
      const pages: Page[] = [];
      const pull = fileExchange.entities.PurchaseOrder?.pull?.(session, {
        mode: "full",
        cursor: null,
        pageSize: 1,
        lookbackSeconds: 0,
      });
      const reading = async () => {
        for await (const page of pull ?? []) pages.push(page);
      };
      await reading().catch((error: Error) => expect(error.message).toBe("killed"));
      await open(ORDERS);
      const last = pages.at(-1);
      const rest = last?.last
        ? []
        : (await readAll(session, "PurchaseOrder", { cursor: last?.cursor ?? null, pageSize: 1 })).rows;
      const rows = [...pages.flatMap((page) => page.rows), ...rest];
      expect(rows.map(({ externalId }) => externalId).sort()).toEqual(["1", "2"]);
      for (const { body } of rows) expect((body as JsonObject)["lines"]).toHaveLength(1);
      await readAll(session, "PurchaseOrder", {
        mode: "incremental",
        cursor: (await readAll(session, "PurchaseOrder")).cursor,
      });
      expect([names("in"), names("work"), names("done").length]).toEqual([[], [], 4]);
    }
  });

  it("shows each row of a full read as the newest delivery has it", async () => {
    deliver(root, "Vendor1.csv", `${HEAD}1,old\n2,Two\n`);
    await ids();
    deliver(root, "Vendor2.csv", `${HEAD}1,new\n3,Three\n`);
    const { rows } = await readAll(session, "Supplier", { pageSize: 2 });
    expect(rows.map(({ body }) => Object.values(body).join())).toEqual(["1,new", "3,Three", "2,Two"]);
    const { cursor } = await readAll(session, "Supplier", { pageSize: 1, stopAfter: 1 });
    const rest = await readAll(session, "Supplier", { cursor });
    expect(rest.rows.map(({ body }) => Object.values(body).join())).toEqual(["3,Three", "2,Two"]);
    await open({ ...SUPPLIERS, content: "complete" });
    expect(await ids()).toEqual(["1", "3"]);
  });
});
