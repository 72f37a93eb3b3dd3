import { ENTITIES, type EntityName } from "@dovetail/domain";
import { Database } from "@dovetail/database";
import { Injectable } from "@nestjs/common";

/** A run that noted what it saw. */
export interface NotingRun {
  jobId: string;
  integration: number;
  entity: EntityName;
  /** The I/O number at its start. */
  from: number;
}

/** A linked row that the run was not shown. */
export interface UnseenRow {
  key: string;
  externalId: string;
}

/** SQL of what a run saw. */
@Injectable()
export class UnseenRepository {
  constructor(private readonly db: Database) {}

  /** Whether the run was not cancelled: what a cancelled one saw is known no more. */
  async isRunning(tenantId: string, { jobId }: NotingRun): Promise<boolean> {
    const found = await this.db.readOnly(tenantId, (tx) =>
      tx.one(`select 1 as runs from sync_engine.jobs where tenant_id = $1 and id = $2 and status = 'running'`, [
        tenantId,
        jobId,
      ]),
    );
    return found !== undefined;
  }

  /**
   * Rows linked before the run that none of its pages showed, in key order behind `after`. A link that was touched since has
   * a higher I/O number; one with a push under way, or listed as gone already, is not asked about.
   */
  async unseen(tenantId: string, run: NotingRun, after: string, limit: number): Promise<UnseenRow[]> {
    return this.db.readOnly(tenantId, (tx) =>
      tx.query<UnseenRow>(
        `with shown as materialized (
           select unnest(string_to_array(ids, E'\\n')) id from sync_engine.seen where tenant_id = $1 and job_id = $2),
         linked as (
           select r.key, r.external_id, r.push_open, r.push_io from sync_engine.records r
             where r.tenant_id = $1 and r.entity = $4 and r.integration = $3 and r.key > $6 and not r.deleted
           union all
           select k.key, k.external_id, k.push_open, k.push_io from sync_engine.links k
             join sync_engine.records r on r.tenant_id = k.tenant_id and r.entity = k.entity and r.key = k.key and not r.deleted
             where k.tenant_id = $1 and k.entity = $4 and k.integration = $3 and k.key > $6)
         select l.key, l.external_id as "externalId" from linked l
         where l.external_id is not null and not l.push_open and l.push_io <= $5
           and not exists (select 1 from shown s where s.id = l.external_id)
           and not exists (select 1 from sync_engine.dead_letters d where d.tenant_id = $1 and d.integration = $3 and d.entity = $4
             and d.external_id = l.external_id and d.direction = 'inbound' and d.status = 'OPEN' and d.reason = 'DELETED')
         order by l.key limit $7`,
        [tenantId, run.jobId, run.integration, ENTITIES[run.entity].code, run.from, after, limit],
      ),
    );
  }
}
