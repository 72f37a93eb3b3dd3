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
