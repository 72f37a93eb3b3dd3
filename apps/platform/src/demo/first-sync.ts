import type { ExecuteAnswer, Job } from "@dovetail/contracts";
import type { Api } from "./api";
import { INTEGRATION } from "./names";
import { bar, type Screen } from "./progress";

const PATIENCE_MS = 180_000;
const ENDED = ["completed", "failed", "cancelled"];

/** Pulls every entity and tells how far it is. Throws when a job fails. */
export async function firstSync(api: Api, screen: Screen): Promise<void> {
  const started = performance.now();
  const { jobs } = await execute(api);
  let told = -1;
  const ended = await api.until(
    () => Promise.all(jobs.map(({ id }) => api.get<Job>(`/erp/sync-jobs/${id}`))),
    (now) => {
      const done = now.filter(({ status }) => ENDED.includes(status)).length;
      const rows = now.reduce((sum, { counts }) => sum + counts.read, 0);
      screen.progress(bar(done, now.length, `${rows} rows read`), done !== told);
      told = done;
      return done === now.length;
    },
    PATIENCE_MS,
  );
  screen.endProgress();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  for (const job of ended)
    if (job.status !== "completed") throw new Error(`${job.entityType}: ${job.problem?.detail ?? job.status}`);
  const counts = ended.map(({ entityType, counts: c }) => [entityType, c.created + c.updated + c.unchanged] as const);
  tellCounts(screen, counts);
  const left = ended.reduce((sum, { counts: c }) => sum + c.parked + c.rejected, 0);
  screen.line(`  in ${seconds} s${left > 0 ? `; ${left} rows wait, see GET /api/v1/erp/dead-letters` : ""}`);
}

/** Starts a synchronisation of the given entities, or of all, once the integration is known everywhere. */
export function execute(api: Api, entityTypes?: string[]): Promise<ExecuteAnswer> {
  const path = `/erp/sync-jobs/${INTEGRATION}/execute`;
  return api.until(
    () => api.post<ExecuteAnswer>(path, entityTypes ? { entityTypes } : {}),
    ({ jobs }) => jobs.length > 0,
    30_000,
  );
}

/** How many records there are of each entity that the demo knows. */
export async function recordCounts(api: Api): Promise<(readonly [string, number])[]> {
  const { entities } = await api.get<{ entities: Record<string, unknown> }>(`/erp/integrations/${INTEGRATION}`);
  const counts: (readonly [string, number])[] = [];
  for (const entity of Object.keys(entities)) counts.push([entity, (await api.all(`/erp/records/${entity}`)).length]);
  return counts;
}

/** Two columns of entities with their counts. */
export function tellCounts(screen: Screen, counts: readonly (readonly [string, number])[]): void {
  const cells = counts.map(([entity, count]) => `${entity.padEnd(22)}${String(count).padStart(7)}`);
  for (let n = 0; n < cells.length; n += 2) screen.line(`  ${cells.slice(n, n + 2).join("     ")}`);
}
