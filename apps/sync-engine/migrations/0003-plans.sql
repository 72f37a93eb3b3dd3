-- Plans: what a job would do, record by record, with the versions that it assumes. Applied when a person approves (SYN-11, SYN-12).

-- How a job stands that acts only after a person's word: {kind, state, digest, expiresAt, approvedBy, notApplied, reverts}.
alter table sync_engine.jobs add column approval jsonb;

-- the plan that is to be applied when the pulls of an entity have their turn
create index jobs_approved on sync_engine.jobs (tenant_id, integration, entity) where dry_run and status = 'running';

create table sync_engine.plans (
  tenant_id uuid not null,
  job_id uuid not null,
  -- what the whole plan assumes: versions of the integration's document and mapping, where the pull stood
  account_version int not null,
  mapping_version int,
  cursor_page int not null default 0,
  cursor jsonb,
  baseline boolean not null default false,
  -- how far making has come; `mark` is where it goes on within its part
  part text not null,
  page int not null default 0,
  mark jsonb,
  next_cursor jsonb,
  -- how far applying has come; `keeps_cursor`: something was left out, so the next pull reads again what this plan read
  applied int not null default 0,
  keeps_cursor boolean not null default false,
  primary key (tenant_id, job_id)
);

-- One slice of a plan: a page as it was read, or so many pushes or records.
create table sync_engine.plan_pages (
  tenant_id uuid not null,
  job_id uuid not null,
  page int not null,
  part text not null,
  io bigint not null default 0,
  repeats int not null default 0,
  last boolean not null default false,
  digest text,
  primary key (tenant_id, job_id, page)
);

-- What is to become of one record. `doc` is what is written (pull: as the ERP showed it), `letter` what is listed instead.
-- record_version, shadow_hash and push_io are what has to hold still; 0: there is no record; null: nothing has to.
create table sync_engine.plan_items (
  tenant_id uuid not null,
  job_id uuid not null,
  page int not null,
  n int not null,
  integration int not null,
  key text collate "C",
  external_id text,
  operation text not null,
  state text not null default 'planned',
  reason text,
  problem jsonb,
  changes jsonb,
  record_version int,
  shadow_hash bytea,
  push_io bigint,
  doc text,
  hash bytea,
  erp_version text,
  -- when the ERP changed the row, by our clock (RFC 3339); null: it does not say, or no field asks
  modified_at text,
  letter jsonb,
  body jsonb,
  pushes jsonb,
  push_id uuid,
  primary key (tenant_id, job_id, page, n)
);
create index plan_items_source on sync_engine.plan_items (tenant_id, job_id, external_id);
create index plan_items_key on sync_engine.plan_items (tenant_id, job_id, key);

-- The pages that a job wrote, for its roll-back.
create index pages_job on sync_engine.pages (tenant_id, job_id, page_id) where job_id is not null;

-- What a slice says, in 64 characters: an item that was changed, added or taken away shows.
create function sync_engine.plan_page_digest(p_tenant uuid, p_job uuid, p_page int) returns text language sql stable as $$
  select encode(sha256(convert_to(coalesce(string_agg(
    jsonb_build_array(i.n, i.integration, i.key, i.external_id, i.operation, i.reason, i.changes, i.record_version, i.shadow_hash,
      i.push_io, i.doc, i.hash, i.erp_version, i.modified_at, i.letter, i.body, i.pushes, i.push_id)::text, E'\n' order by i.n), ''), 'UTF8')), 'hex')
  from sync_engine.plan_items i where i.tenant_id = p_tenant and i.job_id = p_job and i.page = p_page
$$;

-- Items whose assumptions do not hold any more, first ones first; p_page null: of the whole plan.
create function sync_engine.stale_items(p_tenant uuid, p_job uuid, p_entity int, p_page int, p_limit int)
returns table (page int, n int, key text, planned int, found int) language sql stable as $$
  select i.page, i.n, i.key, i.record_version, coalesce(r.version, 0)
  from sync_engine.plan_items i
    left join sync_engine.records r on r.tenant_id = i.tenant_id and r.entity = p_entity and r.key = i.key
    left join sync_engine.links k
      on k.tenant_id = i.tenant_id and k.entity = p_entity and k.key = i.key and k.integration = i.integration
  where i.tenant_id = p_tenant and i.job_id = p_job and (p_page is null or i.page = p_page) and i.state = 'planned'
    and i.record_version is not null
    and (i.record_version <> coalesce(r.version, 0)
      or i.push_io is not null and (
        i.push_io <> coalesce(case when r.integration = i.integration then r.push_io else k.push_io end, 0)
        or i.shadow_hash is distinct from case when r.integration = i.integration then r.shadow_hash else k.shadow_hash end))
  order by i.page, i.n limit p_limit
$$;

-- Pushes of one integration for records that it lacks or shows otherwise, without a change that would have planned them. A
-- link that has an open push already is passed over; what is older is superseded, as by any newer push. Answers how many.
create function sync_engine.plan_needed(p_tenant uuid, p_integration int, p_entity int, p_keys text[], p_versions int[], p_operations text[])
returns int language plpgsql as $$
#variable_conflict use_column
declare n int;
begin
  with planned as (
    insert into sync_engine.pushes (tenant_id, id, integration, entity, key, version, operation, status, reference)
    select p_tenant, sync_engine.new_id(), p_integration, p_entity, s.key, s.version, s.operation, 'pending', sync_engine.new_reference()
    from unnest(p_keys, p_versions, p_operations) s(key, version, operation)
    where not exists (select 1 from sync_engine.pushes p where p.tenant_id = p_tenant and p.entity = p_entity and p.key = s.key
      and p.integration = p_integration and p.status in ('pending', 'parked', 'sent', 'accepted', 'unknown'))
    returning id, key, version),
  older as (
    update sync_engine.pushes o set status = 'superseded', superseded_by = n.id, updated_at = now() from planned n
    where o.tenant_id = p_tenant and o.entity = p_entity and o.key = n.key and o.integration = p_integration
      and o.version <= n.version and o.id <> n.id and o.status = 'rejected'
    returning o.id),
  letters as (
    update sync_engine.dead_letters d set status = 'RESOLVED', note = 'superseded by a planned push', updated_at = now()
    from older where d.tenant_id = p_tenant and d.push_id = older.id and d.status = 'OPEN'),
  woken as (
    insert into sync_engine.work as w (tenant_id, kind, id, due_at, priority)
    select distinct p_tenant, 'push', p_integration || ':' || p_entity || ':' || key, clock_timestamp(), 5 from planned
    on conflict (tenant_id, kind, id) do update set due_at = least(w.due_at, excluded.due_at), again = w.lease_until is not null)
  select count(*) into n from planned;
  return n;
end $$;
