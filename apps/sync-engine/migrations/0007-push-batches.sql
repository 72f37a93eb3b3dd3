-- Pushes of one account in batches: one call reads what is to be sent, one marks what leaves, one settles what the ERP took.
-- Every item carries its own guards; one whose guards do not hold is left out of the answer, nothing of it is written, and it
-- takes the way of a single push. Items are worked on in the order of their keys: two batches never wait for each other in a
-- circle. Each statement names one row by a whole key and nothing that a partial index is about, and no table is read through:
-- a plan made before a backlog came up would otherwise read all of it for each item.

-- Letters of a link's pushes.
create index dead_letters_outbound on sync_engine.dead_letters (tenant_id, integration, entity, key)
  where status = 'OPEN' and direction = 'outbound';

-- For each link: its open push, the one in flight first, then the newest; its record; its link when that is not beside the
-- record; whether the first load of the entity is complete, and whether a conflict of the record waits for a person. As many rows as keys, in their order.
create function sync_engine.push_states(p_tenant uuid, p_integration int, p_entities int[], p_keys text[])
returns table (push json, record json, link json, baseline boolean, conflict boolean) language plpgsql
set enable_seqscan = off as $$
#variable_conflict use_column
declare i record;
begin
  perform set_config('app.tenant', p_tenant::text, true);
  for i in select * from unnest(p_entities, p_keys) i(entity, key) loop
    push := null; record := null; link := null; conflict := false;
    select row_to_json(x) into push from (
      select p.id, p.integration, p.entity, p.key, p.version, p.operation, p.status, p.reference, p.attempts, p.category, p.handle, p.fields,
        p.sent, p.looked_up, p.mapping, p.adapter, (extract(epoch from clock_timestamp() - p.sent_at) * 1000)::float8 sent_ms,
        (extract(epoch from clock_timestamp() - p.updated_at) * 1000)::float8 since_ms
      from sync_engine.pushes p
      where p.tenant_id = p_tenant and p.entity = i.entity and p.key = i.key and p.integration = p_integration
        and p.status in ('pending', 'parked', 'sent', 'accepted', 'unknown')
      order by p.status in ('sent', 'accepted', 'unknown') desc, p.version desc limit 1) x;
    if push is not null then
      select row_to_json(x) into record from (
        select r.key, r.version, encode(r.hash, 'hex') hash, r.doc, r.deleted, r.integration, r.external_id, r.erp_version,
          encode(r.shadow_hash, 'hex') shadow_hash, r.shadow, r.shadow_mapping, r.accepted, r.push_io, r.push_open
        from sync_engine.records r where r.tenant_id = p_tenant and r.entity = i.entity and r.key = i.key) x;
      select row_to_json(x) into link from (
        select k.external_id, k.erp_version, encode(k.shadow_hash, 'hex') shadow_hash, k.shadow, k.shadow_mapping, k.accepted, k.push_io,
          k.push_open
        from sync_engine.links k
        where k.tenant_id = p_tenant and k.entity = i.entity and k.key = i.key and k.integration = p_integration) x;
      select coalesce((select c.baseline from sync_engine.cursors c
        where c.tenant_id = p_tenant and c.integration = p_integration and c.entity = i.entity), false) into baseline;
      select exists (select 1 from sync_engine.dead_letters d where d.tenant_id = p_tenant and d.integration = p_integration
        and d.entity = i.entity and d.key = i.key and d.status = 'OPEN' and d.kind = 'CONFLICT') into conflict;
    end if;
    return next;
  end loop;
end $$;

-- What the account calls these records, in their order; null: it does not know one.
create function sync_engine.external_ids(p_tenant uuid, p_integration int, p_entities int[], p_keys text[])
returns setof text language plpgsql
set enable_seqscan = off as $$
declare i record; found_id text;
begin
  perform set_config('app.tenant', p_tenant::text, true);
  for i in select * from unnest(p_entities, p_keys) i(entity, key) loop
    select case when r.integration = p_integration and not r.deleted then r.external_id end into found_id from sync_engine.records r
      where r.tenant_id = p_tenant and r.entity = i.entity and r.key = i.key;
    if found_id is null then
      select k.external_id into found_id from sync_engine.links k
        where k.tenant_id = p_tenant and k.entity = i.entity and k.key = i.key and k.integration = p_integration;
    end if;
    return next found_id;
  end loop;
end $$;

-- Whether a claim of a push is held; until the end of the transaction nobody can take it. To be asked under the record's
-- lock: who changes a record locks it first and the work of its pushes then.
create function sync_engine.holds_push(p_tenant uuid, p_work text, p_epoch bigint) returns boolean language plpgsql as $$
declare w record;
begin
  select epoch, lease_until into w from sync_engine.work where tenant_id = p_tenant and kind = 'push' and id = p_work for share;
  return found and w.epoch = p_epoch and w.lease_until is not null;
end $$;

-- Sets the tenant; DV002: the account is reached through another adapter now. Until the end of the transaction it stays.
create function sync_engine.begin_pushes(p_tenant uuid, p_integration int, p_adapter text) returns void language plpgsql as $$
begin
  perform set_config('app.tenant', p_tenant::text, true);
  perform 1 from sync_engine.accounts a
    where a.tenant_id = p_tenant and a.num = p_integration and a.document->'adapter'->>'system' = p_adapter for share;
  if not found then raise exception 'the account is reached through another adapter now' using errcode = 'DV002'; end if;
end $$;

-- The requests of these pushes are about to leave. An item: id, work and epoch of its claim, entity, key, the record's version,
-- the link's I/O number and shadow's hash as planned (null: no link), operation, fields, sent (the fields' values).
-- Answers those that may leave. See PushRepository.markSent for references.
create function sync_engine.mark_pushes(p_tenant uuid, p_integration int, p_adapter text, p_items jsonb)
returns table (id uuid, io bigint, reference text, inherited boolean) language plpgsql
set enable_seqscan = off as $$
#variable_conflict use_column
declare i record; r record; p record; earlier text; creates boolean;
begin
  perform sync_engine.begin_pushes(p_tenant, p_integration, p_adapter);
  for i in
    select * from jsonb_to_recordset(p_items) i(id uuid, work text, epoch bigint, entity int, key text, version int, io bigint,
      shadow text, operation text, fields text[], sent jsonb)
    order by i.entity, i.key collate "C"
  loop
    select version, integration is not distinct from p_integration as master, push_io, shadow_hash into r from sync_engine.records
      where tenant_id = p_tenant and entity = i.entity and key = i.key for update;
    if not found or r.version <> i.version or not sync_engine.holds_push(p_tenant, i.work, i.epoch) then continue; end if;
    if not r.master then
      select push_io, shadow_hash into r.push_io, r.shadow_hash from sync_engine.links
        where tenant_id = p_tenant and entity = i.entity and key = i.key and integration = p_integration;
    end if;
    if r.push_io is distinct from i.io or encode(r.shadow_hash, 'hex') is distinct from i.shadow then continue; end if;
    select status, reference, sent_at, operation, doubted into p from sync_engine.pushes where tenant_id = p_tenant and id = i.id for update;
    if not found or p.status not in ('pending', 'parked') then continue; end if;
    -- listed since it was planned; who lists one holds the record's lock
    if exists (select 1 from sync_engine.dead_letters d where d.tenant_id = p_tenant and d.integration = p_integration
      and d.entity = i.entity and d.key = i.key and d.status = 'OPEN' and d.kind = 'CONFLICT') then continue; end if;
    creates := i.operation in ('create', 'post');
    earlier := null;
    if creates then
      select o.reference into earlier from sync_engine.pushes o
        where o.tenant_id = p_tenant and o.entity = i.entity and o.key = i.key and o.integration = p_integration and o.id <> i.id
          and o.sent_at is not null and o.operation in ('create', 'post') and o.status <> 'confirmed'
          and o.version > coalesce((select max(c.version) from sync_engine.pushes c where c.tenant_id = p_tenant and c.entity = i.entity
            and c.key = i.key and c.integration = p_integration and c.status = 'confirmed'), 0)
        order by o.sent_at limit 1;
    end if;
    io := nextval('sync_engine.io_numbers');
    reference := case when creates then coalesce(earlier, p.reference)
      when p.sent_at is not null and p.operation <> i.operation then sync_engine.new_reference() else p.reference end;
    update sync_engine.pushes set status = 'sent', operation = i.operation, fields = i.fields,
        sent = case when earlier is null then i.sent end, attempts = attempts + 1, sent_at = clock_timestamp(), adapter = p_adapter,
        doubted = p.doubted and p.operation = i.operation, handle = null, io = mark_pushes.io, reference = mark_pushes.reference,
        waiting_entity = null, waiting_key = null, looked_up = 0, problem = null, updated_at = now()
      where tenant_id = p_tenant and id = i.id;
    if r.master then
      update sync_engine.records set push_open = true, push_io = io where tenant_id = p_tenant and entity = i.entity and key = i.key;
    else
      update sync_engine.links set push_open = true, push_io = io, updated_at = now()
        where tenant_id = p_tenant and entity = i.entity and key = i.key and integration = p_integration;
    end if;
    id := i.id;
    inherited := earlier is not null;
    return next;
  end loop;
end $$;

-- The ERP took these pushes, and nothing of their records moved meanwhile. An item: id, work and epoch of its claim, entity,
-- key, the record's version as sent, io of its mark, linked (false: there was no link), master (the link stands beside the
-- record), and the link as it is from now on: externalId, erpVersion, shadow (null beside a record that equals it), shadowHash,
-- shadowMapping, accepted.
-- With the push go what waited for it, what was listed of it, and its work: done, or due again for what came meanwhile.
create function sync_engine.settle_pushes(p_tenant uuid, p_integration int, p_adapter text, p_items jsonb)
returns setof uuid language plpgsql
set enable_seqscan = off as $$
#variable_conflict use_column
declare i record; r record; p record; io bigint; listed boolean; refused boolean; waiting boolean;
begin
  perform sync_engine.begin_pushes(p_tenant, p_integration, p_adapter);
  listed := exists (select 1 from sync_engine.dead_letters
    where tenant_id = p_tenant and integration = p_integration and status = 'OPEN' and direction = 'outbound');
  refused := exists (select 1 from sync_engine.dead_letters
    where tenant_id = p_tenant and integration = p_integration and status = 'OPEN' and direction = 'inbound' and kind = 'REJECTED');
  waiting := exists (select 1 from sync_engine.pushes
    where tenant_id = p_tenant and integration = p_integration and status = 'parked' and waiting_key is not null);
  for i in
    select * from jsonb_to_recordset(p_items) i(id uuid, work text, epoch bigint, entity int, key text, version int, io bigint, linked boolean,
      master boolean, "externalId" text, "erpVersion" text, shadow jsonb, "shadowHash" text, "shadowMapping" int, accepted jsonb)
    order by i.entity, i.key collate "C"
  loop
    select version, integration, push_io, hash into r from sync_engine.records
      where tenant_id = p_tenant and entity = i.entity and key = i.key for update;
    if not found or r.version <> i.version or not sync_engine.holds_push(p_tenant, i.work, i.epoch) then continue; end if;
    if i.master then
      if i.linked and (r.integration is distinct from p_integration or r.push_io <> i.io) then continue; end if;
      if not i.linked and r.integration is not null then continue; end if;
    else
      if r.integration is not distinct from p_integration then continue; end if;
      select push_io into r.push_io from sync_engine.links
        where tenant_id = p_tenant and entity = i.entity and key = i.key and integration = p_integration;
      if found is distinct from i.linked or (found and r.push_io <> i.io) then continue; end if;
    end if;
    select status, pushes.io into p from sync_engine.pushes where tenant_id = p_tenant and id = i.id for update;
    if not found or p.status <> 'sent' or p.io <> i.io then continue; end if;
    update sync_engine.pushes set status = 'confirmed', problem = null, category = null, external_id = i."externalId", sent = null,
        waiting_entity = null, waiting_key = null, updated_at = now()
      where tenant_id = p_tenant and id = i.id;
    io := nextval('sync_engine.io_numbers');
    if i.master then
      update sync_engine.records set integration = p_integration, external_id = i."externalId", erp_version = i."erpVersion",
          shadow_hash = decode(i."shadowHash", 'hex'), shadow = i.shadow,
          shadow_mapping = i."shadowMapping", accepted = nullif(i.accepted, 'null'), push_io = io, push_open = false
        where tenant_id = p_tenant and entity = i.entity and key = i.key;
    elsif i.linked then
      update sync_engine.links set external_id = i."externalId", erp_version = i."erpVersion", shadow_hash = decode(i."shadowHash", 'hex'),
          shadow = i.shadow, shadow_mapping = i."shadowMapping", accepted = nullif(i.accepted, 'null'), push_io = io, push_open = false,
          updated_at = now()
        where tenant_id = p_tenant and entity = i.entity and key = i.key and integration = p_integration;
    else
      insert into sync_engine.links (tenant_id, integration, entity, key, external_id, erp_version, shadow_hash, shadow, shadow_mapping,
          accepted, push_io, push_open)
        values (p_tenant, p_integration, i.entity, i.key, i."externalId", i."erpVersion", decode(i."shadowHash", 'hex'), i.shadow,
          i."shadowMapping", nullif(i.accepted, 'null'), io, false);
    end if;
    if listed then
      update sync_engine.dead_letters set status = 'RESOLVED', note = 'a later push succeeded', version = version + 1, updated_at = now()
        where tenant_id = p_tenant and integration = p_integration and entity = i.entity and key = i.key and direction = 'outbound'
          and status = 'OPEN';
    end if;
    -- listed before anybody knew that it is the document that this push made
    if refused then
      insert into sync_engine.work (tenant_id, kind, id, priority)
        select p_tenant, 'reread', p_integration || ':' || i.entity || ':' || d.external_id, 3 from sync_engine.dead_letters d
        where d.tenant_id = p_tenant and d.integration = p_integration and d.entity = i.entity and d.external_id = i."externalId"
          and d.direction = 'inbound' and d.status = 'OPEN'
        on conflict do nothing;
    end if;
    if waiting then
      for p in select integration || ':' || entity || ':' || key as work from sync_engine.pushes
        where tenant_id = p_tenant and integration = p_integration and waiting_entity = i.entity and waiting_key = i.key and status = 'parked'
      loop
        update sync_engine.work set due_at = clock_timestamp() where tenant_id = p_tenant and kind = 'push' and id = p.work;
      end loop;
    end if;
    delete from sync_engine.work w
      where w.tenant_id = p_tenant and w.kind = 'push' and w.id = i.work and w.epoch = i.epoch and not w.again
        and not exists (select 1 from sync_engine.pushes p where p.tenant_id = p_tenant and p.entity = i.entity and p.key = i.key
          and p.integration = p_integration and p.status in ('pending', 'parked', 'sent', 'accepted', 'unknown'));
    if not found then
      update sync_engine.work set lease_until = null, owner = null, again = false, due_at = least(due_at, clock_timestamp())
        where tenant_id = p_tenant and kind = 'push' and id = i.work and epoch = i.epoch;
    end if;
    return next i.id;
  end loop;
end $$;
