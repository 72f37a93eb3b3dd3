-- schema integration_config, written by the schema dump; do not edit

-- sequences
sequence migrations_id_seq as integer

-- tables
table audit (
  tenant_id uuid not null,
  id uuid not null,
  at timestamp with time zone not null default clock_timestamp(),
  actor_kind text not null,
  actor_id text not null,
  action text not null,
  subject_id uuid not null,
  subject text not null,
  previous jsonb,
  next jsonb,
  traceparent text
) row security forced
table consumer_positions (
  tenant_id uuid not null,
  producer text not null,
  "position" bigint not null default 0,
  ordinal integer not null default 0
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
table integrations (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  erp_system text not null,
  adapter text not null,
  adapter_version integer not null,
  document jsonb not null,
  status text not null default 'ACTIVE'::text,
  sealed jsonb,
  credentials_set text[] not null default '{}'::text[],
  credentials_at timestamp with time zone,
  deleted boolean not null default false,
  version integer not null default 1,
  created_at timestamp with time zone not null default clock_timestamp(),
  updated_at timestamp with time zone not null default clock_timestamp()
) row security forced
table leases (
  name text not null,
  owner uuid not null,
  epoch bigint not null,
  until timestamp with time zone not null
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
table mappings (
  tenant_id uuid not null,
  integration_id uuid not null,
  entity integer not null,
  version integer not null,
  origin text not null,
  document jsonb not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  created_by text not null
) row security forced
table migrations (
  id integer not null default nextval('migrations_id_seq'::regclass),
  "timestamp" bigint not null,
  name character varying not null
)

-- constraints
audit: audit_pkey PRIMARY KEY (tenant_id, id)
consumer_positions: consumer_positions_pkey PRIMARY KEY (tenant_id, producer)
event_log: event_log_n_check CHECK ((n > 0))
event_log: event_log_pkey PRIMARY KEY (tenant_id, seq)
integrations: integrations_check CHECK (((NOT deleted) OR (sealed IS NULL)))
integrations: integrations_pkey PRIMARY KEY (tenant_id, id)
integrations: integrations_status_check CHECK ((status = ANY (ARRAY['ACTIVE'::text, 'DISABLED'::text, 'PAUSED'::text])))
leases: leases_pkey PRIMARY KEY (name)
log_consumers: log_consumers_pkey PRIMARY KEY (tenant_id, consumer)
log_heads: log_heads_pkey PRIMARY KEY (tenant_id)
mappings: mappings_origin_check CHECK ((origin = ANY (ARRAY['template'::text, 'tenant'::text])))
mappings: mappings_pkey PRIMARY KEY (tenant_id, integration_id, entity, version)
mappings: mappings_tenant_id_integration_id_fkey FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations(tenant_id, id)
mappings: mappings_version_check CHECK ((version > 0))
migrations: "PK_8c82d7f526340ab734260ea46be" PRIMARY KEY (id)

-- indexes
CREATE INDEX audit_at ON integration_config.audit USING btree (tenant_id, at)
CREATE INDEX event_log_at ON integration_config.event_log USING btree (at)
CREATE UNIQUE INDEX event_log_position ON integration_config.event_log USING btree (tenant_id, "position")
CREATE INDEX event_log_unnumbered ON integration_config.event_log USING btree (tenant_id, seq) WHERE (("position" IS NULL) AND (NOT silent))
CREATE UNIQUE INDEX integrations_name ON integration_config.integrations USING btree (tenant_id, name) WHERE (NOT deleted)

-- policies
audit: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
consumer_positions: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
event_log: policy dispatch for all to integration_config_dispatch using (true) with check (true)
event_log: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
integrations: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
leases: policy everybody for all to public using (true) with check (true)
log_consumers: policy dispatch for select to integration_config_dispatch using (true)
log_consumers: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
log_heads: policy dispatch for all to integration_config_dispatch using (true) with check (true)
log_heads: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
mappings: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))

-- triggers
CREATE TRIGGER immutable BEFORE DELETE OR UPDATE ON integration_config.audit FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER immutable BEFORE DELETE OR UPDATE ON integration_config.mappings FOR EACH ROW EXECUTE FUNCTION refuse_change()

-- functions
CREATE OR REPLACE FUNCTION integration_config.number_log(most integer)
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
    select e.tenant_id into t from integration_config.event_log e
      where e.position is null and not e.silent and e.tenant_id > t order by e.tenant_id limit 1;
    exit when not found;
    insert into integration_config.log_heads (tenant_id) values (t) on conflict do nothing;
    select h.position into head from integration_config.log_heads h where h.tenant_id = t for update;
    with due as (
      select e.seq from integration_config.event_log e
      where e.tenant_id = t and e.position is null and not e.silent order by e.seq limit most
    ), numbered as (
      select d.seq, row_number() over (order by d.seq) as step from due d
    )
    update integration_config.event_log e set position = head + n.step from numbered n where e.tenant_id = t and e.seq = n.seq;
    get diagnostics given = row_count;
    update integration_config.log_heads h set position = head + given where h.tenant_id = t and given > 0;
    total := total + given;
  end loop;
  return total;
end $function$
CREATE OR REPLACE FUNCTION integration_config.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'rows of % are never changed', tg_table_name using errcode = 'integrity_constraint_violation';
end $function$

-- grants
function number_log(most integer) to integration_config: execute
function number_log(most integer) to integration_config_dispatch: execute
function refuse_change() to integration_config: execute
schema to integration_config: usage
schema to integration_config_dispatch: usage
sequence event_log_seq_seq to integration_config: select, usage
sequence migrations_id_seq to integration_config: select, usage
table audit to integration_config: delete, insert, select, update
table consumer_positions to integration_config: delete, insert, select, update
table event_log to integration_config: delete, insert, select, update
table event_log to integration_config_dispatch: delete, select, update ("position")
table integrations to integration_config: delete, insert, select, update
table leases to integration_config: delete, insert, select, update
table log_consumers to integration_config: delete, insert, select, update
table log_consumers to integration_config_dispatch: select
table log_heads to integration_config: delete, insert, select, update
table log_heads to integration_config_dispatch: insert, select, update
table mappings to integration_config: delete, insert, select, update
table migrations to integration_config: select
