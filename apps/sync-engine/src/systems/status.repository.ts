import type { ConnectionStatus, ProblemDocument } from "@dovetail/contracts";
import { Database } from "@dovetail/database";
import { Injectable } from "@nestjs/common";

export interface StatusRow {
  num: number;
  name: string;
  status: string;
  connection_status: ConnectionStatus;
  last_error: ProblemDocument | null;
  last_sync_at: string | null;
  letters: number;
  queue: number;
  completed: number;
  failed: number;
}

export interface MetricsRow {
  name: string;
  jobs: Record<string, number>;
  pushes: Record<string, number>;
  read: number;
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
  parked: number;
  deleted: number;
  duration_ms: number | null;
  failed_letters: number;
}

/** Counts over accounts, for health and metrics. */
@Injectable()
export class StatusRepository {
  constructor(private readonly db: Database) {}

  async health(tenantId: string): Promise<StatusRow[]> {
    return this.db.readOnly(tenantId, (tx) =>
      tx.query<StatusRow>(
        `select a.num, a.name, a.document->>'status' status, a.connection_status, a.last_error, a.last_sync_at,
           (select count(*)::int from sync_engine.dead_letters d where d.tenant_id = a.tenant_id and d.integration = a.num and d.status = 'OPEN') letters,
           (select count(*)::int from sync_engine.jobs j where j.tenant_id = a.tenant_id and j.integration = a.num and j.status in ('queued', 'running')) +
             (select count(*)::int from sync_engine.pushes p where p.tenant_id = a.tenant_id and p.integration = a.num
                and p.status in ('pending', 'sent', 'accepted', 'unknown', 'parked')) queue,
           (select count(*)::int from sync_engine.jobs j where j.tenant_id = a.tenant_id and j.integration = a.num and j.status = 'completed') completed,
           (select count(*)::int from sync_engine.jobs j where j.tenant_id = a.tenant_id and j.integration = a.num and j.status = 'failed') failed
         from sync_engine.accounts a where a.tenant_id = $1 and not a.deleted order by a.name`,
        [tenantId],
      ),
    );
  }

  async metrics(tenantId: string): Promise<MetricsRow[]> {
    return this.db.readOnly(tenantId, (tx) =>
      tx.query<MetricsRow>(
        `select a.name,
           (select coalesce(jsonb_object_agg(s.status, s.n), '{}') from (select status, count(*) n from sync_engine.jobs j
              where j.tenant_id = a.tenant_id and j.integration = a.num group by status) s) jobs,
           (select coalesce(jsonb_object_agg(s.status, s.n), '{}') from (select status, count(*) n from sync_engine.pushes p
              where p.tenant_id = a.tenant_id and p.integration = a.num group by status) s) pushes,
           coalesce(t.read, 0) "read", coalesce(t.created, 0) created, coalesce(t.updated, 0) updated, coalesce(t.unchanged, 0) unchanged,
           coalesce(t.rejected, 0) rejected, coalesce(t.parked, 0) parked, coalesce(t.deleted, 0) deleted, t.duration_ms,
           (select count(*)::int from sync_engine.dead_letters d where d.tenant_id = a.tenant_id and d.integration = a.num and d.status = 'OPEN') failed_letters
         from sync_engine.accounts a left join lateral (
           select sum(read)::bigint "read", sum(created)::bigint created, sum(updated)::bigint updated, sum(unchanged)::bigint unchanged,
             sum(rejected)::bigint rejected, sum(parked)::bigint parked, sum(deleted)::bigint deleted,
             (extract(epoch from avg(finished_at - started_at)) * 1000)::float8 duration_ms
           from sync_engine.jobs j where j.tenant_id = a.tenant_id and j.integration = a.num) t on true
         where a.tenant_id = $1 and not a.deleted order by a.name`,
        [tenantId],
      ),
    );
  }
}
