import type { ExecuteAnswer, Job, RecordView } from "@dovetail/contracts";
import { ENTITY_NAMES } from "@dovetail/domain";
import type { Api } from "./api";
import { ODOO, OWN_PREFIX, SQL, TITLES } from "./names";
import { bar, type Screen } from "./progress";

const PATIENCE_MS = 180_000;
const ENDED = ["completed", "failed", "cancelled"];

/** The first synchronisation with Odoo. Throws when a job fails. */
export async function firstSyncOfOdoo(api: Api, screen: Screen): Promise<void> {
  await sync(api, screen, ODOO);
  await tellRecords(api, screen);
}

/** As `firstSyncOfOdoo`, for the SQL ERP: its rows meet records that are there. */
export async function firstSyncOfSql(api: Api, screen: Screen): Promise<void> {
  await sync(api, screen, SQL);
  await tellSharing(api, screen);
}

/** Pulls every entity of an integration and tells how far it is. */
async function sync(api: Api, screen: Screen, integration: string): Promise<void> {
  const started = performance.now();
  const { jobs } = await execute(api, integration);
  let told = 0;
  const ended = await api.until(
    () => Promise.all(jobs.map(({ id }) => api.get<Job>(`/erp/sync-jobs/${id}`))),
    (now) => {
      const done = now.filter(({ status }) => ENDED.includes(status)).length;
      const rows = now.reduce((sum, { counts }) => sum + counts.read, 0);
      const time = done === now.length ? `, ${since(started)}` : "";
      screen.progress(bar(done, now.length, `${rows} rows read${time}`), done !== told);
      told = done;
      return done === now.length;
    },
    PATIENCE_MS,
  );
  screen.endProgress();
  for (const job of ended)
    if (job.status !== "completed") throw new Error(`${job.entityType}: ${job.problem?.detail ?? job.status}`);
  const left = ended.reduce((sum, { counts: c }) => sum + c.parked + c.rejected, 0);
  if (left > 0) screen.line(`  ${left} rows wait, see GET /api/v1/erp/dead-letters`);
}

/** What the two ERPs have in common, and what the SQL ERP brought and Odoo got. */
async function tellSharing(api: Api, screen: Screen): Promise<void> {
  const [suppliers, parts, stock] = [
    await linkedTo(api, "Supplier", SQL),
    await linkedTo(api, "Part", SQL),
    await linkedTo(api, "InventoryBalance", SQL),
  ];
  const own = parts.filter(({ key }) => key.startsWith(OWN_PREFIX));
  screen.line(
    `  ${suppliers.length} suppliers and ${parts.length - own.length} parts stand in Odoo too: one record each, a link to either ERP`,
  );
  const passed = await api.until(
    () => linkedTo(api, "Part", ODOO, OWN_PREFIX),
    (there) => there.length >= own.length,
    PATIENCE_MS,
  );
  screen.line(
    `  ${own.length} parts (${OWN_PREFIX}…) with ${stock.length} stocks are its own; ${passed.length} of these parts went on to Odoo`,
  );
}

/** The records of an entity that a row of this integration is linked to. */
async function linkedTo(api: Api, entity: string, integration: string, prefix = ""): Promise<RecordView[]> {
  const records = await api.all<RecordView>(`/erp/records/${entity}?prefix=${encodeURIComponent(prefix)}`);
  return records.filter((record) => externalIdIn(record, integration) !== undefined);
}

/** The id under which an integration knows the record. */
export function externalIdIn({ sync }: RecordView, integration: string): string | undefined {
  return sync.find((one) => one.integration === integration && one.externalId !== null)?.externalId ?? undefined;
}

/** Starts a synchronisation of the given entities, or of all, once the integration is known everywhere. */
export function execute(api: Api, integration: string, entityTypes?: string[]): Promise<ExecuteAnswer> {
  const path = `/erp/sync-jobs/${integration}/execute`;
  return api.until(
    () => api.post<ExecuteAnswer>(path, entityTypes ? { entityTypes } : {}),
    ({ jobs }) => jobs.length > 0,
    30_000,
  );
}

/** How many records there are of each entity that Odoo has. */
export async function tellRecords(api: Api, screen: Screen): Promise<void> {
  const { entities } = await api.get<{ entities: Record<string, unknown> }>(`/erp/integrations/${ODOO}`);
  const counts: [string, number][] = [];
  for (const entity of ENTITY_NAMES.filter((name) => name in entities))
    counts.push([entity, (await api.all(`/erp/records/${entity}`)).length]);
  tellCounts(screen, counts);
}

/** Three columns of entities with their counts. */
function tellCounts(screen: Screen, counts: readonly (readonly [string, number])[]): void {
  const cells = counts.map(([entity, count]) => `${entity.padEnd(17)}${String(count).padStart(5)}`);
  for (let n = 0; n < cells.length; n += 3) screen.line(`  ${cells.slice(n, n + 3).join("     ")}`);
}

/** An ERP's name at the beginning of a line. */
export function titled(integration: string): string {
  return `  ${(TITLES[integration] ?? integration).padEnd(9)}`;
}

/** Seconds since a moment of `performance.now()`. */
export function since(started: number): string {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}
