import { type Page, type PullQuery, SqlClient } from "@dovetail/adapter-sdk";
import type { Json, JsonObject } from "@dovetail/domain";
import { databaseView } from "../src";
import { openPlace, type Place } from "./database-harness";
import { mariadbPlace, noMariadb, postgresPlace } from "./places";

const COUNTED: JsonObject = {
  entityType: "PurchaseOrder",
  view: "v_po",
  key: ["site", "num"],
  watermark: "rise",
  children: [{ as: "lines", view: "po_line", parentKey: ["site", "num"], watermark: "rise" }],
};
const TIMED: JsonObject = { entityType: "Part", view: "v_part", key: ["id"], watermark: "changed" };

function onServer(start: () => Promise<{ place: Place; stop(): Promise<void> }>): void {
  let place: Place;
  let sql: SqlClient;
  let stop: () => Promise<void>;
  const opened: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    ({ place, stop } = await start());
    sql = new SqlClient({ ...place, host: "127.0.0.1" });
    const time = place.dialect === "mysql" ? "datetime(3)" : "timestamp(3)";
    await sql.execute("create table po (site char(4) not null, num int not null, note varchar(20), rise bigint)");
    await sql.execute("create table po_line (site char(4) not null, num int not null, line_no int, rise bigint)");
    await sql.execute("create view v_po as select * from po");
    await sql.execute(`create table part (id int, name varchar(20), changed ${time})`);
    await sql.execute("create view v_part as select * from part");
  });
  afterEach(async () => {
    for (const { close } of opened.splice(0)) await close();
    for (const table of ["po", "po_line", "part"]) await sql.execute(`delete from ${table}`);
  });
  afterAll(async () => {
    await sql?.close();
    await stop?.();
  });

  async function reader(view: JsonObject) {
    const made = await openPlace(place, { views: [view] });
    opened.push(made);
    const entity = view["entityType"] as "PurchaseOrder" | "Part";
    return {
      async pull(cursor: Json | null, query: Partial<PullQuery> = {}) {
        const whole: PullQuery = { mode: "incremental", cursor, pageSize: 7, lookbackSeconds: 0, ...query };
        const pages: Page[] = [];
        for await (const page of databaseView.entities[entity]?.pull?.(made.session, whole) ?? []) pages.push(page);
        return {
          ids: pages.flatMap(({ rows }) => rows.map(({ externalId }) => externalId)),
          rows: pages.flatMap(({ rows }) => rows),
          cursor: pages.at(-1)?.cursor ?? null,
        };
      },
      async stamps() {
        const found: [string, string | undefined][] = [];
        for await (const { externalId, version } of databaseView.entities[entity]?.stamps?.(made.session, null) ?? [])
          found.push([externalId, version]);
        return found;
      },
    };
  }

  const fill = (count: number, rise: string) =>
    sql.execute(
      `insert into po values ${Array.from({ length: count }, (_, n) => `('AB', ${n}, 'x', ${rise})`).join(", ")}`,
    );

  it("rows without a key are shown once, also behind more pages than one", async () => {
    for (let id = 1; id <= 20; id++) await sql.execute(`insert into part (id, name) values (${id}, 'bolt')`);
    await sql.execute("insert into part (id, name) values (null, 'one'), (null, 'other')");
    const { rows } = await (await reader(TIMED)).pull(null, { mode: "full" });
    expect(rows.filter(({ problem }) => problem === undefined)).toHaveLength(20);
    expect(rows.flatMap(({ problem }) => problem ?? [])).toEqual(Array(2).fill("the key (id) of this row is empty"));
  });

  it("by a number that rises: ties over pages, what moved alone, lines that moved alone", async () => {
    await fill(40, "9007199254740993");
    const { pull } = await reader(COUNTED);
    const first = await pull(null, { mode: "full" });
    expect([first.ids.length, new Set(first.ids).size]).toEqual([40, 40]);
    expect(first.cursor).toEqual({ lo: "9007199254740993", hi: null, last: null });
    expect(first.rows[0]).not.toHaveProperty("modifiedAt");
    await sql.execute("update po set rise = 9007199254740994, note = 'moved' where num between 10 and 29");
    const moved = await pull(first.cursor);
    // The highest number is read once more: nobody knows whether all of its rows were there.
    expect([moved.ids.length, new Set(moved.ids).size]).toEqual([40, 40]);
    const still = await pull(moved.cursor);
    expect(still.ids).toHaveLength(20);
    await sql.execute("insert into po_line values ('AB', 3, 1, 9007199254740999)");
    const lines = await pull(still.cursor);
    expect(lines.ids.filter((id) => !still.ids.includes(id)).map((id) => id.split("|")[1])).toEqual(["3"]);
    expect((await pull(lines.cursor)).ids.map((id) => id.split("|")[1])).toEqual(["3"]);
  });

  it("by a number: late ones within the look-back are found, and a last row that is removed loses nothing", async () => {
    await fill(3, "100");
    const { pull } = await reader({ ...COUNTED, lookback: 10 });
    const { cursor } = await pull(null);
    await sql.execute("insert into po values ('AB', 50, 'late', 92), ('AB', 51, 'too late', 89)");
    expect((await pull(cursor)).ids.map((id) => id.split("|")[1])).toEqual(["0", "1", "2", "50"]);
    await sql.execute("delete from po where rise = 100");
    const after = await pull(cursor);
    expect(after.cursor).toMatchObject({ lo: "100" });
    await sql.execute("insert into po values ('AB', 60, 'next', 101)");
    expect((await pull(after.cursor)).ids.map((id) => id.split("|")[1])).toEqual(["50", "60"]);
  });

  it("that is empty in some rows: those are read each time, with the stamps that they are listed with", async () => {
    await sql.execute("insert into part values (1, 'a', null), (2, 'b', '2026-01-01 00:00:00'), (3, 'c', null)");
    const { pull, stamps } = await reader(TIMED);
    const first = await pull(null);
    expect(first.ids).toEqual(["1", "2", "3"]);
    await sql.execute("update part set name = 'changed' where id = 1");
    const next = await pull(first.cursor);
    expect(next.ids).toEqual(["1", "3"]);
    const versions = new Map([...first.rows, ...next.rows].map(({ externalId, version }) => [externalId, version]));
    expect(versions.get("1")).not.toBe(first.rows[0]?.version);
    expect(await stamps()).toEqual([...versions].sort());
    expect(await (await reader(COUNTED)).stamps()).toEqual([]);
  });

  it("of another kind than the one before begins anew; no cursor of another adapter is taken", async () => {
    await fill(2, "5");
    await sql.execute("insert into po_line values ('AB', 1, 1, 4), ('AB', 1, 2, 30)");
    const { pull, stamps } = await reader(COUNTED);
    const { ids, rows } = await pull({ lo: "2026-01-01T00:00:00Z", hi: null, last: null });
    expect(ids).toHaveLength(2);
    expect(await stamps()).toEqual(rows.map(({ externalId, version }) => [externalId, version]));
    expect(rows[1]?.version).toBe("5/30");
    await expect(pull({ lo: "soon", hi: null, last: null })).rejects.toMatchObject({ code: "STALE" });
  });

  it("that neither is a time nor counts, or is another for the lines, is refused with its name", async () => {
    const text = await reader({ ...COUNTED, watermark: "note" });
    await expect(text.pull(null)).rejects.toMatchObject({
      code: "ERP008",
      message: expect.stringMatching(/watermark note of v_po is .*a time or a number that rises/),
    });
    const child = { as: "offers", view: "po_line", parentKey: ["num"], watermark: "rise" };
    const mixed = await reader({ ...TIMED, children: [child] });
    await expect(mixed.pull(null)).rejects.toMatchObject({
      code: "ERP008",
      message: expect.stringContaining("one cannot be compared with the other"),
    });
  });
}

describe("a watermark on PostgreSQL", () => onServer(postgresPlace));
if (noMariadb === undefined) describe("a watermark on MariaDB", () => onServer(mariadbPlace));
else it("says what was not tried", () => console.warn(`not on MariaDB: ${noMariadb}`));
