-- schema gateway, written by the schema dump; do not edit

-- sequences
sequence migrations_id_seq as integer

-- tables
table api_keys (
  tenant_id uuid not null,
  id text not null,
  name text not null,
  role text,
  permissions text[] not null,
  hash text not null,
  created_by text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  last_used_at timestamp with time zone
) row security forced
table bus_users (
  tenant_id uuid not null,
  name text not null,
  password_hash text not null,
  created_at timestamp with time zone not null default clock_timestamp()
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
table kept_answers (
  tenant_id uuid not null,
  sender text not null,
  route text not null,
  key text not null,
  digest jsonb not null,
  answer jsonb,
  created_at timestamp with time zone not null default clock_timestamp()
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
table migrations (
  id integer not null default nextval('migrations_id_seq'::regclass),
  "timestamp" bigint not null,
  name character varying not null
)
table notices (
  tenant_id uuid not null,
  id uuid not null,
  integration_id text not null,
  digest text not null,
  delivery_id text,
  content jsonb not null,
  log_event uuid not null,
  repeats integer not null default 0,
  received_at timestamp with time zone not null default clock_timestamp()
) row security forced
table sessions (
  tenant_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  token_hash text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  expires_at timestamp with time zone not null
) row security forced
table tenants (
  tenant_id uuid not null,
  name text not null,
  plan text not null,
  created_at timestamp with time zone not null default clock_timestamp()
) row security forced
table users (
  tenant_id uuid not null,
  id uuid not null,
  login text not null,
  display_name text not null default ''::text,
  role text not null,
  password_hash text not null,
  disabled boolean not null default false,
  version integer not null default 1,
  created_at timestamp with time zone not null default clock_timestamp(),
  updated_at timestamp with time zone not null default clock_timestamp()
) row security forced
table webhook_secrets (
  tenant_id uuid not null,
  integration_id text not null,
  integration text not null,
  hash text not null,
  secret jsonb not null,
  rotated_at timestamp with time zone not null default clock_timestamp(),
  previous_hash text,
  previous_until timestamp with time zone
) row security forced

-- constraints
api_keys: api_keys_id_key UNIQUE (id)
api_keys: api_keys_pkey PRIMARY KEY (tenant_id, id)
api_keys: api_keys_role_check CHECK ((role = ANY (ARRAY['erp_admin'::text, 'erp_operator'::text, 'erp_viewer'::text])))
api_keys: api_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
bus_users: bus_users_name_key UNIQUE (name)
bus_users: bus_users_pkey PRIMARY KEY (tenant_id, name)
bus_users: bus_users_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
consumer_positions: consumer_positions_pkey PRIMARY KEY (tenant_id, producer)
event_log: event_log_n_check CHECK ((n > 0))
event_log: event_log_pkey PRIMARY KEY (tenant_id, seq)
kept_answers: kept_answers_pkey PRIMARY KEY (tenant_id, sender, route, key)
kept_answers: kept_answers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
leases: leases_pkey PRIMARY KEY (name)
log_consumers: log_consumers_pkey PRIMARY KEY (tenant_id, consumer)
log_heads: log_heads_pkey PRIMARY KEY (tenant_id)
migrations: "PK_8c82d7f526340ab734260ea46be" PRIMARY KEY (id)
notices: notices_pkey PRIMARY KEY (tenant_id, id)
notices: notices_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
sessions: sessions_pkey PRIMARY KEY (tenant_id, id)
sessions: sessions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
sessions: sessions_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id) ON DELETE CASCADE
sessions: sessions_token_hash_key UNIQUE (token_hash)
tenants: tenants_name_check CHECK ((name ~ '^[a-z0-9-]{1,40}$'::text))
tenants: tenants_name_key UNIQUE (name)
tenants: tenants_pkey PRIMARY KEY (tenant_id)
users: users_login_check CHECK ((login = lower(login)))
users: users_pkey PRIMARY KEY (tenant_id, id)
users: users_role_check CHECK ((role = ANY (ARRAY['erp_admin'::text, 'erp_operator'::text, 'erp_viewer'::text])))
users: users_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
users: users_tenant_id_login_key UNIQUE (tenant_id, login)
webhook_secrets: webhook_secrets_integration_id_key UNIQUE (integration_id)
webhook_secrets: webhook_secrets_pkey PRIMARY KEY (tenant_id, integration_id)
webhook_secrets: webhook_secrets_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
webhook_secrets: webhook_secrets_tenant_id_integration_key UNIQUE (tenant_id, integration)

-- indexes
CREATE INDEX event_log_at ON gateway.event_log USING btree (at)
CREATE UNIQUE INDEX event_log_position ON gateway.event_log USING btree (tenant_id, "position")
CREATE INDEX event_log_unnumbered ON gateway.event_log USING btree (tenant_id, seq) WHERE (("position" IS NULL) AND (NOT silent))
CREATE INDEX kept_answers_age ON gateway.kept_answers USING btree (tenant_id, created_at)
CREATE INDEX notices_age ON gateway.notices USING btree (tenant_id, received_at)
CREATE INDEX notices_recent ON gateway.notices USING btree (tenant_id, integration_id, digest, received_at)
CREATE INDEX sessions_of_user ON gateway.sessions USING btree (tenant_id, user_id)

-- policies
api_keys: policy lookup for select to gateway_lookup using (true)
api_keys: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
bus_users: policy lookup for select to gateway_lookup using (true)
bus_users: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
consumer_positions: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
event_log: policy dispatch for all to gateway_dispatch using (true) with check (true)
event_log: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
kept_answers: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
leases: policy everybody for all to public using (true) with check (true)
log_consumers: policy dispatch for select to gateway_dispatch using (true)
log_consumers: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
log_heads: policy dispatch for all to gateway_dispatch using (true) with check (true)
log_heads: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
notices: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
sessions: policy lookup for select to gateway_lookup using (true)
sessions: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
tenants: policy lookup for select to gateway_lookup using (true)
tenants: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
users: policy lookup for select to gateway_lookup using (true)
users: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))
webhook_secrets: policy lookup for select to gateway_lookup using (true)
webhook_secrets: policy tenant for all to public using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif")))

-- functions
CREATE OR REPLACE FUNCTION gateway.find_key(wanted text)
 RETURNS TABLE(tenant_id uuid, tenant text, id text, hash text, permissions text[], last_used_at timestamp with time zone, expires_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'gateway', 'pg_temp'
AS $function$
  select k.tenant_id, t.name, k.id, k.hash, k.permissions, k.last_used_at, k.expires_at
  from api_keys k join tenants t on t.tenant_id = k.tenant_id
  where k.id = wanted and k.revoked_at is null and (k.expires_at is null or k.expires_at > clock_timestamp())
$function$
CREATE OR REPLACE FUNCTION gateway.find_session(wanted text)
 RETURNS TABLE(tenant_id uuid, tenant text, id uuid, user_id uuid, role text, expires_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'gateway', 'pg_temp'
AS $function$
  select s.tenant_id, t.name, s.id, s.user_id, u.role, s.expires_at
  from sessions s
    join users u on u.tenant_id = s.tenant_id and u.id = s.user_id
    join tenants t on t.tenant_id = s.tenant_id
  where s.token_hash = wanted and not u.disabled and s.expires_at > clock_timestamp()
$function$
CREATE OR REPLACE FUNCTION gateway.find_tenant(wanted text)
 RETURNS TABLE(tenant_id uuid, name text, plan text, created_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'gateway', 'pg_temp'
AS $function$
  select t.tenant_id, t.name, t.plan, t.created_at from tenants t where t.name = wanted
$function$
CREATE OR REPLACE FUNCTION gateway.find_webhook(wanted_id text, wanted_tenant text, wanted_name text)
 RETURNS TABLE(tenant_id uuid, tenant text, integration_id text, integration text, hash text, previous_hash text, previous_until timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'gateway', 'pg_temp'
AS $function$
  select w.tenant_id, t.name, w.integration_id, w.integration, w.hash, w.previous_hash, w.previous_until
  from webhook_secrets w join tenants t on t.tenant_id = w.tenant_id
  where w.integration_id = wanted_id
  union all
  select w.tenant_id, t.name, w.integration_id, w.integration, w.hash, w.previous_hash, w.previous_until
  from tenants t join webhook_secrets w on w.tenant_id = t.tenant_id and w.integration = wanted_name
  where t.name = wanted_tenant
$function$
CREATE OR REPLACE FUNCTION gateway.list_bus_users()
 RETURNS TABLE(tenant text, name text, password_hash text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'gateway', 'pg_temp'
AS $function$
  select t.name, b.name, b.password_hash
  from bus_users b join tenants t on t.tenant_id = b.tenant_id order by b.name
$function$
CREATE OR REPLACE FUNCTION gateway.list_tenants()
 RETURNS TABLE(tenant_id uuid, name text, plan text, created_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'gateway', 'pg_temp'
AS $function$
  select t.tenant_id, t.name, t.plan, t.created_at from tenants t order by t.name
$function$
CREATE OR REPLACE FUNCTION gateway.number_log(most integer)
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
    select e.tenant_id into t from gateway.event_log e
      where e.position is null and not e.silent and e.tenant_id > t order by e.tenant_id limit 1;
    exit when not found;
    insert into gateway.log_heads (tenant_id) values (t) on conflict do nothing;
    select h.position into head from gateway.log_heads h where h.tenant_id = t for update;
    with due as (
      select e.seq from gateway.event_log e
      where e.tenant_id = t and e.position is null and not e.silent order by e.seq limit most
    ), numbered as (
      select d.seq, row_number() over (order by d.seq) as step from due d
    )
    update gateway.event_log e set position = head + n.step from numbered n where e.tenant_id = t and e.seq = n.seq;
    get diagnostics given = row_count;
    update gateway.log_heads h set position = head + given where h.tenant_id = t and given > 0;
    total := total + given;
  end loop;
  return total;
end $function$

-- grants
function find_key(wanted text) to gateway: execute
function find_key(wanted text) to gateway_owner: execute
function find_session(wanted text) to gateway: execute
function find_session(wanted text) to gateway_owner: execute
function find_tenant(wanted text) to gateway: execute
function find_tenant(wanted text) to gateway_owner: execute
function find_webhook(wanted_id text, wanted_tenant text, wanted_name text) to gateway: execute
function find_webhook(wanted_id text, wanted_tenant text, wanted_name text) to gateway_owner: execute
function list_bus_users() to gateway: execute
function list_bus_users() to gateway_owner: execute
function list_tenants() to gateway: execute
function list_tenants() to gateway_owner: execute
function number_log(most integer) to gateway: execute
function number_log(most integer) to gateway_dispatch: execute
schema to gateway: usage
schema to gateway_dispatch: usage
schema to gateway_lookup: usage
sequence event_log_seq_seq to gateway: select, usage
sequence migrations_id_seq to gateway: select, usage
table api_keys to gateway: delete, insert, select, update
table api_keys to gateway_lookup: select
table bus_users to gateway: delete, insert, select, update
table bus_users to gateway_lookup: select
table consumer_positions to gateway: delete, insert, select, update
table event_log to gateway: delete, insert, select, update
table event_log to gateway_dispatch: delete, select, update ("position")
table kept_answers to gateway: delete, insert, select, update
table leases to gateway: delete, insert, select, update
table log_consumers to gateway: delete, insert, select, update
table log_consumers to gateway_dispatch: select
table log_heads to gateway: delete, insert, select, update
table log_heads to gateway_dispatch: insert, select, update
table migrations to gateway: select
table notices to gateway: delete, insert, select, update
table sessions to gateway: delete, insert, select, update
table sessions to gateway_lookup: select
table tenants to gateway: delete, insert, select, update
table tenants to gateway_lookup: select
table users to gateway: delete, insert, select, update
table users to gateway_lookup: select
table webhook_secrets to gateway: delete, insert, select, update
table webhook_secrets to gateway_lookup: select
