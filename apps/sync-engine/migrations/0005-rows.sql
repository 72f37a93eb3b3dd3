-- Rows that an ERP does not show any more, stamps, tolerance, conflicts.

-- A full run notes what it was shown: one row per page, external ids newline-joined. What was linked before the run and stands
-- in none of them is asked about singly (SYN-7). The rows live as long as their job is open.
create table sync_engine.seen (
  tenant_id uuid not null,
  job_id uuid not null,
  page int not null,
  ids text not null,
  primary key (tenant_id, job_id, page)
);

-- `seen_from`: the I/O number at the start of a run that notes what it sees; null: it notes nothing. `deletes_approved`: a
-- person lets more rows be deleted than a run may by itself.
alter table sync_engine.jobs add column seen_from bigint, add column deletes_approved boolean not null default false;

-- The version that the ERP showed of a row that was not applied: a listing of stamps need not have it read again.
alter table sync_engine.dead_letters add column erp_version text;

-- A page of a listing of stamps (newline-joined, external ids and versions alike long). Answers the external ids whose link
-- shows another version, or which have no link, and no letter that is of this version; counts the others as unchanged.
create function sync_engine.scan_page(
  p_tenant uuid, p_integration int, p_entity int, p_job uuid, p_page int, p_externals text, p_versions text,
  out differing text, out job_status text, out job_counts jsonb) language plpgsql as $$
#variable_conflict use_column
declare n_same int; noted bigint;
begin
  perform set_config('app.tenant', p_tenant::text, true);
  with s as materialized (
    select s.external_id, s.version is not distinct from coalesce(
        (select r.erp_version from sync_engine.records r where r.external_id = s.external_id and r.tenant_id = p_tenant
           and r.entity = p_entity and r.integration = p_integration),
        (select k.erp_version from sync_engine.links k where k.external_id = s.external_id and k.tenant_id = p_tenant
           and k.entity = p_entity and k.integration = p_integration),
        (select d.erp_version from sync_engine.dead_letters d where d.tenant_id = p_tenant and d.integration = p_integration
           and d.entity = p_entity and d.external_id = s.external_id and d.status = 'OPEN' and d.direction = 'inbound' limit 1)) same
    from unnest(string_to_array(p_externals, E'\n'), string_to_array(p_versions, E'\n')) s(external_id, version))
  select string_agg(s.external_id, E'\n') filter (where not s.same), count(*) filter (where s.same) into differing, n_same from s;
  update sync_engine.jobs set read = read + n_same, unchanged = unchanged + n_same
    where tenant_id = p_tenant and id = p_job
    returning status, seen_from, jsonb_build_object('read', read, 'created', created, 'updated', updated, 'unchanged', unchanged,
      'rejected', rejected, 'parked', parked, 'deleted', deleted) into job_status, noted, job_counts;
  if noted is not null and p_externals is not null then
    insert into sync_engine.seen (tenant_id, job_id, page, ids) values (p_tenant, p_job, p_page, p_externals);
  end if;
end $$;

-- Conflicts that a person has to decide: no push of such a record leaves for the integration meanwhile.
create index dead_letters_conflict on sync_engine.dead_letters (tenant_id, integration, entity, key)
  where status = 'OPEN' and kind = 'CONFLICT';

-- Nothing is known of the link any more: the next row or push of the record meets it as for the first time.
create function sync_engine.forget_link(p_tenant uuid, p_integration int, p_entity int, p_key text) returns void language plpgsql as $$
begin
  update sync_engine.records set external_id = null, erp_version = null, shadow = null, shadow_hash = null, shadow_mapping = null,
      accepted = null, push_io = nextval('sync_engine.io_numbers')
    where tenant_id = p_tenant and entity = p_entity and key = p_key and integration = p_integration;
  update sync_engine.links set external_id = null, erp_version = null, shadow = null, shadow_hash = null, shadow_mapping = null,
      accepted = null, push_io = nextval('sync_engine.io_numbers')
    where tenant_id = p_tenant and entity = p_entity and key = p_key and integration = p_integration;
end $$;

-- A push of the record as it is now; one that is open already has its turn at once instead.
create function sync_engine.push_again(p_tenant uuid, p_integration int, p_entity int, p_key text, p_operation text)
returns void language plpgsql as $$
#variable_conflict use_column
begin
  if not exists (select 1 from sync_engine.pushes p where p.tenant_id = p_tenant and p.entity = p_entity and p.key = p_key
      and p.integration = p_integration and p.status in ('pending', 'parked', 'sent', 'accepted', 'unknown')) then
    insert into sync_engine.pushes (tenant_id, id, integration, entity, key, version, operation, status, reference)
      select p_tenant, sync_engine.new_id(), p_integration, p_entity, p_key, r.version, p_operation, 'pending', sync_engine.new_reference()
      from sync_engine.records r where r.tenant_id = p_tenant and r.entity = p_entity and r.key = p_key;
  end if;
  insert into sync_engine.work as w (tenant_id, kind, id, priority)
    values (p_tenant, 'push', p_integration || ':' || p_entity || ':' || p_key, 3)
  on conflict (tenant_id, kind, id) do update set due_at = clock_timestamp(), again = w.lease_until is not null;
end $$;

-- A record whose row an integration has lost is brought there anew.
create function sync_engine.push_anew(p_tenant uuid, p_integration int, p_entity int, p_key text) returns void language plpgsql as $$
begin
  perform sync_engine.forget_link(p_tenant, p_integration, p_entity, p_key);
  perform sync_engine.push_again(p_tenant, p_integration, p_entity, p_key, 'create');
end $$;
