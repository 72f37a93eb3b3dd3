create schema if not exists mes_sample;

-- What the module holds of each record. `base` is the record as the platform last told it, in `version`;
-- `record` is what the module works with: the base with its own changes laid over it that are still on their way.
-- Null means: not there, or deleted.
create table if not exists mes_sample.records (
  entity  text    not null,
  key     text    not null,
  version integer not null default 0,
  base    jsonb,
  record  jsonb,
  primary key (entity, key)
);

-- The module's own changes, in the order in which they were made. A row is written in the transaction of its change,
-- and is sent under its id until it is answered: then it has either the platform's version or a problem.
create table if not exists mes_sample.outbox (
  position   bigint generated always as identity primary key,
  id         uuid        not null default gen_random_uuid() unique,
  entity     text        not null,
  key        text        not null,
  op         text        not null check (op in ('created', 'updated', 'deleted')),
  body       jsonb,
  made_at    timestamptz not null default now(),
  version    integer,
  problem    jsonb,
  settled_at timestamptz
);
create index if not exists outbox_open on mes_sample.outbox (position) where settled_at is null;
create index if not exists outbox_by_key on mes_sample.outbox (entity, key, position);

-- Where the module stands in the change feed: one row.
create table if not exists mes_sample.feed (
  one    boolean primary key default true check (one),
  cursor text    not null
);
