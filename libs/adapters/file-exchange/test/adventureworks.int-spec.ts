import { type EntityName, type JsonObject, keyOf, sumDecimals, validateRecord } from "@dovetail/domain";
import { compileMapping } from "@dovetail/mapping";
import type { TestSftpServer } from "@dovetail/testing";
import type { FileSession } from "../src/session";
import { deliverData, hasData, MAPPINGS, SETS } from "./adventureworks";
import { newRoot, openFolder, readAll, sftpOver } from "./exchange";

if (!hasData) console.warn("AdventureWorks data is not at ../shared/data: its specs are skipped");

/** Rows through the entity's mapping, references by the keys of what was read before. */
async function records(session: FileSession, entity: EntityName, pageSize: number, keys: Map<string, string>) {
  const { rows, pages } = await readAll(session, entity, { pageSize });
  const document = MAPPINGS[entity];
  if (!document) throw new Error(`no mapping of ${entity}`);
  const mapping = await compileMapping(document, { entity });
  const results = await mapping.inbound(rows.map(({ body }) => body));
  return {
    pages,
    made: results.map(({ record, refs, errors }, index) => {
      for (const ref of refs) ref.holder[ref.field] = keys.get(`${ref.entity}/${ref.externalId}`) ?? null;
      expect([...errors, ...validateRecord(entity, record)]).toEqual([]);
      expect(rows[index]?.childrenComplete).toBe(true);
      keys.set(`${entity}/${rows[index]?.externalId}`, keyOf(entity, record));
      return record;
    }),
  };
}

const sum = (records: readonly JsonObject[], field: string) =>
  sumDecimals(records.map((record) => String(record[field])));

(hasData ? describe : describe.skip)("AdventureWorks by files", () => {
  let server: TestSftpServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  it.each(["folder", "sftp"])("arrives whole and exact through %s", async (transport) => {
    const root = newRoot();
    deliverData(root, "Vendor", "Product", "PurchaseOrderHeader", "PurchaseOrderDetail", "ProductInventory");
    let settings: JsonObject = { sets: SETS };
    if (transport === "sftp") {
      const over = await sftpOver(root);
      server = over.server;
      settings = { ...settings, ...over.config };
    }
    const session = await openFolder(root, settings);
    const keys = new Map<string, string>();
    const suppliers = await records(session, "Supplier", 7, keys);
    const parts = await records(session, "Part", 7, keys);
    const orders = await records(session, "PurchaseOrder", 7, keys);
    const balances = await records(session, "InventoryBalance", 7, keys);

    expect([suppliers, parts, orders, balances].map(({ made }) => made.length)).toEqual([104, 504, 4012, 1069]);
    expect(orders.pages).toHaveLength(Math.ceil(4012 / 7));
    expect(suppliers.made[0]).toMatchObject({ supplierNumber: "AUSTRALI0001", currency: "USD" });
    expect(new Set(parts.made.map(({ weightUnit }) => weightUnit))).toEqual(new Set([undefined, "LBR", "GRM"]));
    const lines = orders.made.flatMap((order) => order["lines"] as JsonObject[]);
    expect(lines).toHaveLength(8845);
    expect(lines.every(({ part, unit }) => typeof part === "string" && unit === "EA")).toBe(true);
    expect(sum(orders.made, "totalAmount")).toBe("70479332.6383");
    for (const order of orders.made)
      expect([order["poNumber"], sum(order["lines"] as JsonObject[], "lineTotal")]).toEqual([
        order["poNumber"],
        order["subtotal"],
      ]);
    expect(orders.made.find(({ poNumber }) => poNumber === "1")).toMatchObject({
      supplier: "LITWARE0001",
      subtotal: "201.04",
    });

    // everything is done; nothing is read twice, and a second full run reads all of it again
    const { cursor } = await readAll(session, "PurchaseOrder");
    expect((await readAll(session, "PurchaseOrder", { mode: "incremental", cursor })).rows).toEqual([]);
    expect((await session.files.list("done")).map(({ path }) => path.replace(/^.*~/, ""))).toHaveLength(5);
    await session.files.close();
  });

  it("does not read a file that is delivered again, and joins the same on disk as in memory", async () => {
    const root = newRoot();
    deliverData(root, "Vendor");
    const session = await openFolder(root, { sets: SETS });
    const first = await readAll(session, "Supplier");
    deliverData(root, "Vendor");
    expect((await readAll(session, "Supplier", { mode: "incremental", cursor: first.cursor })).rows).toEqual([]);
    expect(await session.files.list("in")).toEqual([]);
  });
});
