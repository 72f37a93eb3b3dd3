const NAME = /^[a-z][a-z0-9_]{0,50}$/;
const OWN_TENANT = "tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)";

/**
 * The tables of a service's event log, of what it has consumed from others, and of its leases: one statement list for a
 * migration, run by the schema's owner after its roles exist. `<schema>_dispatch` numbers, publishes and deletes rows
 * across tenants.
 */
export function EVENT_LOG_SQL(schema: string): string {
  if (!NAME.test(schema)) throw new Error(`"${schema}" is not a schema name`);
  return [tables(schema), numbering(schema), protection(schema)].join("\n");
}

function tables(schema: string): string {
  return `
-- Inserted in the business transaction, after the row locks, without a position. A silent row is never numbered.
create table ${schema}.event_log (
  seq bigint generated always as identity,
  tenant_id uuid not null,
  tenant text not null,
  id uuid not null,
  type text not null,
  source text,
  traceparent text,
  data jsonb not null,
  page_id bigint,
  n int not null default 1 check (n > 0),
  silent boolean not null default false,
  position bigint,
  at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, seq)
);
create index event_log_unnumbered on ${schema}.event_log (tenant_id, seq) where position is null and not silent;
create unique index event_log_position on ${schema}.event_log (tenant_id, position);
create index event_log_at on ${schema}.event_log (at);

-- position: the last that was given; published: the last that the broker has.
create table ${schema}.log_heads (
  tenant_id uuid primary key,
  position bigint not null default 0,
  published bigint not null default 0
);

-- Who reads this log and how far; rows are kept until every consumer has passed.
create table ${schema}.log_consumers (
  tenant_id uuid not null,
  consumer text not null,
  position bigint not null,
  seen_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, consumer)
);

-- What this service has applied of other logs: all up to position, and the ordinals below ordinal of position + 1.
create table ${schema}.consumer_positions (
  tenant_id uuid not null,
  producer text not null,
  position bigint not null default 0,
  ordinal int not null default 0,
  primary key (tenant_id, producer)
);

-- Work that one process at a time does for all tenants.
create table ${schema}.leases (
  name text primary key,
  owner uuid not null,
  epoch bigint not null,
  until timestamptz not null
);
`;
}

/**
 * A function and not one statement: each statement in it takes its own snapshot, so what is read after the head's lock
 * includes what the process that held the lock before has numbered.
 */
function numbering(schema: string): string {
  return `
create function ${schema}.number_log(most int) returns int language plpgsql as $number$
declare
  t uuid := '00000000-0000-0000-0000-000000000000';
  head bigint;
  given int;
  total int := 0;
begin
  loop
    select e.tenant_id into t from ${schema}.event_log e
      where e.position is null and not e.silent and e.tenant_id > t order by e.tenant_id limit 1;
    exit when not found;
    insert into ${schema}.log_heads (tenant_id) values (t) on conflict do nothing;
    select h.position into head from ${schema}.log_heads h where h.tenant_id = t for update;
    with due as (
      select e.seq from ${schema}.event_log e
      where e.tenant_id = t and e.position is null and not e.silent order by e.seq limit most
    ), numbered as (
      select d.seq, row_number() over (order by d.seq) as step from due d
    )
    update ${schema}.event_log e set position = head + n.step from numbered n where e.tenant_id = t and e.seq = n.seq;
    get diagnostics given = row_count;
    update ${schema}.log_heads h set position = head + given where h.tenant_id = t and given > 0;
    total := total + given;
  end loop;
  return total;
end $number$;
`;
}

function protection(schema: string): string {
  const dispatch = `${schema}_dispatch`;
  const own = ["event_log", "log_heads", "log_consumers", "consumer_positions"].map(
    (table) => `
alter table ${schema}.${table} enable row level security;
alter table ${schema}.${table} force row level security;
create policy tenant on ${schema}.${table} using (${OWN_TENANT});`,
  );
  return `${own.join("")}
alter table ${schema}.leases enable row level security;
alter table ${schema}.leases force row level security;
create policy everybody on ${schema}.leases using (true) with check (true);

create policy dispatch on ${schema}.event_log to ${dispatch} using (true) with check (true);
create policy dispatch on ${schema}.log_heads to ${dispatch} using (true) with check (true);
create policy dispatch on ${schema}.log_consumers for select to ${dispatch} using (true);
grant usage on schema ${schema} to ${dispatch};
grant select, update (position), delete on ${schema}.event_log to ${dispatch};
grant select, insert, update on ${schema}.log_heads to ${dispatch};
grant select on ${schema}.log_consumers to ${dispatch};
revoke execute on function ${schema}.number_log(int) from public;
grant execute on function ${schema}.number_log(int) to ${dispatch};
`;
}
