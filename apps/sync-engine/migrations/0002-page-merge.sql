-- The one call per page (ARCHITECTURE "Pull in one picture"). Unchanged rows and changed rows without local edits are settled
-- here; the others are parked with reason MERGE in the same transaction and merged field by field right after.

-- A UUID of version 7: milliseconds first, so that ids of one table grow (PostgreSQL has its own from 18 on).
create function sync_engine.new_id() returns uuid language sql volatile as $$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    placing substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$$;

-- The keys of a page, newline-joined, whose hash is not that of their shadow; null: none. A scalar subselect, not a join: a
-- plan made for an empty table would go on scanning the full one.
create function sync_engine.differing_keys(
  p_tenant uuid, p_integration int, p_entity int, p_prefix text, p_keys text, p_externals text, p_hashes text)
returns text language plpgsql stable as $$
#variable_conflict use_column
begin
  return (
    select string_agg(s.key, E'\n')
    from unnest(string_to_array(p_keys, E'\n'), string_to_array(p_externals, E'\n'), string_to_array(p_hashes, E'\n'))
      s(key, external_id, hash)
    where s.hash::bytea is distinct from
      (select r.shadow_hash from sync_engine.records r where r.tenant_id = p_tenant and r.entity = p_entity and r.key = s.key
         and not r.deleted and r.integration = p_integration and r.external_id = s.external_id)
    and (p_prefix = '' or s.hash::bytea is distinct from
      (select k.shadow_hash from sync_engine.links k where k.tenant_id = p_tenant and k.integration = p_integration
         and k.entity = p_entity and k.key = s.key and k.external_id = s.external_id)));
end $$;

-- A page of a first load: there is nothing to compare with, so no row has to come back from its insert. Null, and nothing is
-- done, when a key or an external id is known: the page is then merged as any other.
create function sync_engine.load_page(
  p_tenant uuid, p_integration int, p_entity int, p_page_id bigint, p_mapping int,
  p_keys text, p_externals text, p_versions text, p_hashes text, p_docs text)
returns int language plpgsql as $$
declare n_loaded int;
begin
  insert into sync_engine.records
    (tenant_id, entity, key, hash, doc, page_id, integration, external_id, erp_version, shadow_hash, shadow_mapping)
  select p_tenant, p_entity, s.key, s.hash::bytea, s.doc::jsonb, p_page_id, p_integration, s.external_id, s.erp_version, s.hash::bytea, p_mapping
  from unnest(string_to_array(p_keys, E'\n'), string_to_array(p_externals, E'\n'), string_to_array(p_versions, E'\n', ''),
    string_to_array(p_hashes, E'\n'), string_to_array(p_docs, E'\n')) s(key, external_id, erp_version, hash, doc);
  get diagnostics n_loaded = row_count;
  insert into sync_engine.changes (tenant_id, page_id, n, entity, key, version, op)
  select p_tenant, p_page_id, s.n - 1, p_entity, s.key, 1, 'c' from unnest(string_to_array(p_keys, E'\n')) with ordinality s(key, n);
  return n_loaded;
exception when unique_violation then return null;
end $$;

-- p_keys, p_externals, p_hashes (bytea text form) and p_docs are newline-joined, in key order, without repeated keys.
-- p_prefix: the keys that this integration may create and change ('' when it is the entity's master, null when it only
-- gets pushes: then its pull makes links and shadows, never a change).
-- p_docs null: documents are sent only where they are needed. When every row is as it was, the page is settled; otherwise
-- nothing is done and the answer names the differing keys. The caller sends their rows again with documents, and the
-- external ids of the others in p_same: they were compared, so they count as unchanged.
-- p_repeats counts rows of the page that repeated another one with the same content.
-- p_letters: rejected and parked rows as an array of dead letters, ready to insert.
-- p_modified: when the ERP says that it changed each row, by our clock; only where a field follows the newest change.
-- A job with seen_from notes every external id that the page showed, in one row (0005).
-- DV001 "cursor moved": another worker took over, or our own commit got lost on the way; the caller reads the cursor and knows.
-- 23505 on records_external or links_external: a known external id came under a new key; the caller finds the row, parks it
-- KEY_CHANGED and calls again without it. 23505 on a primary key: the record came up meanwhile; the caller calls again.
create function sync_engine.apply_page(
  p_tenant uuid, p_tenant_name text, p_integration int, p_source text, p_entity int, p_job uuid, p_epoch int, p_page int, p_io bigint,
  p_mapping int, p_prefix text, p_cursor jsonb, p_last boolean, p_baseline boolean, p_repeats int, p_targets int[], p_letters jsonb,
  p_keys text, p_externals text, p_versions text, p_hashes text, p_docs text, p_same text, p_modified text,
  out left_over int, out differing text, out job_status text, out job_counts jsonb) language plpgsql as $$
#variable_conflict use_column
declare
  n_read int := 0; n_changed int := 0; n_created int := 0; n_loaded int; n_rejected int; n_parked int;
  n_same int := coalesce(cardinality(string_to_array(p_same, E'\n')), 0);
  page bigint; noted bigint; seen_ids text; listed boolean := false;
begin
  perform set_config('app.tenant', p_tenant::text, true);
  left_over := 0;
  if p_docs is null and p_keys is not null then
    differing := sync_engine.differing_keys(p_tenant, p_integration, p_entity, p_prefix, p_keys, p_externals, p_hashes);
    if differing is not null then return; end if;
    n_same := cardinality(string_to_array(p_keys, E'\n'));
  end if;

  -- The compare-and-set comes first: a stale worker waits here and then fails before it has written anything.
  update sync_engine.cursors set page = p_page, value = p_cursor, updated_at = now(), baseline = baseline or p_last
    where tenant_id = p_tenant and integration = p_integration and entity = p_entity and page = p_page - 1 and epoch = p_epoch;
  if not found then raise exception 'cursor moved' using errcode = 'DV001'; end if;

  -- What an earlier run could not apply is settled by this read of the same row.
  if exists (select 1 from sync_engine.dead_letters where tenant_id = p_tenant and integration = p_integration and entity = p_entity
      and status = 'OPEN' and direction = 'inbound') then
    listed := true;
    update sync_engine.dead_letters set status = 'RESOLVED', note = 'a later read succeeded', updated_at = now()
      where tenant_id = p_tenant and integration = p_integration and entity = p_entity and status = 'OPEN' and direction = 'inbound'
        and kind <> 'CONFLICT' and external_id in (select unnest(string_to_array(p_externals, E'\n')) union all select unnest(string_to_array(p_same, E'\n'))
          union all select l->>'externalId' from jsonb_array_elements(p_letters) l);
  end if;

  if p_docs is not null then
    page := nextval('sync_engine.page_ids');
    if p_baseline and p_prefix = '' then
      n_loaded := sync_engine.load_page(
        p_tenant, p_integration, p_entity, page, p_mapping, p_keys, p_externals, p_versions, p_hashes, p_docs);
    end if;
  end if;
  if n_loaded is not null then
    n_read := n_loaded;
    n_changed := n_loaded;
    n_created := n_loaded;
  elsif p_docs is not null then
    with s as materialized (
      select s.key, s.external_id, s.erp_version, s.hash::bytea hash, s.doc,
        -- null: surely a new record; '': one without a shadow to compare with
        case when p_prefix = '' then
          (select case when not r.deleted and r.integration = p_integration and r.external_id = s.external_id
                     then coalesce(r.shadow_hash, '') else '' end
             from sync_engine.records r where r.tenant_id = p_tenant and r.entity = p_entity and r.key = s.key)
        else
          coalesce(
            (select case when not r.deleted and r.integration = p_integration and r.external_id = s.external_id then r.shadow_hash end
               from sync_engine.records r where r.tenant_id = p_tenant and r.entity = p_entity and r.key = s.key),
            (select case when k.external_id = s.external_id then k.shadow_hash end
               from sync_engine.links k where k.tenant_id = p_tenant and k.integration = p_integration and k.entity = p_entity and k.key = s.key),
            '')
        end old, s.modified
      from unnest(string_to_array(p_keys, E'\n'), string_to_array(p_externals, E'\n'), string_to_array(p_versions, E'\n', ''),
        string_to_array(p_hashes, E'\n'), string_to_array(p_docs, E'\n'), string_to_array(p_modified, E'\n', ''))
        s(key, external_id, erp_version, hash, doc, modified)),
    d as (select * from s where hash is distinct from old),
    -- without ON CONFLICT a new row costs a sixth less
    c as (
      insert into sync_engine.records
        (tenant_id, entity, key, hash, doc, page_id, integration, external_id, erp_version, shadow_hash, shadow_mapping)
      select p_tenant, p_entity, d.key, d.hash, d.doc::jsonb, page, p_integration, d.external_id, d.erp_version, d.hash, p_mapping
      from d where d.old is null
      returning key, version),
    e as (
      insert into sync_engine.records as r
        (tenant_id, entity, key, hash, doc, page_id, integration, external_id, erp_version, shadow_hash, shadow_mapping)
      select p_tenant, p_entity, d.key, d.hash, d.doc::jsonb, page, p_integration, d.external_id, d.erp_version, d.hash, p_mapping
      from d where d.old is not null and starts_with(d.key, p_prefix)
      on conflict (tenant_id, entity, key) do update
        set hash = excluded.hash, doc = excluded.doc, page_id = excluded.page_id, erp_version = excluded.erp_version,
            shadow_hash = excluded.shadow_hash, shadow = null, shadow_mapping = excluded.shadow_mapping, accepted = null,
            version = r.version + 1, push_io = p_io, updated_at = now()
        where r.integration = p_integration and r.external_id = excluded.external_id and r.hash = r.shadow_hash
          and not r.deleted and not r.push_open and r.push_io <= p_io
      returning r.key, r.version),
    u as (select * from c union all select * from e),
    h as (
      insert into sync_engine.changes (tenant_id, page_id, n, entity, key, version, op, previous, before)
      select p_tenant, page, row_number() over (order by u.key) - 1, p_entity, u.key, u.version,
        case when u.version = 1 then 'c' else 'u' end::"char",
        case when u.version > 1 then (select r.page_id from sync_engine.records r where r.tenant_id = p_tenant and r.entity = p_entity and r.key = u.key) end,
        case when u.version > 1 then (select r.doc from sync_engine.records r where r.tenant_id = p_tenant and r.entity = p_entity and r.key = u.key) end
      from u),
    l as (select d.* from d where not exists (select 1 from u where u.key = d.key)),
    p as (
      insert into sync_engine.dead_letters
        (tenant_id, id, kind, direction, integration, entity, key, external_id, reason, payload, io, job_id)
      select p_tenant, sync_engine.new_id(), 'PARKED', 'inbound', p_integration, p_entity, l.key, l.external_id, 'MERGE',
        jsonb_build_object('record', l.doc::jsonb, 'erpVersion', l.erp_version, 'mapping', p_mapping, 'modifiedAt', l.modified),
        p_io, p_job from l)
    select (select count(*) from s), (select count(*) from u), (select count(*) from u where version = 1), (select count(*) from l)
      into n_read, n_changed, n_created, left_over;
  end if;

  -- A conflict stands until a person resolves it, or the row comes to be merged; one that is left over is compared first, one
  -- that is listed instead was not compared at all.
  if listed then
    update sync_engine.dead_letters d set status = 'RESOLVED', note = 'a later read succeeded', updated_at = now()
      where tenant_id = p_tenant and integration = p_integration and entity = p_entity and status = 'OPEN' and direction = 'inbound'
        and kind = 'CONFLICT' and external_id in (select unnest(string_to_array(p_externals, E'\n')) union all
          select unnest(string_to_array(p_same, E'\n')))
        and not exists (select 1 from sync_engine.dead_letters m where m.tenant_id = p_tenant and m.integration = p_integration
          and m.entity = p_entity and m.status = 'OPEN' and m.reason = 'MERGE' and m.external_id = d.external_id);
  end if;

  if jsonb_array_length(p_letters) > 0 then
    insert into sync_engine.dead_letters
      (tenant_id, id, kind, direction, integration, entity, key, external_id, reason, waiting_entity, waiting_id, problem, payload,
       erp_version, io, job_id)
    select p_tenant, (l->>'id')::uuid, l->>'kind', 'inbound', p_integration, p_entity, l->>'key', l->>'externalId', l->>'reason',
      (l->>'waitingEntity')::int, l->>'waitingId', nullif(l->'problem', 'null'), l->'payload', l->>'erpVersion', p_io, p_job
    from jsonb_array_elements(p_letters) l;
  end if;
  select count(*) filter (where l->>'kind' = 'REJECTED'), count(*) filter (where l->>'kind' <> 'REJECTED') into n_rejected, n_parked
    from jsonb_array_elements(p_letters) l;

  update sync_engine.jobs set
      read = read + n_read + n_same + p_repeats + n_rejected + n_parked, created = created + n_created,
      updated = updated + n_changed - n_created, unchanged = unchanged + n_same + p_repeats + n_read - n_changed - left_over,
      rejected = rejected + n_rejected, parked = parked + n_parked + left_over, all_read = p_last
    where tenant_id = p_tenant and id = p_job
    returning status, seen_from, jsonb_build_object('read', read, 'created', created, 'updated', updated, 'unchanged', unchanged,
      'rejected', rejected, 'parked', parked, 'deleted', deleted) into job_status, noted, job_counts;
  if noted is not null then
    seen_ids := concat_ws(E'\n', p_externals, p_same, (select string_agg(l->>'externalId', E'\n')
      from jsonb_array_elements(p_letters) l where l->>'reason' <> 'DELETED'));
    if seen_ids <> '' then
      insert into sync_engine.seen (tenant_id, job_id, page, ids) values (p_tenant, p_job, p_page, seen_ids);
    end if;
  end if;

  if n_changed > 0 then
    insert into sync_engine.pages (tenant_id, page_id, entity, integration, job_id, actor, n)
      values (p_tenant, page, p_entity, p_integration, p_job, p_source, n_changed);
    if not p_baseline then
      insert into sync_engine.event_log (tenant_id, tenant, id, type, source, data, page_id, n)
        values (p_tenant, p_tenant_name, sync_engine.new_id(), 'record.page', p_source, '{}', page, n_changed);
    end if;
  end if;
  if n_changed > 0 and p_targets is not null then
    perform sync_engine.plan_pushes(p_tenant, page, p_targets);
  end if;
  if p_baseline and p_last then
    insert into sync_engine.event_log (tenant_id, tenant, id, type, source, data)
      select p_tenant, p_tenant_name, sync_engine.new_id(), 'record.baseline', p_source,
        jsonb_build_object('entity', p_entity, 'count', j.created, 'jobId', p_job)
      from sync_engine.jobs j where j.tenant_id = p_tenant and j.id = p_job;
  end if;
end $$;

-- One change of one record outside a page: the caller holds the record's row lock (or knows that the row is new) and has
-- counted the version. Writes the row, its change, its page of one and its log row; answers the page.
create function sync_engine.write_change(
  p_tenant uuid, p_tenant_name text, p_entity int, p_key text, p_version int, p_hash bytea, p_doc jsonb, p_deleted boolean,
  p_integration int, p_job uuid, p_source text, p_traceparent text)
returns bigint language plpgsql as $$
#variable_conflict use_column
declare page bigint := nextval('sync_engine.page_ids'); old_doc jsonb; old_page bigint; old_deleted boolean; operation "char";
begin
  select r.doc, r.page_id, r.deleted into old_doc, old_page, old_deleted from sync_engine.records r
    where r.tenant_id = p_tenant and r.entity = p_entity and r.key = p_key;
  operation := case when p_deleted then 'd' when p_version = 1 or old_deleted then 'c' else 'u' end;
  insert into sync_engine.records (tenant_id, entity, key, version, hash, doc, deleted, page_id)
    values (p_tenant, p_entity, p_key, p_version, p_hash, p_doc, p_deleted, page)
  on conflict (tenant_id, entity, key) do update
    set version = excluded.version, hash = excluded.hash, doc = excluded.doc, deleted = excluded.deleted, page_id = excluded.page_id,
        updated_at = now(),
        -- the shadow is only left out while it equals the document
        shadow = case when records.shadow is null and records.shadow_hash is not null then records.doc else records.shadow end
    where records.version = p_version - 1;
  -- a page brought the key while the caller found no row to lock: the caller's transaction is run again
  if not found then raise exception 'the record moved' using errcode = '40001'; end if;
  insert into sync_engine.changes (tenant_id, page_id, n, entity, key, version, op, previous, before)
    values (p_tenant, page, 0, p_entity, p_key, p_version, operation, old_page, old_doc);
  insert into sync_engine.pages (tenant_id, page_id, entity, integration, job_id, actor, n)
    values (p_tenant, page, p_entity, p_integration, p_job, p_source, 1);
  insert into sync_engine.event_log (tenant_id, tenant, id, type, source, data, page_id, n, traceparent)
    values (p_tenant, p_tenant_name, sync_engine.new_id(), 'record.page', p_source, '{}', page, 1, p_traceparent);
  return page;
end $$;

-- Turns the changes of a page into pushes of the target integrations, one pending row per link and version. An older
-- pending row of the link is superseded; the work row of the link wakes a worker.
create function sync_engine.plan_pushes(p_tenant uuid, p_page bigint, p_targets int[])
returns setof uuid language plpgsql as $$
#variable_conflict use_column
begin
  return query
  with planned as (
    insert into sync_engine.pushes (tenant_id, id, integration, entity, key, version, operation, status, reference)
    select p_tenant, sync_engine.new_id(), t.integration, c.entity, c.key, c.version,
      case c.op when 'd' then 'delete' when 'c' then 'create' else 'update' end, 'pending', sync_engine.new_reference()
    from sync_engine.changes c cross join unnest(p_targets) t(integration)
    where c.tenant_id = p_tenant and c.page_id = p_page
    returning id, integration, entity, key, version),
  older as (
    update sync_engine.pushes o set status = 'superseded', superseded_by = n.id, updated_at = now()
    from planned n
    where o.tenant_id = p_tenant and o.entity = n.entity and o.key = n.key and o.integration = n.integration
      and o.version < n.version and o.status in ('pending', 'parked', 'rejected')
    returning o.id),
  letters as (
    update sync_engine.dead_letters d set status = 'RESOLVED', note = 'superseded by a later version', updated_at = now()
    from older where d.tenant_id = p_tenant and d.push_id = older.id and d.status = 'OPEN'),
  woken as (
    insert into sync_engine.work as w (tenant_id, kind, id, due_at, priority)
    select distinct p_tenant, 'push', n.integration || ':' || n.entity || ':' || n.key, clock_timestamp(), 5 from planned n
    on conflict (tenant_id, kind, id) do update set due_at = least(w.due_at, excluded.due_at), again = w.lease_until is not null)
  select id from planned;
end $$;

-- A person gives a push up: no request of the link is under way any more, and a later version has its turn.
create function sync_engine.discard_push(p_tenant uuid, p_push uuid) returns void language plpgsql as $$
#variable_conflict use_column
declare gone sync_engine.pushes;
begin
  update sync_engine.pushes set status = 'discarded', updated_at = now()
    where tenant_id = p_tenant and id = p_push and status in ('pending', 'parked', 'rejected', 'unknown') returning * into gone;
  if not found then return; end if;
  if not exists (select 1 from sync_engine.pushes o where o.tenant_id = p_tenant and o.entity = gone.entity and o.key = gone.key
      and o.integration = gone.integration and o.status in ('sent', 'accepted', 'unknown')) then
    update sync_engine.records set push_open = false, push_io = nextval('sync_engine.io_numbers')
      where tenant_id = p_tenant and entity = gone.entity and key = gone.key and integration = gone.integration and push_open;
    update sync_engine.links set push_open = false, push_io = nextval('sync_engine.io_numbers')
      where tenant_id = p_tenant and entity = gone.entity and key = gone.key and integration = gone.integration and push_open;
  end if;
  insert into sync_engine.work as w (tenant_id, kind, id, priority)
    values (p_tenant, 'push', gone.integration || ':' || gone.entity || ':' || gone.key, 3)
  on conflict (tenant_id, kind, id) do update set due_at = clock_timestamp(), again = w.lease_until is not null;
end $$;

-- 12 random base32 characters (80 of the 122 random bits of a UUID v4 are enough for 60).
create function sync_engine.new_reference() returns text language sql volatile as $$
  select string_agg(substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 1 + (get_byte(b, i) & 31), 1), '')
  from (select decode(replace(gen_random_uuid()::text, '-', ''), 'hex') b) r, unnest(array[0, 1, 2, 3, 4, 5, 9, 10, 11, 12, 13, 14]) i
$$;

-- The business keys behind external ids (newline-joined) of one integration.
create function sync_engine.keys_of(p_tenant uuid, p_integration int, p_entity int, p_externals text)
returns table (external_id text, key text) language plpgsql as $$
#variable_conflict use_column
begin
  perform set_config('app.tenant', p_tenant::text, true);
  return query
    select r.external_id, r.key from sync_engine.records r
      where r.external_id = any(string_to_array(p_externals, E'\n')) and r.tenant_id = p_tenant and r.entity = p_entity
        and r.integration = p_integration
    union all
    select k.external_id, k.key from sync_engine.links k
      where k.external_id = any(string_to_array(p_externals, E'\n')) and k.tenant_id = p_tenant and k.entity = p_entity
        and k.integration = p_integration;
end $$;

-- How a record stands with each integration: its links, and the newest push of each.
create function sync_engine.record_sync(p_tenant uuid, p_entity int, p_key text, p_integration int, p_external text)
returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(x), '[]') from (
    select p_integration integration, 'inbound' direction, 'SYNCED' state, p_external "externalId", null::jsonb problem, null::int retries,
        null::timestamptz "at" where p_external is not null
    union all
    select k.integration, 'inbound', 'SYNCED', k.external_id, null, null, k.updated_at from sync_engine.links k
      where k.tenant_id = p_tenant and k.entity = p_entity and k.key = p_key and k.external_id is not null
        and k.integration is distinct from p_integration
    union all
    (select distinct on (p.integration) p.integration, 'outbound',
        case when p.category = 'NOT_FOUND' and p.status not in ('confirmed', 'superseded', 'discarded') then 'ORPHANED'
          when p.status in ('confirmed', 'superseded', 'discarded') then case when exists (
              -- the ERP does not show the row any more by the id that it was linked by
              select 1 from sync_engine.links k where k.tenant_id = p_tenant and k.entity = p_entity and k.key = p_key
                and k.integration = p.integration and k.external_id is null and k.shadow_hash is not null
              union all
              select 1 from sync_engine.records r where r.tenant_id = p_tenant and r.entity = p_entity and r.key = p_key
                and r.integration = p.integration and r.external_id is null and r.shadow_hash is not null)
            then 'ORPHANED' else 'SYNCED' end
          when p.status in ('rejected', 'unknown') then 'FAILED' else 'PENDING' end,
        p.external_id, p.problem, p.attempts, p.updated_at
      from sync_engine.pushes p where p.tenant_id = p_tenant and p.entity = p_entity and p.key = p_key
      order by p.integration, p.version desc, p.id desc)) x
$$;

-- The hot read: sets the tenant and reads, in one round trip, as many records as are asked for at the moment (newline-joined
-- entities and keys). Answers two lines for each, in that order: one about the record, one with its document; two empty
-- lines: there is none. Text, because nobody on its way looks into the document. A scalar subselect, not a join: a plan made
-- for an empty table would go on scanning the full one. Most records have neither pushes nor other links: what record_sync
-- would say of those is said here, at a third less.
create function sync_engine.records_get(p_tenant uuid, p_entities text, p_keys text)
returns text language plpgsql as $$
declare answer text := set_config('app.tenant', p_tenant::text, true);
begin
  select string_agg(coalesce((
      select '{"version":' || r.version || ',"deleted":' || r.deleted || ',"updatedAt":' || to_json(r.updated_at at time zone 'utc')
        || ',"sync":' || case
          when exists (select 1 from sync_engine.pushes p where p.tenant_id = p_tenant and p.entity = r.entity and p.key = r.key)
            or exists (select 1 from sync_engine.links k where k.tenant_id = p_tenant and k.entity = r.entity and k.key = r.key)
            then sync_engine.record_sync(p_tenant, r.entity, r.key, r.integration, r.external_id)::text
          when r.external_id is null or r.integration is null then '[]'
          else '[{"integration":' || r.integration || ',"direction":"inbound","state":"SYNCED","externalId":'
            || to_json(r.external_id) || '}]'
        end || E'}\n' || r.doc
      from sync_engine.records r where r.tenant_id = p_tenant and r.entity = s.entity::int and r.key = s.key), E'\n'), E'\n' order by s.n)
    into answer
    from unnest(string_to_array(p_entities, E'\n'), string_to_array(p_keys, E'\n')) with ordinality s(entity, key, n);
  return answer;
end $$;

-- Records in key order behind p_after. The optional filters narrow by the master integration, a date field, a text field.
create function sync_engine.record_list(
  p_tenant uuid, p_entity int, p_after text, p_prefix text, p_deleted boolean, p_limit int, p_integration int,
  p_date_field text, p_from text, p_to text, p_equals_field text, p_equals text)
returns table (key text, version int, deleted boolean, updated_at timestamptz, doc jsonb, sync jsonb) language plpgsql as $$
#variable_conflict use_column
begin
  perform set_config('app.tenant', p_tenant::text, true);
  return query
    select r.key, r.version, r.deleted, r.updated_at, r.doc,
      sync_engine.record_sync(p_tenant, p_entity, r.key, r.integration, r.external_id)
    from sync_engine.records r
    where r.tenant_id = p_tenant and r.entity = p_entity and r.key > p_after collate "C" and r.key >= p_prefix collate "C"
      and starts_with(r.key, p_prefix) and (p_deleted or not r.deleted)
      and (p_integration is null or r.integration = p_integration)
      and (p_date_field is null or ((p_from is null or r.doc->>p_date_field >= p_from) and (p_to is null or left(r.doc->>p_date_field, length(p_to)) <= p_to)))
      and (p_equals_field is null or r.doc->>p_equals_field = p_equals)
    order by r.key limit p_limit;
end $$;
