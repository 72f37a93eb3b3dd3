-- schema sync_engine, written by the schema dump; do not edit

-- sequences
sequence account_numbers as integer
sequence io_numbers as bigint
sequence migrations_id_seq as integer
sequence page_ids as bigint
sequence work_epochs as bigint

-- tables
table account_mappings (
  tenant_id uuid not null,
  integration integer not null,
  entity integer not null,
  version integer not null,
  document jsonb not null,
  created_at timestamp with time zone not null default now()
) row security forced
table accounts (
  tenant_id uuid not null,
  num integer not null default nextval('account_numbers'::regclass),
  integration_id uuid not null,
  tenant text not null,
  name text not null,
  document jsonb not null,
  sealed jsonb,
  version integer not null,
  deleted boolean not null default false,
  connection_status text not null default 'DISCONNECTED'::text,
  last_error jsonb,
  last_sync_at timestamp with time zone,
  generation integer not null default current_generation(),
  recovery_begun integer,
  recovery_since timestamp with time zone,
  recovery_reason text
) row security forced
table bulk_jobs (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null,
  status text not null default 'queued'::text,
  filter jsonb not null,
  wanted jsonb not null,
  place jsonb,
  total bigint,
  seen bigint not null default 0,
  done bigint not null default 0,
  "left" jsonb not null default '{}'::jsonb,
  problem jsonb,
  created_by text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  started_at timestamp with time zone,
  finished_at timestamp with time zone
) row security forced
table call_budgets (
  tenant_id uuid not null,
  integration integer not null,
  paused_until timestamp with time zone,
  next_call_at timestamp with time zone not null default '-infinity'::timestamp with time zone,
  failures integer not null default 0,
  opened integer not null default 0,
  open_until timestamp with time zone,
  probe text,
  probe_until timestamp with time zone,
  last_failure text
) row security forced
table call_slots (
  tenant_id uuid not null,
  integration integer not null,
  owner text not null,
  slots integer not null,
  wanted integer not null,
  until timestamp with time zone not null
) row security forced
table changes (
  tenant_id uuid not null,
  page_id bigint not null,
  n integer not null,
  entity integer not null,
  key text not null,
  version integer not null,
  op "char" not null,
  previous bigint,
  before jsonb
) row security forced
table consumer_positions (
  tenant_id uuid not null,
  producer text not null,
  "position" bigint not null default 0,
  ordinal integer not null default 0
) row security forced
table cursors (
  tenant_id uuid not null,
  integration integer not null,
  entity integer not null,
  page integer not null default 0,
  epoch integer not null default 0,
  value jsonb,
  baseline boolean not null default false,
  updated_at timestamp with time zone not null default now()
) row security forced
table database_generations (
  generation integer not null,
  identity text not null,
  seen_at timestamp with time zone not null default clock_timestamp()
)
table dead_letters (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null,
  direction text not null,
  integration integer,
  entity integer,
  key text,
  external_id text,
  reason text not null,
  waiting_entity integer,
  waiting_id text,
  problem jsonb,
  payload jsonb,
  io bigint,
  job_id uuid,
  push_id uuid,
  status text not null default 'OPEN'::text,
  attempts integer not null default 0,
  version integer not null default 1,
  note text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  erp_version text,
  closed_by text
) row security forced
table erp_tokens (
  tenant_id uuid not null,
  integration integer not null,
  credentials text not null,
  generation integer not null default 0,
  sealed jsonb,
  expires_at timestamp with time zone,
  owner text,
  lease_until timestamp with time zone,
  tries integer not null default 0,
  required boolean not null default false
) row security forced
table event_log (
  seq bigint not null generated always as identity,
  tenant_id uuid not null,
  tenant text not null,
  id uuid not null,
  type text not null,
  source text,
  traceparent text,
  data jsonb not null,
  page_id bigint,
  n integer not null default 1,
  silent boolean not null default false,
  "position" bigint,
  at timestamp with time zone not null default clock_timestamp()
) row security forced
table jobs (
  tenant_id uuid not null,
  id uuid not null,
  integration integer not null,
  entity integer not null,
  direction text not null,
  mode text not null,
  trigger text not null,
  status text not null,
  dry_run boolean not null default false,
  read bigint not null default 0,
  created bigint not null default 0,
  updated bigint not null default 0,
  unchanged bigint not null default 0,
  rejected bigint not null default 0,
  parked bigint not null default 0,
  deleted bigint not null default 0,
  attempts integer not null default 0,
  all_read boolean not null default false,
  mapping_version integer,
  problem jsonb,
  created_at timestamp with time zone not null default now(),
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  approval jsonb,
  seen_from bigint,
  deletes_approved boolean not null default false
) row security forced
table leases (
  name text not null,
  owner uuid not null,
  epoch bigint not null,
  until timestamp with time zone not null
) row security forced
table links (
  tenant_id uuid not null,
  integration integer not null,
  entity integer not null,
  key text not null,
  external_id text,
  erp_version text,
  shadow_hash bytea,
  shadow jsonb,
  shadow_mapping integer,
  accepted jsonb,
  push_io bigint not null default 0,
  push_open boolean not null default false,
  updated_at timestamp with time zone not null default now()
) row security forced
table log_consumers (
  tenant_id uuid not null,
  consumer text not null,
  "position" bigint not null,
  seen_at timestamp with time zone not null default clock_timestamp()
) row security forced
table log_heads (
  tenant_id uuid not null,
  "position" bigint not null default 0,
  published bigint not null default 0
) row security forced
table migrations (
  id integer not null default nextval('migrations_id_seq'::regclass),
  "timestamp" bigint not null,
  name character varying not null
)
table pages (
  tenant_id uuid not null,
  page_id bigint not null,
  entity integer not null,
  integration integer,
  job_id uuid,
  actor text not null,
  n integer not null,
  at timestamp with time zone not null default now()
) row security forced
table plan_items (
  tenant_id uuid not null,
  job_id uuid not null,
  page integer not null,
  n integer not null,
  integration integer not null,
  key text,
  external_id text,
  operation text not null,
  state text not null default 'planned'::text,
  reason text,
  problem jsonb,
  changes jsonb,
  record_version integer,
  shadow_hash bytea,
  push_io bigint,
  doc text,
  hash bytea,
  erp_version text,
  modified_at text,
  letter jsonb,
  body jsonb,
  pushes jsonb,
  push_id uuid
) row security forced
table plan_pages (
  tenant_id uuid not null,
  job_id uuid not null,
  page integer not null,
  part text not null,
  io bigint not null default 0,
  repeats integer not null default 0,
  last boolean not null default false,
  digest text
) row security forced
table plans (
  tenant_id uuid not null,
  job_id uuid not null,
  account_version integer not null,
  mapping_version integer,
  cursor_page integer not null default 0,
  cursor jsonb,
  baseline boolean not null default false,
  part text not null,
  page integer not null default 0,
  mark jsonb,
  next_cursor jsonb,
  applied integer not null default 0,
  keeps_cursor boolean not null default false
) row security forced
table pushes (
  tenant_id uuid not null,
  id uuid not null,
  integration integer not null,
  entity integer not null,
  key text not null,
  version integer not null,
  operation text not null,
  status text not null,
  reference text not null,
  superseded_by uuid,
  attempts integer not null default 0,
  category text,
  external_id text,
  handle jsonb,
  fields text[],
  sent jsonb,
  doubted boolean not null default false,
  waiting_entity integer,
  waiting_key text,
  looked_up integer not null default 0,
  sent_at timestamp with time zone,
  adapter text,
  io bigint,
  problem jsonb,
  request jsonb,
  response jsonb,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  mapping integer,
  channel integer
) row security forced
table records (
  tenant_id uuid not null,
  entity integer not null,
  key text not null,
  version integer not null default 1,
  hash bytea not null,
  doc jsonb not null,
  deleted boolean not null default false,
  page_id bigint not null,
  integration integer,
  external_id text,
  erp_version text,
  shadow_hash bytea,
  shadow jsonb,
  shadow_mapping integer,
  accepted jsonb,
  push_io bigint not null default 0,
  push_open boolean not null default false,
  updated_at timestamp with time zone not null default now()
) row security forced
table requests (
  tenant_id uuid not null,
  sender text not null,
  event_id text not null,
  body_hash text not null,
  result jsonb,
  at timestamp with time zone not null default now()
) row security forced
table seen (
  tenant_id uuid not null,
  job_id uuid not null,
  page integer not null,
  ids text not null
) row security forced
table work (
  tenant_id uuid not null,
  kind text not null,
  id text not null,
  due_at timestamp with time zone not null default clock_timestamp(),
  priority smallint not null default 5,
  lease_until timestamp with time zone,
  owner text,
  epoch bigint not null default 0,
  again boolean not null default false,
  queue integer generated always as (
CASE
    WHEN (id ~ '^[0-9]{1,9}(:|$)'::text) THEN (split_part(id, ':'::text, 1))::integer
    ELSE 0
END) stored
) with (fillfactor=70) row security forced

-- constraints
account_mappings: account_mappings_pkey PRIMARY KEY (tenant_id, integration, entity, version)
accounts: accounts_pkey PRIMARY KEY (tenant_id, num)
accounts: accounts_tenant_id_integration_id_key UNIQUE (tenant_id, integration_id)
bulk_jobs: bulk_jobs_pkey PRIMARY KEY (tenant_id, id)
call_budgets: call_budgets_pkey PRIMARY KEY (tenant_id, integration)
call_slots: call_slots_pkey PRIMARY KEY (tenant_id, integration, owner)
changes: changes_pkey PRIMARY KEY (tenant_id, page_id, n)
consumer_positions: consumer_positions_pkey PRIMARY KEY (tenant_id, producer)
cursors: cursors_pkey PRIMARY KEY (tenant_id, integration, entity)
database_generations: database_generations_pkey PRIMARY KEY (generation)
dead_letters: dead_letters_pkey PRIMARY KEY (tenant_id, id)
erp_tokens: erp_tokens_pkey PRIMARY KEY (tenant_id, integration)
event_log: event_log_n_check CHECK ((n > 0))
event_log: event_log_pkey PRIMARY KEY (tenant_id, seq)
jobs: jobs_pkey PRIMARY KEY (tenant_id, id)
leases: leases_pkey PRIMARY KEY (name)
links: links_pkey PRIMARY KEY (tenant_id, entity, key, integration)
log_consumers: log_consumers_pkey PRIMARY KEY (tenant_id, consumer)
log_heads: log_heads_pkey PRIMARY KEY (tenant_id)
migrations: "PK_8c82d7f526340ab734260ea46be" PRIMARY KEY (id)
pages: pages_pkey PRIMARY KEY (tenant_id, page_id)
plan_items: plan_items_pkey PRIMARY KEY (tenant_id, job_id, page, n)
plan_pages: plan_pages_pkey PRIMARY KEY (tenant_id, job_id, page)
plans: plans_pkey PRIMARY KEY (tenant_id, job_id)
pushes: pushes_pkey PRIMARY KEY (tenant_id, id)
records: records_pkey PRIMARY KEY (tenant_id, entity, key)
requests: requests_pkey PRIMARY KEY (tenant_id, sender, event_id)
seen: seen_pkey PRIMARY KEY (tenant_id, job_id, page)
work: work_pkey PRIMARY KEY (tenant_id, kind, id)

-- indexes
CREATE UNIQUE INDEX accounts_name ON sync_engine.accounts USING btree (tenant_id, name) WHERE (NOT deleted)
CREATE INDEX dead_letters_conflict ON sync_engine.dead_letters USING btree (tenant_id, integration, entity, key) WHERE ((status = 'OPEN'::text) AND (kind = 'CONFLICT'::text))
CREATE INDEX dead_letters_listed ON sync_engine.dead_letters USING btree (tenant_id, status, created_at, id)
CREATE INDEX dead_letters_merge ON sync_engine.dead_letters USING btree (tenant_id, integration, entity, id) WHERE ((status = 'OPEN'::text) AND (reason = 'MERGE'::text))
CREATE INDEX dead_letters_outbound ON sync_engine.dead_letters USING btree (tenant_id, integration, entity, key) WHERE ((status = 'OPEN'::text) AND (direction = 'outbound'::text))
CREATE UNIQUE INDEX dead_letters_push ON sync_engine.dead_letters USING btree (tenant_id, push_id) WHERE ((status = 'OPEN'::text) AND (push_id IS NOT NULL))
CREATE UNIQUE INDEX dead_letters_source ON sync_engine.dead_letters USING btree (tenant_id, integration, entity, external_id, ((kind = 'CONFLICT'::text))) WHERE ((status = 'OPEN'::text) AND (direction = 'inbound'::text) AND (external_id IS NOT NULL) AND (reason <> 'MERGE'::text))
CREATE INDEX dead_letters_waiting ON sync_engine.dead_letters USING btree (tenant_id, integration, waiting_entity, waiting_id) WHERE ((status = 'OPEN'::text) AND (waiting_id IS NOT NULL))
CREATE INDEX event_log_at ON sync_engine.event_log USING btree (at)
CREATE UNIQUE INDEX event_log_position ON sync_engine.event_log USING btree (tenant_id, "position")
CREATE INDEX event_log_unnumbered ON sync_engine.event_log USING btree (tenant_id, seq) WHERE (("position" IS NULL) AND (NOT silent))
CREATE INDEX jobs_approved ON sync_engine.jobs USING btree (tenant_id, integration, entity) WHERE (dry_run AND (status = 'running'::text))
CREATE UNIQUE INDEX jobs_queued ON sync_engine.jobs USING btree (tenant_id, integration, entity, direction) WHERE ((status = 'queued'::text) AND (NOT dry_run))
CREATE UNIQUE INDEX jobs_running ON sync_engine.jobs USING btree (tenant_id, integration, entity, direction) WHERE ((status = 'running'::text) AND (NOT dry_run))
CREATE UNIQUE INDEX links_external ON sync_engine.links USING btree (external_id, tenant_id, entity, integration)
CREATE INDEX pages_job ON sync_engine.pages USING btree (tenant_id, job_id, page_id) WHERE (job_id IS NOT NULL)
CREATE INDEX plan_items_key ON sync_engine.plan_items USING btree (tenant_id, job_id, key)
CREATE INDEX plan_items_source ON sync_engine.plan_items USING btree (tenant_id, job_id, external_id)
CREATE UNIQUE INDEX pushes_in_flight ON sync_engine.pushes USING btree (tenant_id, integration, entity, key) WHERE (status = ANY (ARRAY['sent'::text, 'accepted'::text, 'unknown'::text]))
CREATE INDEX pushes_link ON sync_engine.pushes USING btree (tenant_id, entity, key, integration, version)
CREATE INDEX pushes_open ON sync_engine.pushes USING btree (tenant_id, entity, key, integration) WHERE (status = ANY (ARRAY['pending'::text, 'sent'::text, 'accepted'::text, 'unknown'::text, 'parked'::text, 'rejected'::text]))
CREATE INDEX pushes_waiting ON sync_engine.pushes USING btree (tenant_id, integration, waiting_entity, waiting_key) WHERE (status = 'parked'::text)
CREATE UNIQUE INDEX records_external ON sync_engine.records USING btree (external_id, tenant_id, entity, integration)
CREATE INDEX requests_at ON sync_engine.requests USING btree (at)
CREATE INDEX work_due ON sync_engine.work USING btree (kind, priority, due_at) WHERE (lease_until IS NULL)
CREATE INDEX work_leased ON sync_engine.work USING btree (lease_until) WHERE (lease_until IS NOT NULL)
CREATE INDEX work_turns ON sync_engine.work USING btree (kind, queue, priority, due_at) WHERE (lease_until IS NULL)

-- policies
account_mappings: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
accounts: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
bulk_jobs: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
call_budgets: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
call_slots: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
changes: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
consumer_positions: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
cursors: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
dead_letters: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
erp_tokens: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
event_log: policy dispatch for all to sync_engine_dispatch using (true) with check (true)
event_log: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
jobs: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
leases: policy everybody for all to public using (true) with check (true)
links: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
log_consumers: policy dispatch for select to sync_engine_dispatch using (true)
log_consumers: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
log_heads: policy dispatch for all to sync_engine_dispatch using (true) with check (true)
log_heads: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
pages: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
plan_items: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
plan_pages: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
plans: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
pushes: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
records: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
requests: policy dispatch for all to sync_engine_dispatch using (true) with check (true)
requests: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
seen: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
work: policy dispatch for all to sync_engine_dispatch using (true) with check (true)
work: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))

-- functions
CREATE OR REPLACE FUNCTION sync_engine.apply_page(p_tenant uuid, p_tenant_name text, p_integration integer, p_source text, p_entity integer, p_job uuid, p_epoch integer, p_page integer, p_io bigint, p_mapping integer, p_prefix text, p_cursor jsonb, p_last boolean, p_baseline boolean, p_repeats integer, p_targets integer[], p_letters jsonb, p_keys text, p_externals text, p_versions text, p_hashes text, p_docs text, p_same text, p_modified text, OUT left_over integer, OUT differing text, OUT job_status text, OUT job_counts jsonb)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION sync_engine.begin_pushes(p_tenant uuid, p_integration integer, p_adapter text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  perform set_config('app.tenant', p_tenant::text, true);
  perform 1 from sync_engine.accounts a
    where a.tenant_id = p_tenant and a.num = p_integration and a.document->'adapter'->>'system' = p_adapter for share;
  if not found then raise exception 'the account is reached through another adapter now' using errcode = 'DV002'; end if;
end $function$
CREATE OR REPLACE FUNCTION sync_engine.begin_recovery(p_tenant uuid, p_integration integer, p_generation integer, p_reason text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION sync_engine.begin_tokens(p_tenant uuid, p_integration integer, p_owner text, p_credentials text, p_stale integer, p_margin_ms integer, p_lease_ms integer)
 RETURNS TABLE(state text, generation integer, sealed jsonb, expires_ms double precision, newly boolean)
 LANGUAGE plpgsql
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION sync_engine.claim_in_turn(p_kinds text[], p_owner text, p_limit integer, p_lease_ms integer, p_most integer, p_queues integer[], p_queue_room integer[], p_queue integer, p_tenants uuid[], p_tenant_room integer[], p_tenant integer, p_without integer[], p_after integer)
 RETURNS TABLE(seen integer, tenant_id uuid, kind text, id text, priority smallint, epoch bigint, queue integer)
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_custom_plan'
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_sort TO 'off'
 SET enable_incremental_sort TO 'off'
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION sync_engine.claim_oldest(p_kinds text[], p_owner text, p_limit integer, p_lease_ms integer, p_most integer, p_queues integer[], p_queue_room integer[], p_queue integer, p_tenants uuid[], p_tenant_room integer[], p_tenant integer, p_without integer[], p_after integer)
 RETURNS TABLE(seen integer, tenant_id uuid, kind text, id text, priority smallint, epoch bigint, queue integer)
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_sort TO 'off'
 SET enable_incremental_sort TO 'off'
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION sync_engine.current_generation()
 RETURNS integer
 LANGUAGE sql
 STABLE
AS $function$
  select coalesce(max(generation), 1) from sync_engine.database_generations
$function$
CREATE OR REPLACE FUNCTION sync_engine.database_identity()
 RETURNS text
 LANGUAGE sql
AS $function$
  select system_identifier || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) from pg_control_system()
$function$
CREATE OR REPLACE FUNCTION sync_engine.differing_keys(p_tenant uuid, p_integration integer, p_entity integer, p_prefix text, p_keys text, p_externals text, p_hashes text)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION sync_engine.discard_push(p_tenant uuid, p_push uuid)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION sync_engine.external_ids(p_tenant uuid, p_integration integer, p_entities integer[], p_keys text[])
 RETURNS SETOF text
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION sync_engine.forget_link(p_tenant uuid, p_integration integer, p_entity integer, p_key text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  update sync_engine.records set external_id = null, erp_version = null, shadow = null, shadow_hash = null, shadow_mapping = null,
      accepted = null, push_io = nextval('sync_engine.io_numbers')
    where tenant_id = p_tenant and entity = p_entity and key = p_key and integration = p_integration;
  update sync_engine.links set external_id = null, erp_version = null, shadow = null, shadow_hash = null, shadow_mapping = null,
      accepted = null, push_io = nextval('sync_engine.io_numbers')
    where tenant_id = p_tenant and entity = p_entity and key = p_key and integration = p_integration;
end $function$
CREATE OR REPLACE FUNCTION sync_engine.holds_push(p_tenant uuid, p_work text, p_epoch bigint)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare w record;
begin
  select epoch, lease_until into w from sync_engine.work where tenant_id = p_tenant and kind = 'push' and id = p_work for share;
  return found and w.epoch = p_epoch and w.lease_until is not null;
end $function$
CREATE OR REPLACE FUNCTION sync_engine.keys_of(p_tenant uuid, p_integration integer, p_entity integer, p_externals text)
 RETURNS TABLE(external_id text, key text)
 LANGUAGE plpgsql
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION sync_engine.lease_calls(p_tenant uuid, p_integration integer, p_owner text, p_limit integer, p_wanted integer, p_in_use integer, p_lease_ms integer, p_interval_ms double precision, p_calls integer, p_unused integer)
 RETURNS TABLE(slots integer, contended boolean, calls integer, next_call_ms double precision, wait_ms double precision, why text, probe boolean, failures integer)
 LANGUAGE plpgsql
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION sync_engine.load_page(p_tenant uuid, p_integration integer, p_entity integer, p_page_id bigint, p_mapping integer, p_keys text, p_externals text, p_versions text, p_hashes text, p_docs text)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION sync_engine.mark_pushes(p_tenant uuid, p_integration integer, p_adapter text, p_items jsonb)
 RETURNS TABLE(id uuid, io bigint, reference text, inherited boolean)
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION sync_engine.new_id()
 RETURNS uuid
 LANGUAGE sql
AS $function$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    placing substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$function$
CREATE OR REPLACE FUNCTION sync_engine.new_reference()
 RETURNS text
 LANGUAGE sql
AS $function$
  select string_agg(substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 1 + (get_byte(b, i) & 31), 1), '')
  from (select decode(replace(gen_random_uuid()::text, '-', ''), 'hex') b) r, unnest(array[0, 1, 2, 3, 4, 5, 9, 10, 11, 12, 13, 14]) i
$function$
CREATE OR REPLACE FUNCTION sync_engine.note_failure(p_tenant uuid, p_integration integer, p_owner text, p_what text, p_threshold integer, p_open_ms integer, p_longest_ms integer)
 RETURNS TABLE(failures integer, open_ms double precision)
 LANGUAGE plpgsql
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION sync_engine.note_generation()
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare here text := sync_engine.database_identity(); last sync_engine.database_generations;
begin
  perform pg_advisory_xact_lock(hashtext('sync_engine.database_generations'));
  select * into last from sync_engine.database_generations order by generation desc limit 1;
  if last.identity = here then return last.generation; end if;
  insert into sync_engine.database_generations (generation, identity) values (coalesce(last.generation, 0) + 1, here);
  return coalesce(last.generation, 0) + 1;
end $function$
CREATE OR REPLACE FUNCTION sync_engine.note_success(p_tenant uuid, p_integration integer, p_owner text, p_force boolean)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION sync_engine.number_log(most integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  t uuid := '00000000-0000-0000-0000-000000000000';
  head bigint;
  given int;
  total int := 0;
begin
  loop
    select e.tenant_id into t from sync_engine.event_log e
      where e.position is null and not e.silent and e.tenant_id > t order by e.tenant_id limit 1;
    exit when not found;
    insert into sync_engine.log_heads (tenant_id) values (t) on conflict do nothing;
    select h.position into head from sync_engine.log_heads h where h.tenant_id = t for update;
    with due as (
      select e.seq from sync_engine.event_log e
      where e.tenant_id = t and e.position is null and not e.silent order by e.seq limit most
    ), numbered as (
      select d.seq, row_number() over (order by d.seq) as step from due d
    )
    update sync_engine.event_log e set position = head + n.step from numbered n where e.tenant_id = t and e.seq = n.seq;
    get diagnostics given = row_count;
    update sync_engine.log_heads h set position = head + given where h.tenant_id = t and given > 0;
    total := total + given;
  end loop;
  return total;
end $function$
CREATE OR REPLACE FUNCTION sync_engine.plan_needed(p_tenant uuid, p_integration integer, p_entity integer, p_keys text[], p_versions integer[], p_operations text[])
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION sync_engine.plan_page_digest(p_tenant uuid, p_job uuid, p_page integer)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select encode(sha256(convert_to(coalesce(string_agg(
    jsonb_build_array(i.n, i.integration, i.key, i.external_id, i.operation, i.reason, i.changes, i.record_version, i.shadow_hash,
      i.push_io, i.doc, i.hash, i.erp_version, i.modified_at, i.letter, i.body, i.pushes, i.push_id)::text, E'\n' order by i.n), ''), 'UTF8')), 'hex')
  from sync_engine.plan_items i where i.tenant_id = p_tenant and i.job_id = p_job and i.page = p_page
$function$
CREATE OR REPLACE FUNCTION sync_engine.plan_pushes(p_tenant uuid, p_page bigint, p_targets integer[])
 RETURNS SETOF uuid
 LANGUAGE plpgsql
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION sync_engine.push_again(p_tenant uuid, p_integration integer, p_entity integer, p_key text, p_operation text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION sync_engine.push_anew(p_tenant uuid, p_integration integer, p_entity integer, p_key text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  perform sync_engine.forget_link(p_tenant, p_integration, p_entity, p_key);
  perform sync_engine.push_again(p_tenant, p_integration, p_entity, p_key, 'create');
end $function$
CREATE OR REPLACE FUNCTION sync_engine.push_states(p_tenant uuid, p_integration integer, p_entities integer[], p_keys text[])
 RETURNS TABLE(push json, record json, link json, baseline boolean, conflict boolean)
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION sync_engine.record_list(p_tenant uuid, p_entity integer, p_after text, p_prefix text, p_deleted boolean, p_limit integer, p_integration integer, p_date_field text, p_from text, p_to text, p_equals_field text, p_equals text)
 RETURNS TABLE(key text, version integer, deleted boolean, updated_at timestamp with time zone, doc jsonb, sync jsonb)
 LANGUAGE plpgsql
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION sync_engine.record_sync(p_tenant uuid, p_entity integer, p_key text, p_integration integer, p_external text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
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
$function$
CREATE OR REPLACE FUNCTION sync_engine.records_get(p_tenant uuid, p_entities text, p_keys text)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION sync_engine.scan_page(p_tenant uuid, p_integration integer, p_entity integer, p_job uuid, p_page integer, p_externals text, p_versions text, OUT differing text, OUT job_status text, OUT job_counts jsonb)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION sync_engine.settle_pushes(p_tenant uuid, p_integration integer, p_adapter text, p_items jsonb)
 RETURNS SETOF uuid
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION sync_engine.stale_items(p_tenant uuid, p_job uuid, p_entity integer, p_page integer, p_limit integer)
 RETURNS TABLE(page integer, n integer, key text, planned integer, found integer)
 LANGUAGE sql
 STABLE
AS $function$
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
$function$
CREATE OR REPLACE FUNCTION sync_engine.write_change(p_tenant uuid, p_tenant_name text, p_entity integer, p_key text, p_version integer, p_hash bytea, p_doc jsonb, p_deleted boolean, p_integration integer, p_job uuid, p_source text, p_traceparent text)
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
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
end $function$

-- grants
function apply_page(p_tenant uuid, p_tenant_name text, p_integration integer, p_source text, p_entity integer, p_job uuid, p_epoch integer, p_page integer, p_io bigint, p_mapping integer, p_prefix text, p_cursor jsonb, p_last boolean, p_baseline boolean, p_repeats integer, p_targets integer[], p_letters jsonb, p_keys text, p_externals text, p_versions text, p_hashes text, p_docs text, p_same text, p_modified text, OUT left_over integer, OUT differing text, OUT job_status text, OUT job_counts jsonb) to sync_engine: execute
function begin_pushes(p_tenant uuid, p_integration integer, p_adapter text) to sync_engine: execute
function begin_recovery(p_tenant uuid, p_integration integer, p_generation integer, p_reason text) to sync_engine: execute
function begin_tokens(p_tenant uuid, p_integration integer, p_owner text, p_credentials text, p_stale integer, p_margin_ms integer, p_lease_ms integer) to sync_engine: execute
function claim_in_turn(p_kinds text[], p_owner text, p_limit integer, p_lease_ms integer, p_most integer, p_queues integer[], p_queue_room integer[], p_queue integer, p_tenants uuid[], p_tenant_room integer[], p_tenant integer, p_without integer[], p_after integer) to sync_engine: execute
function claim_in_turn(p_kinds text[], p_owner text, p_limit integer, p_lease_ms integer, p_most integer, p_queues integer[], p_queue_room integer[], p_queue integer, p_tenants uuid[], p_tenant_room integer[], p_tenant integer, p_without integer[], p_after integer) to sync_engine_dispatch: execute
function claim_oldest(p_kinds text[], p_owner text, p_limit integer, p_lease_ms integer, p_most integer, p_queues integer[], p_queue_room integer[], p_queue integer, p_tenants uuid[], p_tenant_room integer[], p_tenant integer, p_without integer[], p_after integer) to sync_engine: execute
function claim_oldest(p_kinds text[], p_owner text, p_limit integer, p_lease_ms integer, p_most integer, p_queues integer[], p_queue_room integer[], p_queue integer, p_tenants uuid[], p_tenant_room integer[], p_tenant integer, p_without integer[], p_after integer) to sync_engine_dispatch: execute
function current_generation() to sync_engine: execute
function database_identity() to sync_engine: execute
function differing_keys(p_tenant uuid, p_integration integer, p_entity integer, p_prefix text, p_keys text, p_externals text, p_hashes text) to sync_engine: execute
function discard_push(p_tenant uuid, p_push uuid) to sync_engine: execute
function external_ids(p_tenant uuid, p_integration integer, p_entities integer[], p_keys text[]) to sync_engine: execute
function forget_link(p_tenant uuid, p_integration integer, p_entity integer, p_key text) to sync_engine: execute
function holds_push(p_tenant uuid, p_work text, p_epoch bigint) to sync_engine: execute
function keys_of(p_tenant uuid, p_integration integer, p_entity integer, p_externals text) to sync_engine: execute
function lease_calls(p_tenant uuid, p_integration integer, p_owner text, p_limit integer, p_wanted integer, p_in_use integer, p_lease_ms integer, p_interval_ms double precision, p_calls integer, p_unused integer) to sync_engine: execute
function load_page(p_tenant uuid, p_integration integer, p_entity integer, p_page_id bigint, p_mapping integer, p_keys text, p_externals text, p_versions text, p_hashes text, p_docs text) to sync_engine: execute
function mark_pushes(p_tenant uuid, p_integration integer, p_adapter text, p_items jsonb) to sync_engine: execute
function new_id() to sync_engine: execute
function new_reference() to sync_engine: execute
function note_failure(p_tenant uuid, p_integration integer, p_owner text, p_what text, p_threshold integer, p_open_ms integer, p_longest_ms integer) to sync_engine: execute
function note_generation() to sync_engine: execute
function note_success(p_tenant uuid, p_integration integer, p_owner text, p_force boolean) to sync_engine: execute
function number_log(most integer) to sync_engine: execute
function number_log(most integer) to sync_engine_dispatch: execute
function plan_needed(p_tenant uuid, p_integration integer, p_entity integer, p_keys text[], p_versions integer[], p_operations text[]) to sync_engine: execute
function plan_page_digest(p_tenant uuid, p_job uuid, p_page integer) to sync_engine: execute
function plan_pushes(p_tenant uuid, p_page bigint, p_targets integer[]) to sync_engine: execute
function push_again(p_tenant uuid, p_integration integer, p_entity integer, p_key text, p_operation text) to sync_engine: execute
function push_anew(p_tenant uuid, p_integration integer, p_entity integer, p_key text) to sync_engine: execute
function push_states(p_tenant uuid, p_integration integer, p_entities integer[], p_keys text[]) to sync_engine: execute
function record_list(p_tenant uuid, p_entity integer, p_after text, p_prefix text, p_deleted boolean, p_limit integer, p_integration integer, p_date_field text, p_from text, p_to text, p_equals_field text, p_equals text) to sync_engine: execute
function record_sync(p_tenant uuid, p_entity integer, p_key text, p_integration integer, p_external text) to sync_engine: execute
function records_get(p_tenant uuid, p_entities text, p_keys text) to sync_engine: execute
function scan_page(p_tenant uuid, p_integration integer, p_entity integer, p_job uuid, p_page integer, p_externals text, p_versions text, OUT differing text, OUT job_status text, OUT job_counts jsonb) to sync_engine: execute
function settle_pushes(p_tenant uuid, p_integration integer, p_adapter text, p_items jsonb) to sync_engine: execute
function stale_items(p_tenant uuid, p_job uuid, p_entity integer, p_page integer, p_limit integer) to sync_engine: execute
function write_change(p_tenant uuid, p_tenant_name text, p_entity integer, p_key text, p_version integer, p_hash bytea, p_doc jsonb, p_deleted boolean, p_integration integer, p_job uuid, p_source text, p_traceparent text) to sync_engine: execute
schema to sync_engine: usage
schema to sync_engine_dispatch: usage
sequence account_numbers to sync_engine: select, usage
sequence event_log_seq_seq to sync_engine: select, usage
sequence io_numbers to sync_engine: select, usage
sequence migrations_id_seq to sync_engine: select, usage
sequence page_ids to sync_engine: select, usage
sequence work_epochs to sync_engine: select, usage
sequence work_epochs to sync_engine_dispatch: usage
table account_mappings to sync_engine: delete, insert, select, update
table accounts to sync_engine: delete, insert, select, update
table bulk_jobs to sync_engine: delete, insert, select, update
table call_budgets to sync_engine: delete, insert, select, update
table call_slots to sync_engine: delete, insert, select, update
table changes to sync_engine: delete, insert, select, update
table consumer_positions to sync_engine: delete, insert, select, update
table cursors to sync_engine: delete, insert, select, update
table database_generations to sync_engine: delete, insert, select, update
table dead_letters to sync_engine: delete, insert, select, update
table erp_tokens to sync_engine: delete, insert, select, update
table event_log to sync_engine: delete, insert, select, update
table event_log to sync_engine_dispatch: delete, select, update ("position")
table jobs to sync_engine: delete, insert, select, update
table leases to sync_engine: delete, insert, select, update
table links to sync_engine: delete, insert, select, update
table log_consumers to sync_engine: delete, insert, select, update
table log_consumers to sync_engine_dispatch: select
table log_heads to sync_engine: delete, insert, select, update
table log_heads to sync_engine_dispatch: insert, select, update
table migrations to sync_engine: select
table pages to sync_engine: delete, insert, select, update
table plan_items to sync_engine: delete, insert, select, update
table plan_pages to sync_engine: delete, insert, select, update
table plans to sync_engine: delete, insert, select, update
table pushes to sync_engine: delete, insert, select, update
table records to sync_engine: delete, insert, select, update
table requests to sync_engine: delete, insert, select, update
table requests to sync_engine_dispatch: delete, select (at)
table seen to sync_engine: delete, insert, select, update
table work to sync_engine: delete, insert, select, update
table work to sync_engine_dispatch: select, update (again), update (epoch), update (lease_until), update (owner)
