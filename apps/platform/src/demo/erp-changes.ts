import type { CloudEvent, Job, Page, RecordView } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import type { Api } from "./api";
import type { Erps } from "./erps";
import { execute, externalIdIn, since } from "./first-sync";
import { ODOO, OWN_PREFIX, SQL } from "./names";
import type { Screen } from "./progress";

const PATIENCE_MS = 60_000;

/** A telephone number changed in Odoo, and how it gets to the MES side and to the other ERP. */
export async function showOdooChange(api: Api, { odoo, sql }: Erps, screen: Screen): Promise<void> {
  const supplier = (await page(api, "Supplier")).find(
    (record) => externalIdIn(record, ODOO) !== undefined && externalIdIn(record, SQL) !== undefined,
  );
  if (!supplier) throw new Error("the ERPs have no supplier in common");
  screen.line();
  screen.line("A change in Odoo");
  const cursor = await feedEnd(api);
  const id = externalIdIn(supplier, ODOO);
  const phone = `+31 10 555 ${String(Date.now() % 10_000).padStart(4, "0")}`;
  const started = performance.now();
  await odoo.odoo.call("res.partner", "write", [[Number(id)], { phone }]);
  screen.line(`  res.partner ${id}: phone becomes ${phone}`);
  const vendor = externalIdIn(supplier, SQL);
  const change = { entity: "Supplier", key: supplier.key, field: "phone", value: phone };
  // At the same time: each line tells its own time.
  const lines = [
    arrival(api, ODOO, change, started),
    toldOnFeed(api, cursor, supplier.key, started),
    api
      .until(
        () => sql.erp.query("select phone from vendor where vendor_no = $1", [vendor]),
        ([row]) => row?.["phone"] === phone,
        PATIENCE_MS,
      )
      .then(() => `SQL ERP: vendor ${vendor} has it, after ${since(started)}`),
  ];
  for (const line of await Promise.all(lines)) screen.line(`  ${line}`);
}

/** A stock counted in the SQL ERP. */
export async function showSqlChange(api: Api, { sql }: Erps, screen: Screen): Promise<void> {
  const balance = (await page(api, "InventoryBalance", OWN_PREFIX)).find(
    (record) => externalIdIn(record, SQL) !== undefined,
  );
  if (!balance) throw new Error("the SQL ERP brought no stock of its own");
  screen.line();
  screen.line("A change in the SQL ERP");
  const cursor = await feedEnd(api);
  const [item, site] = (externalIdIn(balance, SQL) ?? "").split("|");
  const started = performance.now();
  const [row] = await sql.erp.query(
    "update stock set qty = qty + 7, changed_at = clock_timestamp() where item_no = $1 and site = $2 returning trim_scale(qty)::text as qty",
    [item, site],
  );
  const value = String(row?.["qty"]);
  screen.line(`  update stock: item ${item} at ${site} becomes ${value}`);
  const change = { entity: "InventoryBalance", key: balance.key, field: "quantity", value };
  const lines = [arrival(api, SQL, change, started), toldOnFeed(api, cursor, balance.key, started)];
  for (const line of await Promise.all(lines)) screen.line(`  ${line}`);
}

interface Change {
  entity: string;
  key: string;
  field: string;
  value: string;
}

/** Synchronises until the change is here: an ERP's newest second is read by the pull after. */
async function arrival(
  api: Api,
  integration: string,
  { entity, key, field, value }: Change,
  started: number,
): Promise<string> {
  const now = await api.until(
    async () => {
      await pulled(api, integration, entity);
      return api.get<RecordView>(`/erp/records/${entity}/${encodeURIComponent(key)}`);
    },
    ({ record }) => (record as JsonObject)[field] === value,
    PATIENCE_MS,
  );
  return `arrived in ${entity} ${key}, version ${now.version}, after ${since(started)}`;
}

async function pulled(api: Api, integration: string, entity: string): Promise<void> {
  const { jobs } = await execute(api, integration, [entity]);
  await api.until(
    () => Promise.all(jobs.map(({ id }) => api.get<Job>(`/erp/sync-jobs/${id}`))),
    (now) => now.every(({ finishedAt }) => finishedAt !== null),
    PATIENCE_MS,
  );
}

async function toldOnFeed(api: Api, cursor: string | null, key: string, started: number): Promise<string> {
  const { items } = await api.until(
    () => changesAfter(api, cursor),
    (changes) => changes.items.some(({ subject }) => subject === key),
    PATIENCE_MS,
  );
  const told = items.find(({ subject }) => subject === key);
  return `told to MES modules on the change feed: ${told?.type}, after ${since(started)}`;
}

async function page(api: Api, entity: string, prefix = ""): Promise<RecordView[]> {
  const path = `/erp/records/${entity}?limit=10&prefix=${encodeURIComponent(prefix)}`;
  return (await api.get<{ items: RecordView[] }>(path)).items;
}

async function feedEnd(api: Api): Promise<string | null> {
  let end: string | null = null;
  // The feed has no last page: an empty one is where it ends for now.
  for (;;) {
    const { items, next } = await changesAfter(api, end);
    if (items.length === 0) return next ?? end;
    end = items.at(-1)?.cursor ?? end;
  }
}

function changesAfter(api: Api, cursor: string | null): Promise<Page<CloudEvent>> {
  return api.get(`/erp/changes?limit=1000${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`);
}
