-- The sync-engine's store. Every table carries the tenant, leads its keys with it and is under forced row-level security.
-- Entities are stored by their code of @dovetail/domain, integrations by a small number of their own.

-- Integrations as this service needs them; integration-config owns them, the consumer of its log keeps this copy.
create sequence sync_engine.account_numbers as int;
create table sync_engine.accounts (
  tenant_id uuid not null,
  num int not null default nextval('sync_engine.account_numbers'),
  integration_id uuid not null,
  tenant text not null,
  name text not null,
  document jsonb not null,
  sealed jsonb,
  version int not null,
  deleted boolean not null default false,
  connection_status text not null default 'DISCONNECTED',
  last_error jsonb,
  last_sync_at timestamptz,
  primary key (tenant_id, num),
  unique (tenant_id, integration_id)
);
create unique index accounts_name on sync_engine.accounts (tenant_id, name) where not deleted;

create table sync_engine.account_mappings (
  tenant_id uuid not null,
  integration int not null,
  entity int not null,
  version int not null,
  document jsonb not null,
  primary key (tenant_id, integration, entity, version)
);

-- One record per (tenant, entity, key). The link of the entity's master integration stands beside it: `shadow` is what
-- the ERP last showed (null: the same as doc). `push_io` is the I/O number of the link's last push or change by a read: what
-- was read before it is older.
create sequence sync_engine.io_numbers;
create sequence sync_engine.page_ids;
create table sync_engine.records (
  tenant_id uuid not null,
  entity int not null,
  key text collate "C" not null,
  version int not null default 1,
  hash bytea not null,
  doc jsonb not null,
  deleted boolean not null default false,
  page_id bigint not null,
  integration int,
  external_id text,
  erp_version text,
  shadow_hash bytea,
  shadow jsonb,
  shadow_mapping int,
  accepted jsonb,
  push_io bigint not null default 0,
  push_open boolean not null default false,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, entity, key)
);
-- Leads with the external id: a unique index that shares the primary key's prefix makes the first load quadratic.
create unique index records_external on sync_engine.records (external_id, tenant_id, entity, integration);

-- Links of the other integrations of the same entity.
create table sync_engine.links (
  tenant_id uuid not null,
  integration int not null,
  entity int not null,
  key text collate "C" not null,
  external_id text,
  erp_version text,
  shadow_hash bytea,
  shadow jsonb,
  shadow_mapping int,
  accepted jsonb,
  push_io bigint not null default 0,
  push_open boolean not null default false,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, entity, key, integration)
);
create unique index links_external on sync_engine.links (external_id, tenant_id, entity, integration);

-- One row per page of a pull, or per single change: who brought it, from where.
create table sync_engine.pages (
  tenant_id uuid not null,
  page_id bigint not null,
  entity int not null,
  integration int,
  job_id uuid,
  actor text not null,
  n int not null,
  at timestamptz not null default now(),
  primary key (tenant_id, page_id)
);

-- One accepted version of one record: history, ledger and feed in one. `before` is null for creations; `previous` is the
-- page of the version before, so that a record's history is a walk and needs no index.
create table sync_engine.changes (
  tenant_id uuid not null,
  page_id bigint not null,
  n int not null,
  entity int not null,
  key text collate "C" not null,
  version int not null,
  op "char" not null,
  previous bigint,
  before jsonb,
  primary key (tenant_id, page_id, n)
);

-- How far a pull has come. `page` and `epoch` are compared and set in the transaction of the page.
create table sync_engine.cursors (
  tenant_id uuid not null,
  integration int not null,
  entity int not null,
  page int not null default 0,
  epoch int not null default 0,
  value jsonb,
  baseline boolean not null default false,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, integration, entity)
);

create table sync_engine.jobs (
  tenant_id uuid not null,
  id uuid not null,
  integration int not null,
  entity int not null,
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
  attempts int not null default 0,
  all_read boolean not null default false,
  mapping_version int,
  problem jsonb,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  primary key (tenant_id, id)
);
-- a job that only makes a plan takes nobody's place
create unique index jobs_queued on sync_engine.jobs (tenant_id, integration, entity, direction) where status = 'queued' and not dry_run;
create unique index jobs_running on sync_engine.jobs (tenant_id, integration, entity, direction) where status = 'running' and not dry_run;

-- What was not applied, with its reason. PARKED rows wait for something and are released by themselves.
create table sync_engine.dead_letters (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null,
  direction text not null,
  integration int,
  entity int,
  key text,
  external_id text,
  reason text not null,
  waiting_entity int,
  waiting_id text,
  problem jsonb,
  payload jsonb,
  io bigint,
  job_id uuid,
  push_id uuid,
  status text not null default 'OPEN',
  attempts int not null default 0,
  version int not null default 1,
  note text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
-- A conflict stands beside what else is listed of its row.
create unique index dead_letters_source on sync_engine.dead_letters (tenant_id, integration, entity, external_id, (kind = 'CONFLICT'))
  where status = 'OPEN' and direction = 'inbound' and external_id is not null and reason <> 'MERGE';
create unique index dead_letters_push on sync_engine.dead_letters (tenant_id, push_id) where status = 'OPEN' and push_id is not null;
create index dead_letters_merge on sync_engine.dead_letters (tenant_id, integration, entity, id) where status = 'OPEN' and reason = 'MERGE';
create index dead_letters_waiting on sync_engine.dead_letters (tenant_id, integration, waiting_entity, waiting_id)
  where status = 'OPEN' and waiting_id is not null;

-- Bringing one link to one version. At most one row of a link is in flight; older pending ones are superseded.
create table sync_engine.pushes (
  tenant_id uuid not null,
  id uuid not null,
  integration int not null,
  entity int not null,
  key text collate "C" not null,
  version int not null,
  operation text not null,
  status text not null,
  reference text not null,
  superseded_by uuid,
  attempts int not null default 0,
  category text,
  external_id text,
  handle jsonb,
  fields text[],
  -- what left, field by field, while nobody knows its outcome; null when the ERP may hold an earlier version instead
  sent jsonb,
  -- nobody knew the outcome of a sending under this reference, and the ERP has not told since that it took it
  doubted boolean not null default false,
  waiting_entity int,
  waiting_key text,
  looked_up int not null default 0,
  sent_at timestamptz,
  -- the adapter that sent it: no other one can tell what became of it
  adapter text,
  io bigint,
  problem jsonb,
  request jsonb,
  response jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create index pushes_link on sync_engine.pushes (tenant_id, entity, key, integration, version);
create unique index pushes_in_flight on sync_engine.pushes (tenant_id, integration, entity, key) where status in ('sent', 'accepted', 'unknown');
-- By link, not by status: with a backlog behind it, a plan made before it would read all of that for each link.
create index pushes_open on sync_engine.pushes (tenant_id, entity, key, integration)
  where status in ('pending', 'sent', 'accepted', 'unknown', 'parked', 'rejected');
create index pushes_waiting on sync_engine.pushes (tenant_id, integration, waiting_entity, waiting_key) where status = 'parked';
