-- Questions that are asked before the tenant is known. Their owner cannot log in and may only select.
grant usage, create on schema gateway to gateway_lookup;
grant select on tenants, users, sessions, api_keys, bus_users, webhook_secrets to gateway_lookup;
create policy lookup on tenants for select to gateway_lookup using (true);
create policy lookup on users for select to gateway_lookup using (true);
create policy lookup on sessions for select to gateway_lookup using (true);
create policy lookup on api_keys for select to gateway_lookup using (true);
create policy lookup on bus_users for select to gateway_lookup using (true);
create policy lookup on webhook_secrets for select to gateway_lookup using (true);

set local role gateway_lookup;

create function find_key(wanted text) returns table (
  tenant_id uuid, tenant text, id text, hash text, permissions text[], last_used_at timestamptz, expires_at timestamptz
) language sql stable security definer set search_path = gateway, pg_temp as $$
  select k.tenant_id, t.name, k.id, k.hash, k.permissions, k.last_used_at, k.expires_at
  from api_keys k join tenants t on t.tenant_id = k.tenant_id
  where k.id = wanted and k.revoked_at is null and (k.expires_at is null or k.expires_at > clock_timestamp())
$$;

create function find_session(wanted text) returns table (
  tenant_id uuid, tenant text, id uuid, user_id uuid, role text, expires_at timestamptz
) language sql stable security definer set search_path = gateway, pg_temp as $$
  select s.tenant_id, t.name, s.id, s.user_id, u.role, s.expires_at
  from sessions s
    join users u on u.tenant_id = s.tenant_id and u.id = s.user_id
    join tenants t on t.tenant_id = s.tenant_id
  where s.token_hash = wanted and not u.disabled and s.expires_at > clock_timestamp()
$$;

create function find_tenant(wanted text) returns table (tenant_id uuid, name text, plan text, created_at timestamptz)
language sql stable security definer set search_path = gateway, pg_temp as $$
  select t.tenant_id, t.name, t.plan, t.created_at from tenants t where t.name = wanted
$$;

create function list_tenants() returns table (tenant_id uuid, name text, plan text, created_at timestamptz)
language sql stable security definer set search_path = gateway, pg_temp as $$
  select t.tenant_id, t.name, t.plan, t.created_at from tenants t order by t.name
$$;

create function list_bus_users() returns table (tenant text, name text, password_hash text)
language sql stable security definer set search_path = gateway, pg_temp as $$
  select t.name, b.name, b.password_hash
  from bus_users b join tenants t on t.tenant_id = b.tenant_id order by b.name
$$;

-- By the integration's id, or by the tenant's and its own name.
create function find_webhook(wanted_id text, wanted_tenant text, wanted_name text) returns table (
  tenant_id uuid, tenant text, integration_id text, integration text,
  hash text, previous_hash text, previous_until timestamptz
) language sql stable security definer set search_path = gateway, pg_temp as $$
  select w.tenant_id, t.name, w.integration_id, w.integration, w.hash, w.previous_hash, w.previous_until
  from webhook_secrets w join tenants t on t.tenant_id = w.tenant_id
  where w.integration_id = wanted_id
  union all
  select w.tenant_id, t.name, w.integration_id, w.integration, w.hash, w.previous_hash, w.previous_until
  from tenants t join webhook_secrets w on w.tenant_id = t.tenant_id and w.integration = wanted_name
  where t.name = wanted_tenant
$$;

revoke execute on function find_key(text), find_session(text), find_tenant(text), list_tenants(), list_bus_users(),
  find_webhook(text, text, text) from public;
-- With the option to hand it on: the grants after each migration are made by the schema's owner.
grant execute on function find_key(text), find_session(text), find_tenant(text), list_tenants(), list_bus_users(),
  find_webhook(text, text, text) to gateway_owner with grant option;

reset role;
revoke create on schema gateway from gateway_lookup;
