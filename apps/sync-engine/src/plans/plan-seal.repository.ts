// A plan is counted and sealed when all of it is there; whether it is still the one that was sealed.

/** A key that two rows of the ERP claim: the first gets it, the second is parked when the plan is applied, as in any run. */
export const SECOND_CLAIMANTS = `update sync_engine.plan_items i
  set operation = 'park', reason = 'DUPLICATE_KEY', record_version = null, shadow_hash = null, push_io = null
  from sync_engine.plan_pages p
  where i.tenant_id = $1 and i.job_id = $2 and p.tenant_id = $1 and p.job_id = $2 and p.page = i.page and p.part = 'pull'
    and i.doc is not null and exists (
      select 1 from sync_engine.plan_items e join sync_engine.plan_pages q on q.tenant_id = $1 and q.job_id = $2 and q.page = e.page
      where e.tenant_id = $1 and e.job_id = $2 and e.key = i.key and e.doc is not null and q.part = 'pull' and e.page < i.page)`;

/** Rows that a full read did not show, and which stay, were not read: as in a run, they do not count. */
const COUNTED = `select count(i.n) filter (where i.operation <> 'delete' and p.part <> 'gone') + coalesce(max(r.repeats), 0) as read,
    count(*) filter (where i.operation = 'create') as created, count(*) filter (where i.operation = 'update') as updated,
    count(*) filter (where i.operation = 'skip') + coalesce(max(r.repeats), 0) as unchanged,
    count(*) filter (where i.operation = 'reject') as rejected, 
    count(*) filter (where i.operation in ('park', 'hold') and p.part <> 'gone') as parked,
    count(*) filter (where i.operation = 'delete') as deleted,
    count(*) filter (where i.doc is not null or i.letter is not null or i.operation in ('create', 'update', 'delete') and i.push_id is null) as todo
  from (select coalesce(sum(repeats), 0) as repeats from sync_engine.plan_pages where tenant_id = $1 and job_id = $2) r
    left join sync_engine.plan_items i on i.tenant_id = $1 and i.job_id = $2
    left join sync_engine.plan_pages p on p.tenant_id = $1 and p.job_id = $2 and p.page = i.page`;

const DIGEST = `select encode(sha256(convert_to(coalesce(string_agg(page || ':' || part || ':' || digest, E'\\n' order by page), ''), 'UTF8')), 'hex')
  from sync_engine.plan_pages where tenant_id = $1 and job_id = $2`;

export const SEAL = `update sync_engine.jobs j set read = c.read, created = c.created, updated = c.updated, unchanged = c.unchanged,
    rejected = c.rejected, parked = c.parked, deleted = c.deleted, all_read = true,
    status = case when c.todo > 0 then 'awaiting_approval' else 'completed' end,
    finished_at = case when c.todo > 0 then null else clock_timestamp() end,
    approval = j.approval || jsonb_build_object('state', case when c.todo > 0 then 'ready' else 'applied' end, 'digest', (${DIGEST}),
      'expiresAt', to_json(date_trunc('milliseconds', clock_timestamp() at time zone 'utc') + $3 * interval '1 hour')#>>'{}' || 'Z')
  from (${COUNTED}) c
  where j.tenant_id = $1 and j.id = $2 and j.status = 'running'`;

export const EDITED = `select j.approval->>'digest' is distinct from (${DIGEST}) or exists (
    select 1 from sync_engine.plan_pages p where p.tenant_id = $1 and p.job_id = $2
      and p.digest is distinct from sync_engine.plan_page_digest($1, $2, p.page)) as edited
  from sync_engine.jobs j where j.tenant_id = $1 and j.id = $2`;
