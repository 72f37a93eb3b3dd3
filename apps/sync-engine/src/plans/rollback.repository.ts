import type { Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { HoldReason, JobChange, ReferencePath } from "./rollback";

/** SQL of roll-backs inside a tenant transaction. */
@Injectable()
export class RollbackRepository {
  /**
   * What a job changed, in the order of its changes behind (page, n). A record that still is at the job's own page was touched by nobody; of another one the way back is walked.
   */
  async changes(tx: Tx, jobId: string, after: readonly [number, number], limit: number): Promise<JobChange[]> {
    const rows = await tx.query<JobChange>(
      `with mine as materialized (
         select c.page_id, c.n, c.entity, c.key, c.version, c.op, c.before from sync_engine.pages p
           join sync_engine.changes c on c.tenant_id = p.tenant_id and c.page_id = p.page_id
         where p.tenant_id = $1 and p.job_id = $2 and p.page_id >= $3 and (c.page_id, c.n) > ($3, $4)
         order by c.page_id, c.n limit $5)
       select m.page_id as page, m.n, m.key, m.op, m.before, r.version, r.doc, r.deleted,
         r.page_id <> m.page_id and exists (
           with recursive way as (
             select r.page_id as page, r.version
             union all
             select c.previous, c.version - 1 from way w join sync_engine.changes c
               on c.tenant_id = $1 and c.page_id = w.page and c.entity = m.entity and c.key = m.key
             where w.version > m.version)
           select 1 from way w left join sync_engine.pages p on p.tenant_id = $1 and p.page_id = w.page
           where p.job_id is distinct from $2) as touched
       from mine m join sync_engine.records r on r.tenant_id = $1 and r.entity = m.entity and r.key = m.key
       order by m.page_id, m.n`,
      [tx.tenantId, jobId, after[0], after[1], limit],
    );
    return rows.map((row) => ({ ...row, page: Number(row.page) }));
  }

  /** Which of the keys have an item in the plan already: of several changes of a record the first counts. */
  async planned(tx: Tx, jobId: string, keys: readonly string[]): Promise<Set<string>> {
    const rows = await tx.query<{ key: string }>(
      `select key from sync_engine.plan_items where tenant_id = $1 and job_id = $2 and key = any($3)`,
      [tx.tenantId, jobId, keys],
    );
    return new Set(rows.map(({ key }) => key));
  }

  /** Keys that a plan deletes and that living records refer to which it does not delete. */
  async referenced(tx: Tx, jobId: string, entity: number, paths: readonly ReferencePath[]): Promise<string[]> {
    const keys = new Set<string>();
    for (const { entity: from, list, field } of paths) {
      const rows = await tx.query<{ key: string }>(list === null ? REFERENCED : REFERENCED_BY_LINE, [
        tx.tenantId,
        jobId,
        from,
        field,
        from === entity,
        ...(list === null ? [] : [list]),
      ]);
      for (const { key } of rows) keys.add(key);
    }
    return [...keys];
  }

  async hold(tx: Tx, jobId: string, keys: readonly string[], reason: HoldReason, problem: object): Promise<void> {
    await tx.execute(
      `update sync_engine.plan_items set operation = 'hold', reason = $4, problem = $5, changes = '[]', pushes = '[]', record_version = null
       where tenant_id = $1 and job_id = $2 and key = any($3)`,
      [tx.tenantId, jobId, keys, reason, JSON.stringify(problem)],
    );
  }
}

const WITHOUT_OWN = `not r.deleted and not ($5 and exists (select 1 from sync_engine.plan_items o
    where o.tenant_id = $1 and o.job_id = $2 and o.key = r.key and o.operation = 'delete'))`;
const REFERENCED = `select distinct i.key from sync_engine.plan_items i
    join sync_engine.records r on r.tenant_id = $1 and r.entity = $3 and r.doc->>$4 = i.key
  where i.tenant_id = $1 and i.job_id = $2 and i.operation = 'delete' and ${WITHOUT_OWN}`;
const REFERENCED_BY_LINE = `select distinct i.key from sync_engine.records r
    cross join lateral jsonb_array_elements(case when jsonb_typeof(r.doc->$6) = 'array' then r.doc->$6 else '[]' end) l
    join sync_engine.plan_items i on i.tenant_id = $1 and i.job_id = $2 and i.key = l->>$4 and i.operation = 'delete'
  where r.tenant_id = $1 and r.entity = $3 and ${WITHOUT_OWN}`;
