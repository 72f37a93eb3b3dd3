-- What all processes know together of one ERP account: until when nobody calls it, its rate, its circuit.
create table sync_engine.call_budgets (
  tenant_id uuid not null,
  integration int not null,
  -- the ERP said "too many calls": nobody calls before
  paused_until timestamptz,
  -- the rate: calls are handed out at their distance, ahead of time by a second at most
  next_call_at timestamptz not null default '-infinity',
  -- the circuit: failures in a row; open while open_until stands; then one process at a time probes
  failures int not null default 0,
  opened int not null default 0,
  open_until timestamptz,
  probe text,
  probe_until timestamptz,
  last_failure text,
  primary key (tenant_id, integration)
);

-- How many of the account's concurrent calls each process holds. A process that is gone leaves them when `until` has passed.
create table sync_engine.call_slots (
  tenant_id uuid not null,
  integration int not null,
  owner text not null,
  slots int not null,
  wanted int not null,
  until timestamptz not null,
  primary key (tenant_id, integration, owner)
);

-- One turn of a process at an account: its slots are renewed, its share of the rate is drawn (p_unused: calls drawn earlier
-- and not made; p_in_use: slots that it uses or may use until it has read the answer). Processes that want more than there is share evenly; what does not divide goes round by the second.
-- wait_ms: nobody calls for so long, because of `why` ('paused' or 'circuit'). probe: this process makes the one call.
create function sync_engine.lease_calls(
  p_tenant uuid, p_integration int, p_owner text, p_limit int, p_wanted int, p_in_use int, p_lease_ms int,
  p_interval_ms float8, p_calls int, p_unused int)
returns table (slots int, contended boolean, calls int, next_call_ms float8, wait_ms float8, why text, probe boolean, failures int)
language plpgsql as $$
#variable_conflict use_column
declare
  t timestamptz;
  b sync_engine.call_budgets;
  o record;
  n_fair int;
  n_granted int := 0;
  n_calls int := 0;
  n_wait float8;
  n_why text;
  n_next float8;
  is_probe boolean := false;
  t_next timestamptz;
  t_interval interval := p_interval_ms * interval '1 millisecond';
  t_burst interval := greatest(p_interval_ms, 1000) * interval '1 millisecond';
  t_lease interval := p_lease_ms * interval '1 millisecond';
begin
  perform set_config('app.tenant', p_tenant::text, true);
  select * into b from sync_engine.call_budgets where tenant_id = p_tenant and integration = p_integration for update;
  if not found then
    insert into sync_engine.call_budgets (tenant_id, integration) values (p_tenant, p_integration) on conflict do nothing;
    select * into b from sync_engine.call_budgets where tenant_id = p_tenant and integration = p_integration for update;
  end if;
  t := clock_timestamp();
  delete from sync_engine.call_slots s
    where s.tenant_id = p_tenant and s.integration = p_integration and s.owner <> p_owner and s.until < t;
  select count(*)::int n, coalesce(sum(s.slots), 0)::int slots, coalesce(sum(s.wanted), 0)::int wanted,
      count(*) filter (where s.owner < p_owner)::int before, coalesce(bool_or(s.wanted > s.slots), false) contended
    into o from sync_engine.call_slots s
    where s.tenant_id = p_tenant and s.integration = p_integration and s.owner <> p_owner;
  n_fair := p_limit / (o.n + 1)
    + ((o.before + floor(extract(epoch from t))::bigint) % (o.n + 1) < p_limit % (o.n + 1))::int;
  n_granted := greatest(0, least(p_wanted, p_limit - o.slots, greatest(n_fair, p_limit - o.wanted)));

  if b.open_until is not null then
    if p_wanted > 0 and t >= b.open_until and (b.probe is null or b.probe = p_owner or b.probe_until < t) then
      is_probe := true;
      n_granted := least(n_granted, 1);
      if n_granted = 0 then is_probe := false; end if;
    else
      n_granted := 0;
    end if;
    if not is_probe then
      n_wait := greatest(extract(epoch from b.open_until - t) * 1000, 250);
      n_why := 'circuit';
    end if;
  end if;
  if b.paused_until > t then
    n_granted := 0;
    is_probe := false;
    n_wait := greatest(n_wait, extract(epoch from b.paused_until - t) * 1000);
    n_why := coalesce(n_why, 'paused');
  end if;

  if p_interval_ms is not null then
    t_next := greatest(b.next_call_at - p_unused * t_interval, t);
    if n_granted > 0 and p_calls > 0 then
      n_calls := greatest(0, least(p_calls, floor(extract(epoch from t + t_burst - t_next) * 1000 / p_interval_ms)::int));
      t_next := t_next + n_calls * t_interval;
    end if;
    n_next := greatest(0, extract(epoch from t_next + t_interval - t_burst - t) * 1000);
  end if;
  if is_probe or t_next is distinct from b.next_call_at then
    update sync_engine.call_budgets set next_call_at = coalesce(t_next, next_call_at),
        probe = case when is_probe then p_owner else probe end,
        probe_until = case when is_probe then t + t_lease else probe_until end
      where tenant_id = p_tenant and integration = p_integration;
  end if;
  if p_wanted = 0 and p_in_use = 0 then
    delete from sync_engine.call_slots where tenant_id = p_tenant and integration = p_integration and owner = p_owner;
  else
    insert into sync_engine.call_slots as s (tenant_id, integration, owner, slots, wanted, until)
      values (p_tenant, p_integration, p_owner, greatest(n_granted, p_in_use), p_wanted, t + t_lease)
      on conflict (tenant_id, integration, owner) do update
        set slots = excluded.slots, wanted = excluded.wanted, until = excluded.until;
  end if;
  return query select n_granted, o.contended, n_calls, n_next, n_wait, n_why, is_probe, b.failures;
end $$;

-- A call failed as calls of a sick ERP do. The circuit opens after p_threshold of them in a row, and again when its probe
-- failed; each time twice as long, up to p_longest_ms. Answers for how long it is open, or null.
create function sync_engine.note_failure(
  p_tenant uuid, p_integration int, p_owner text, p_what text, p_threshold int, p_open_ms int, p_longest_ms int)
returns table (failures int, open_ms float8) language plpgsql as $$
#variable_conflict use_column
begin
  perform set_config('app.tenant', p_tenant::text, true);
  insert into sync_engine.call_budgets (tenant_id, integration) values (p_tenant, p_integration) on conflict do nothing;
  return query
    update sync_engine.call_budgets b set
      failures = b.failures + 1,
      last_failure = p_what,
      opened = case when b.failures + 1 >= p_threshold and (b.open_until is null or b.probe = p_owner) then b.opened + 1 else b.opened end,
      open_until = case
        when b.failures + 1 >= p_threshold and (b.open_until is null or b.probe = p_owner)
          then clock_timestamp() + least(p_open_ms * power(2, least(b.opened, 20)), p_longest_ms) * interval '1 millisecond'
        else b.open_until end,
      probe = case when b.probe = p_owner then null else b.probe end
    where b.tenant_id = p_tenant and b.integration = p_integration
    returning b.failures, (extract(epoch from b.open_until - clock_timestamp()) * 1000)::float8;
end $$;

-- A call succeeded: what failed before is forgotten. An open circuit is closed by its probe alone (or by p_force: a person's
-- test), and then what waited goes on at once. True when the circuit was closed by it.
create function sync_engine.note_success(p_tenant uuid, p_integration int, p_owner text, p_force boolean)
returns boolean language plpgsql as $$
declare was_open boolean;
begin
  perform set_config('app.tenant', p_tenant::text, true);
  select open_until is not null into was_open from sync_engine.call_budgets
    where tenant_id = p_tenant and integration = p_integration and (open_until is null or probe = p_owner or p_force) for update;
  if not found then return false; end if;
  update sync_engine.call_budgets set failures = 0, opened = 0, open_until = null, probe = null, probe_until = null
    where tenant_id = p_tenant and integration = p_integration;
  if was_open then
    update sync_engine.work set due_at = clock_timestamp()
      where tenant_id = p_tenant and queue = p_integration and lease_until is null and kind <> 'schedule' and due_at > clock_timestamp();
  end if;
  return was_open;
end $$;

-- Whose work a row is: the integration that its id begins with; 0: nobody's in particular. Accounts take turns.
alter table sync_engine.work add column queue int generated always as (
  case when id ~ '^[0-9]{1,9}(:|$)' then split_part(id, ':', 1)::int else 0 end) stored;
create index work_turns on sync_engine.work (kind, queue, priority, due_at) where lease_until is null;
-- Claims look for due rows kind by kind and priority by priority, so that they read no row that is not due yet.
drop index sync_engine.work_due;
create index work_due on sync_engine.work (kind, priority, due_at) where lease_until is null;

-- Claims by turns. The oldest due rows of each kind and priority, as far as account and tenant have room; p_most of them are looked at.
create function sync_engine.claim_oldest(
  p_kinds text[], p_owner text, p_limit int, p_lease_ms int, p_most int, p_queues int[], p_queue_room int[], p_queue int,
  p_tenants uuid[], p_tenant_room int[], p_tenant int, p_without int[], p_after int)
returns table (seen int, tenant_id uuid, kind text, id text, priority smallint, epoch bigint, queue int) language plpgsql
-- one plan for all calls, whatever the table held when it was made: every step goes by an index and row by row
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
set enable_hashjoin = off set enable_mergejoin = off set enable_sort = off set enable_incremental_sort = off as $$
#variable_conflict use_column
declare t timestamptz := clock_timestamp();
begin
  return query
    with recursive expired as materialized (
      select w.ctid as at from sync_engine.work w
      where w.kind = any(p_kinds) and w.lease_until < t order by w.lease_until limit p_limit for update skip locked),
    seen as materialized (
      select w.tenant_id, w.kind, w.id, w.queue, w.priority, w.due_at
      from unnest(p_kinds) k(kind) cross join generate_series(0, 9) p(priority) cross join lateral (
        select * from sync_engine.work w
        where w.kind = k.kind and w.priority = p.priority and w.lease_until is null and w.due_at <= t
        order by w.due_at limit p_most) w
      order by w.priority, w.due_at limit p_most),
    ranked as (
      select s.*, row_number() over (partition by s.queue order by s.priority, s.due_at) nth,
        row_number() over (partition by s.tenant_id order by s.priority, s.due_at) nth_of_tenant
      from seen s where s.queue <> all(p_without)),
    chosen as materialized (
      select r.tenant_id, r.kind, r.id from ranked r
        left join unnest(p_queues, p_queue_room) q(queue, room) on q.queue = r.queue
        left join unnest(p_tenants, p_tenant_room) h(tenant_id, room) on h.tenant_id = r.tenant_id
      where (r.queue = 0 or r.nth <= coalesce(q.room, p_queue)) and r.nth_of_tenant <= coalesce(h.room, p_tenant)
      order by (r.nth - 1) / 4, r.queue <= p_after, r.priority, r.due_at limit p_limit),
    due as materialized (
      select w.at from chosen c cross join lateral (
        -- by its whole key, and by the place of the locked row below: joined otherwise, all due rows are read for each that is chosen
        select w.ctid as at from sync_engine.work w
        where w.tenant_id = c.tenant_id and w.kind = c.kind and w.id = c.id and coalesce(w.lease_until, 'infinity') = 'infinity'
        for update skip locked) w),
    taken as materialized (select * from expired union all select * from due limit p_limit),
    claimed as (
      update sync_engine.work w set lease_until = clock_timestamp() + p_lease_ms * interval '1 millisecond', owner = p_owner,
        epoch = nextval('sync_engine.work_epochs'), again = false
      from taken c where w.ctid = c.at
      returning w.tenant_id, w.kind, w.id, w.priority, w.epoch, w.queue)
    select s.seen, c.* from (select count(*)::int seen from seen) s left join claimed c on true;
end $$;
grant execute on function sync_engine.claim_oldest to sync_engine_dispatch;

-- Claims by turns. p_most due rows of every account, those behind p_after first.
create function sync_engine.claim_in_turn(
  p_kinds text[], p_owner text, p_limit int, p_lease_ms int, p_most int, p_queues int[], p_queue_room int[], p_queue int,
  p_tenants uuid[], p_tenant_room int[], p_tenant int, p_without int[], p_after int)
returns table (seen int, tenant_id uuid, kind text, id text, priority smallint, epoch bigint, queue int) language plpgsql
-- planned anew each time: which of the two indexes is the better one shows only when there are rows
set plan_cache_mode = force_custom_plan set enable_seqscan = off set enable_bitmapscan = off
set enable_hashjoin = off set enable_mergejoin = off set enable_sort = off set enable_incremental_sort = off as $$
#variable_conflict use_column
declare t timestamptz := clock_timestamp();
begin
  return query
    with recursive lap(kind, queue) as (
      select k.kind, (select w.queue from sync_engine.work w where w.kind = k.kind and w.lease_until is null order by w.queue limit 1)
      from unnest(p_kinds) k(kind)
      union all
      select l.kind, (select w.queue from sync_engine.work w where w.kind = l.kind and w.lease_until is null
        and w.queue > l.queue order by w.queue limit 1)
      from lap l where l.queue is not null),
    expired as materialized (
      select w.ctid as at from sync_engine.work w
      where w.kind = any(p_kinds) and w.lease_until < t order by w.lease_until limit p_limit for update skip locked),
    seen as materialized (
      select w.tenant_id, w.kind, w.id, w.queue, w.priority, w.due_at from lap l cross join lateral (
        select * from sync_engine.work w
        where w.kind = l.kind and w.queue = l.queue and w.lease_until is null and w.due_at <= t
        order by w.priority, w.due_at limit p_most) w
      where l.queue is not null and l.queue <> all(p_without)),
    ranked as (
      select s.*, row_number() over (partition by s.queue order by s.priority, s.due_at) nth,
        row_number() over (partition by s.tenant_id order by s.priority, s.due_at) nth_of_tenant
      from seen s where s.queue <> all(p_without)),
    chosen as materialized (
      select r.tenant_id, r.kind, r.id from ranked r
        left join unnest(p_queues, p_queue_room) q(queue, room) on q.queue = r.queue
        left join unnest(p_tenants, p_tenant_room) h(tenant_id, room) on h.tenant_id = r.tenant_id
      where (r.queue = 0 or r.nth <= coalesce(q.room, p_queue)) and r.nth_of_tenant <= coalesce(h.room, p_tenant)
      order by (r.nth - 1) / 4, r.queue <= p_after, r.priority, r.due_at limit p_limit),
    due as materialized (
      select w.at from chosen c cross join lateral (
        -- by its whole key, and by the place of the locked row below: joined otherwise, all due rows are read for each that is chosen
        select w.ctid as at from sync_engine.work w
        where w.tenant_id = c.tenant_id and w.kind = c.kind and w.id = c.id and coalesce(w.lease_until, 'infinity') = 'infinity'
        for update skip locked) w),
    taken as materialized (select * from expired union all select * from due limit p_limit),
    claimed as (
      update sync_engine.work w set lease_until = clock_timestamp() + p_lease_ms * interval '1 millisecond', owner = p_owner,
        epoch = nextval('sync_engine.work_epochs'), again = false
      from taken c where w.ctid = c.at
      returning w.tenant_id, w.kind, w.id, w.priority, w.epoch, w.queue)
    select s.seen, c.* from (select count(*)::int seen from seen) s left join claimed c on true;
end $$;
grant execute on function sync_engine.claim_in_turn to sync_engine_dispatch;

-- Access and refresh tokens of accounts, encrypted. `generation` rises with each set of tokens; one process at a time asks for
-- the next one, under a lease. `tries` counts the times that somebody began to ask with the present refresh token and was not
-- heard of again: the ERP may have replaced it then, so it is tried once more and no oftener. `required`: a person must sign in.
create table sync_engine.erp_tokens (
  tenant_id uuid not null,
  integration int not null,
  -- which credentials they came from: with other ones everything begins anew
  credentials text not null,
  generation int not null default 0,
  sealed jsonb,
  expires_at timestamptz,
  owner text,
  lease_until timestamptz,
  tries int not null default 0,
  required boolean not null default false,
  primary key (tenant_id, integration)
);

-- state: held (use what is sealed), renew (this process asks now), wait (another one does), required (nobody does any more).
-- p_stale: the generation that the ERP has refused; p_margin_ms: tokens that end within it are renewed.
create function sync_engine.begin_tokens(
  p_tenant uuid, p_integration int, p_owner text, p_credentials text, p_stale int, p_margin_ms int, p_lease_ms int)
returns table (state text, generation int, sealed jsonb, expires_ms float8, newly boolean) language plpgsql as $$
#variable_conflict use_column
declare
  t sync_engine.erp_tokens;
  at timestamptz;
begin
  perform set_config('app.tenant', p_tenant::text, true);
  insert into sync_engine.erp_tokens (tenant_id, integration, credentials) values (p_tenant, p_integration, p_credentials)
    on conflict do nothing;
  select * into t from sync_engine.erp_tokens where tenant_id = p_tenant and integration = p_integration for update;
  at := clock_timestamp();
  newly := false;
  if t.credentials <> p_credentials then
    update sync_engine.erp_tokens k set credentials = p_credentials, generation = k.generation + 1, sealed = null, expires_at = null,
        owner = null, lease_until = null, tries = 0, required = false
      where k.tenant_id = p_tenant and k.integration = p_integration returning * into t;
  end if;
  generation := t.generation;
  sealed := t.sealed;
  expires_ms := extract(epoch from t.expires_at - at) * 1000;
  if t.required then
    state := 'required';
  elsif t.sealed is not null and t.generation is distinct from p_stale
      and (t.expires_at is null or t.expires_at > at + p_margin_ms * interval '1 millisecond') then
    state := 'held';
  elsif t.lease_until > at and t.owner <> p_owner then
    state := 'wait';
  elsif t.tries >= 2 then
    state := 'required';
    newly := true;
  else
    state := 'renew';
    update sync_engine.erp_tokens k set owner = p_owner, lease_until = at + p_lease_ms * interval '1 millisecond', tries = k.tries + 1
      where k.tenant_id = p_tenant and k.integration = p_integration;
  end if;
  return next;
end $$;
