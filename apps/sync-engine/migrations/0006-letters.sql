-- What a person does with many entries at once: retries of dead letters, replays of the ledger. The worker stores its place
-- and its counts in the transaction of their effect; `seen` = `done` + the sum of `left`.
create table sync_engine.bulk_jobs (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null,
  status text not null default 'queued',
  -- as it was asked for, and in the words of the tables
  filter jsonb not null,
  wanted jsonb not null,
  place jsonb,
  total bigint,
  seen bigint not null default 0,
  done bigint not null default 0,
  "left" jsonb not null default '{}',
  problem jsonb,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz,
  primary key (tenant_id, id)
);

-- Who closed a letter by hand; null: it resolved itself.
alter table sync_engine.dead_letters add column closed_by text;
create index dead_letters_listed on sync_engine.dead_letters (tenant_id, status, created_at, id);

-- Replays with the mapping of then: when each version became the newest, and which one a push is to be made with (null: the newest).
alter table sync_engine.account_mappings add column created_at timestamptz not null default now();
alter table sync_engine.pushes add column mapping int;

-- Which database this is. A cluster that was restored elsewhere has another system identifier, one that was restored to a
-- moment or promoted has another timeline: then a new generation begins, and every integration is in recovery until a person
-- releases it. The generation is the epoch of the feed.
create table sync_engine.database_generations (
  generation int primary key,
  identity text not null,
  seen_at timestamptz not null default clock_timestamp()
);

-- The timeline is that of the next write: the control file tells a new one only after a checkpoint.
create function sync_engine.database_identity() returns text language sql volatile as $$
  select system_identifier || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) from pg_control_system()
$$;

create function sync_engine.current_generation() returns int language sql stable as $$
  select coalesce(max(generation), 1) from sync_engine.database_generations
$$;

-- Compares the database with the one that was noted last; answers the generation that counts from now on.
create function sync_engine.note_generation() returns int language plpgsql as $$
declare here text := sync_engine.database_identity(); last sync_engine.database_generations;
begin
  perform pg_advisory_xact_lock(hashtext('sync_engine.database_generations'));
  select * into last from sync_engine.database_generations order by generation desc limit 1;
  if last.identity = here then return last.generation; end if;
  insert into sync_engine.database_generations (generation, identity) values (coalesce(last.generation, 0) + 1, here);
  return coalesce(last.generation, 0) + 1;
end $$;

-- `generation`: the one in which the integration was last released (0: reset). `recovery_begun`: the one whose recovery began.
alter table sync_engine.accounts
  add column generation int not null default sync_engine.current_generation(),
  add column recovery_begun int,
  add column recovery_since timestamptz,
  add column recovery_reason text;

-- Recovery begins: cursors go back, runs end, schedules are off. A push that would make a document may have made it in the time
-- that was lost: its outcome is unknown, and its reference tells. Links stay. Updates only set values: they wait.
create function sync_engine.begin_recovery(p_tenant uuid, p_integration int, p_generation int, p_reason text)
returns boolean language plpgsql as $$
#variable_conflict use_column
begin
  update sync_engine.accounts set recovery_begun = p_generation, recovery_since = clock_timestamp(), recovery_reason = p_reason,
      generation = case when p_reason = 'reset' then 0 else generation end
    where tenant_id = p_tenant and num = p_integration
      and (p_reason = 'reset' or (generation < p_generation and recovery_begun is distinct from p_generation));
  if not found then return false; end if;
  update sync_engine.cursors set value = null, baseline = false, epoch = epoch + 1, updated_at = now()
    where tenant_id = p_tenant and integration = p_integration;
  update sync_engine.jobs set status = 'cancelled', finished_at = clock_timestamp()
    where tenant_id = p_tenant and integration = p_integration and status in ('queued', 'running', 'awaiting_approval');
  delete from sync_engine.work
    where tenant_id = p_tenant and kind = 'schedule' and id like p_integration || ':%' and lease_until is null;
  with makes as (
    select distinct on (p.entity, p.key) p.id from sync_engine.pushes p
    where p.tenant_id = p_tenant and p.integration = p_integration and p.status in ('pending', 'parked', 'rejected') and p.operation <> 'delete'
      and not exists (select 1 from sync_engine.pushes o where o.tenant_id = p.tenant_id and o.entity = p.entity and o.key = p.key
        and o.integration = p.integration and o.status in ('sent', 'accepted', 'unknown'))
      and not exists (select 1 from sync_engine.records r where r.tenant_id = p.tenant_id and r.entity = p.entity and r.key = p.key
        and r.integration = p.integration and r.external_id is not null)
      and not exists (select 1 from sync_engine.links l where l.tenant_id = p.tenant_id and l.entity = p.entity and l.key = p.key
        and l.integration = p.integration and l.external_id is not null)
    order by p.entity, p.key, p.version desc),
  doubted as (
    update sync_engine.pushes p set status = 'unknown', doubted = true, sent = null, fields = null, looked_up = 0,
        operation = case p.operation when 'update' then 'create' else p.operation end,
        sent_at = clock_timestamp(), waiting_entity = null, waiting_key = null, updated_at = now()
      from makes m where p.tenant_id = p_tenant and p.id = m.id returning p.entity, p.key)
  insert into sync_engine.work as w (tenant_id, kind, id, priority)
    select p_tenant, 'push', p_integration || ':' || d.entity || ':' || d.key, 5 from doubted d on conflict do nothing;
  return true;
end $$;

-- The account of the file exchange that a push goes through while its ERP is away; null: its ERP's own way.
alter table sync_engine.pushes add column channel int;
