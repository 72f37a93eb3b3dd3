create table tenants (
  tenant_id uuid primary key,
  name text not null unique check (name ~ '^[a-z0-9-]{1,40}$'),
  plan text not null,
  created_at timestamptz not null default clock_timestamp()
);

create table users (
  tenant_id uuid not null references tenants,
  id uuid not null,
  login text not null check (login = lower(login)),
  display_name text not null default '',
  role text not null check (role in ('erp_admin', 'erp_operator', 'erp_viewer')),
  password_hash text not null,
  disabled boolean not null default false,
  version int not null default 1,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, id),
  unique (tenant_id, login)
);

-- token_hash: SHA-256 of the token; the token itself is nowhere.
create table sessions (
  tenant_id uuid not null references tenants,
  id uuid not null,
  user_id uuid not null,
  token_hash text not null unique,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references users on delete cascade
);
create index sessions_of_user on sessions (tenant_id, user_id);

create table api_keys (
  tenant_id uuid not null references tenants,
  id text not null unique,
  name text not null,
  role text check (role in ('erp_admin', 'erp_operator', 'erp_viewer')),
  permissions text[] not null,
  hash text not null,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  primary key (tenant_id, id)
);

-- password_hash: bcrypt, as the configuration of the NATS server takes it.
create table bus_users (
  tenant_id uuid not null references tenants,
  name text not null unique,
  password_hash text not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, name)
);

-- The secret is kept encrypted beside its hash: administrators can read the address again.
create table webhook_secrets (
  tenant_id uuid not null references tenants,
  integration_id text not null unique,
  integration text not null,
  hash text not null,
  secret jsonb not null,
  rotated_at timestamptz not null default clock_timestamp(),
  previous_hash text,
  previous_until timestamptz,
  primary key (tenant_id, integration_id),
  unique (tenant_id, integration)
);

-- content: headers and body, encrypted. log_event: the event that hands the notice on.
create table notices (
  tenant_id uuid not null references tenants,
  id uuid not null,
  integration_id text not null,
  digest text not null,
  delivery_id text,
  content jsonb not null,
  log_event uuid not null,
  repeats int not null default 0,
  received_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, id)
);
create index notices_recent on notices (tenant_id, integration_id, digest, received_at);
create index notices_age on notices (tenant_id, received_at);

-- Answers to requests with an Idempotency-Key; answer is null while the request is at work. Both are encrypted: an
-- answer can show a key, and the plain digest of a body would let a password in it be guessed.
create table kept_answers (
  tenant_id uuid not null references tenants,
  sender text not null,
  route text not null,
  key text not null,
  digest jsonb not null,
  answer jsonb,
  created_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, sender, route, key)
);
create index kept_answers_age on kept_answers (tenant_id, created_at);
