import type { ClientBase } from "pg";
import { between, createRandom } from "../random";
import { COMPANY_STEMS, COMPANY_TRADES, GRADES, PARTS } from "../seed/names";

const SHARED_VENDORS = 24;
const SHARED_ITEMS = 30;
const SITE = "PLANT-1";

/** Items that this ERP alone knows. */
const OWN_ITEMS: readonly (readonly [string, string])[] = [
  ["Mooring line 48 mm", "MTR"],
  ["Fender cylinder 800", "EA"],
  ["Hatch cover seal", "MTR"],
  ["Pilot ladder 9 m", "EA"],
  ["Bilge alarm sensor", "EA"],
  ["Lifebuoy light", "EA"],
  ["Grating panel GRP", "EA"],
  ["Anchor chain 36 mm", "MTR"],
];

/**
 * Vendors and items of the demo: most of them stand in the simulated Odoo too, under the same business number and another
 * name; some items (PL-…) only here. All are older than any reader.
 */
export async function seedTables(client: ClientBase, seed: number): Promise<void> {
  const random = createRandom(seed);
  for (let n = 0; n < SHARED_VENDORS; n++) {
    const stem = COMPANY_STEMS[n % COMPANY_STEMS.length] ?? "";
    const trade = COMPANY_TRADES[(n * 7 + Math.floor(n / COMPANY_STEMS.length)) % COMPANY_TRADES.length] ?? "";
    const group = `SUP${String(n + 1).padStart(4, "0")}`;
    const values = [group, `${stem} ${trade}`.toUpperCase(), `+31 10 555 ${1000 + n}`];
    await client.query("insert into vendor (group_no, name, phone) values ($1, $2, $3)", values);
  }
  const shared = Array.from({ length: SHARED_ITEMS }, (_, n) => {
    const grade = GRADES[Math.floor(n / PARTS.length) % GRADES.length] ?? "";
    return [`DT-${1000 + n}`, `${PARTS[n % PARTS.length] ?? ""} ${grade}`, n % 9 === 0 ? "KGM" : "EA"] as const;
  });
  const own = OWN_ITEMS.map(([name, unit], n) => [`PL-${2001 + n}`, name, unit] as const);
  for (const [code, description, unit] of [...shared, ...own]) {
    const { rows } = await client.query<{ item_no: string }>(
      "insert into item (mat_code, description, uom, std_cost) values ($1, $2, $3, $4) returning item_no",
      [code, description, unit, between(random, 50, 90000) / 100],
    );
    const stock = [rows[0]?.item_no, SITE, between(random, 0, 400), unit];
    await client.query("insert into stock (item_no, site, qty, uom) values ($1, $2, $3, $4)", stock);
  }
  for (const table of ["vendor", "item", "stock"])
    await client.query(`update ${table} set changed_at = clock_timestamp() - interval '2 hours'`);
}
