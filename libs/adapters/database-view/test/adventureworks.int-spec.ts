import { type Page, type PullQuery, SqlClient } from "@dovetail/adapter-sdk";
import { type EntityName, type JsonObject, keyOf, sumDecimals, validateRecord } from "@dovetail/domain";
import { compileMapping } from "@dovetail/mapping";
import { databaseView } from "../src";
import { hasData, load, MAPPINGS, VIEWS } from "./adventureworks";
import { openPlace, type Place } from "./database-harness";
import { mariadbPlace, noMariadb, postgresPlace } from "./places";

const FILES = ["Vendor", "Product", "PurchaseOrderHeader", "PurchaseOrderDetail", "ProductInventory"];

async function pull(session: unknown, entity: EntityName, query: Partial<PullQuery> = {}) {
  const whole: PullQuery = { mode: "full", cursor: null, pageSize: 7, lookbackSeconds: 0, ...query };
  const pages: Page[] = [];
  for await (const page of databaseView.entities[entity]?.pull?.(session, whole) ?? []) pages.push(page);
  return { pages, rows: pages.flatMap(({ rows }) => rows), cursor: pages.at(-1)?.cursor ?? null };
}

/** Rows through the entity's mapping, references by the keys of what was read before. */
async function records(session: unknown, entity: EntityName, keys: Map<string, string>): Promise<JsonObject[]> {
  const { rows } = await pull(session, entity);
  const document = MAPPINGS[entity];
  if (!document) throw new Error(`no mapping of ${entity}`);
  const { inbound } = await compileMapping(document, { entity });
  return (await inbound(rows.map(({ body }) => body))).map(({ record, refs, errors }, index) => {
    for (const ref of refs) ref.holder[ref.field] = keys.get(`${ref.entity}/${ref.externalId}`) ?? null;
    expect([...errors, ...validateRecord(entity, record)]).toEqual([]);
    keys.set(`${entity}/${rows[index]?.externalId}`, keyOf(entity, record));
    return record;
  });
}

const sum = (from: readonly JsonObject[], field: string) => sumDecimals(from.map((record) => String(record[field])));

function throughViews(start: () => Promise<{ place: Place; stop(): Promise<void> }>): void {
  let sql: SqlClient;
  let stop: () => Promise<void>;
  let opened: Awaited<ReturnType<typeof openPlace>>;

  beforeAll(async () => {
    const started = await start();
    stop = started.stop;
    sql = new SqlClient({ ...started.place, host: "127.0.0.1" });
    for (const file of FILES) await load(sql, file);
    opened = await openPlace(started.place, { views: VIEWS });
  });
  afterAll(async () => {
    await opened?.close();
    await sql?.close();
    await stop?.();
  });

  it("arrives whole and exact by pages of seven", async () => {
    const keys = new Map<string, string>();
    const suppliers = await records(opened.session, "Supplier", keys);
    const parts = await records(opened.session, "Part", keys);
    const orders = await records(opened.session, "PurchaseOrder", keys);
    const balances = await records(opened.session, "InventoryBalance", keys);

    expect([suppliers, parts, orders, balances].map(({ length }) => length)).toEqual([104, 504, 4012, 1069]);
    expect(suppliers.find(({ supplierNumber }) => supplierNumber === "AUSTRALI0001")).toMatchObject({
      currency: "USD",
    });
    expect(new Set(parts.map(({ weightUnit }) => weightUnit))).toEqual(new Set([undefined, "LBR", "GRM"]));
    const lines = orders.flatMap((order) => order["lines"] as JsonObject[]);
    expect(lines).toHaveLength(8845);
    expect(lines.every(({ part, unit }) => typeof part === "string" && unit === "EA")).toBe(true);
    expect(sum(orders, "totalAmount")).toBe("70479332.6383");
    const wrong = orders.filter((order) => sum(order["lines"] as JsonObject[], "lineTotal") !== order["subtotal"]);
    expect(wrong).toEqual([]);
    expect(orders[0]).toMatchObject({ supplier: "LITWARE0001", subtotal: "201.04", orderDate: "2022-04-15T00:00:00Z" });
  });

  it("finds all rows of one watermark when they change together, and lines that changed alone", async () => {
    const first = await pull(opened.session, "Part");
    const idle = await pull(opened.session, "Part", { mode: "incremental", cursor: first.cursor });
    expect(idle.rows).toEqual([]);
    const q = (name: string) => (sql.dialect === "mysql" ? `\`${name}\`` : `"${name}"`);
    // Whole seconds: the next window is shown once its second is over.
    const now = sql.dialect === "mysql" ? "utc_timestamp()" : "date_trunc('second', now() at time zone 'UTC')";
    await sql.execute(`update ${q("Product")} set ${q("ModifiedDate")} = ${now} where ${q("ProductID")} < 400`);
    const { rows: changed } = await readOn("Part", idle.cursor);
    expect(changed).toBe(
      Number((await sql.query(`select count(*) as n from ${q("Product")} where ${q("ProductID")} < 400`))[0]?.["n"]),
    );

    const orders = await pull(opened.session, "PurchaseOrder", { pageSize: 1000 });
    await sql.execute(
      `update ${q("PurchaseOrderDetail")} set ${q("ModifiedDate")} = ${now}, ${q("OrderQty")} = 5 where ${q("PurchaseOrderDetailID")} = 1`,
    );
    const moved = await pull(opened.session, "PurchaseOrder", { mode: "incremental", cursor: orders.cursor });
    expect(moved.rows.map(({ externalId }) => externalId)).toEqual(["1"]);
    expect(moved.rows[0]?.childrenComplete).toBe(true);
  });

  /** Increments until one is empty behind one that was not. */
  async function readOn(entity: EntityName, cursor: Page["cursor"] | null): Promise<{ rows: number }> {
    const seen = new Set<string>();
    const deadline = Date.now() + 10_000;
    for (let from = cursor, before = -1; before !== seen.size || seen.size === 0;) {
      before = seen.size;
      await new Promise((resolve) => setTimeout(resolve, 300));
      const { rows, cursor: next } = await pull(opened.session, entity, { mode: "incremental", cursor: from });
      for (const { externalId } of rows) seen.add(externalId);
      from = next;
      if (Date.now() > deadline) break;
    }
    return { rows: seen.size };
  }

  it("lists stamps that equal the versions of its rows, and looks rows up", async () => {
    const { rows } = await pull(opened.session, "PurchaseOrder", { pageSize: 1000 });
    const versions = new Map(rows.map(({ externalId, version }) => [externalId, version]));
    let count = 0;
    for await (const stamp of databaseView.entities.PurchaseOrder?.stamps?.(opened.session, null) ?? []) {
      count++;
      expect([stamp.externalId, stamp.version]).toEqual([stamp.externalId, versions.get(stamp.externalId)]);
    }
    expect(count).toBe(4012);
    const { lookup } = databaseView.entities.Supplier ?? {};
    const [found] = (await lookup?.(opened.session, { key: { supplierNumber: "AUSTRALI0001" } })) ?? [];
    expect(found?.externalId).toBe("1492");
    expect(await lookup?.(opened.session, { key: { supplierNumber: "australi0001" } })).toEqual([]);
    const balance = await databaseView.entities.InventoryBalance?.lookup?.(opened.session, { externalId: "1|6" });
    expect(balance?.[0]?.body).toMatchObject({ Shelf: "B", Quantity: 324 });
  });
}

if (hasData) describe("AdventureWorks through views of PostgreSQL", () => throughViews(postgresPlace));
if (hasData && noMariadb === undefined)
  describe("AdventureWorks through views of MariaDB", () => throughViews(mariadbPlace));
if (!hasData || noMariadb !== undefined) {
  it("says what was not tried", () =>
    console.warn(hasData ? `not on MariaDB: ${noMariadb}` : "AdventureWorks data is not at ../shared/data"));
}
