-- Integrations, mappings and the audit of administrative acts. Every table carries the tenant, leads its keys with it and
-- is under forced row-level security. Entities are stored by their code of @dovetail/domain.

-- `document` is what clients may change; `sealed` the credentials, sealed to the service that opens them. A deleted
-- integration keeps its row (records link to it), without credentials; its name is free again.
create table integration_config.integrations (
  tenant_id uuid not null,
  id uuid not null,
  name text collate "C" not null,
  erp_system text not null,
  adapter text not null,
  adapter_version int not null,
  document jsonb not null,
  status text not null default 'ACTIVE' check (status in ('ACTIVE', 'DISABLED', 'PAUSED')),
  sealed jsonb,
  credentials_set text[] not null default '{}',
  credentials_at timestamptz,
  deleted boolean not null default false,
  version int not null default 1,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, id),
  check (not deleted or sealed is null)
);
create unique index integrations_name on integration_config.integrations (tenant_id, name) where not deleted;

create table integration_config.mappings (
  tenant_id uuid not null,
  integration_id uuid not null,
  entity int not null,
  version int not null check (version > 0),
  origin text not null check (origin in ('template', 'tenant')),
  document jsonb not null,
  created_at timestamptz not null default clock_timestamp(),
  created_by text not null,
  primary key (tenant_id, integration_id, entity, version),
  foreign key (tenant_id, integration_id) references integration_config.integrations (tenant_id, id)
);

-- Who did what to which thing, with the state before and after (null: none). Never holds credentials.
create table integration_config.audit (
  tenant_id uuid not null,
  id uuid not null,
  at timestamptz not null default clock_timestamp(),
  actor_kind text not null,
  actor_id text not null,
  action text not null,
  subject_id uuid not null,
  subject text not null,
  previous jsonb,
  next jsonb,
  traceparent text,
  primary key (tenant_id, id)
);
create index audit_at on integration_config.audit (tenant_id, at);

create function integration_config.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never changed', tg_table_name using errcode = 'integrity_constraint_violation';
end $$;
create trigger immutable before update or delete on integration_config.mappings
  for each row execute function integration_config.refuse_change();
create trigger immutable before update or delete on integration_config.audit
  for each row execute function integration_config.refuse_change();
