/** The condition of every policy. The subselect makes it one evaluation per statement instead of one per row. */
export const TENANT_CONDITION = "tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)";

const TABLES = `
    select c.oid, c.oid::regclass::text as name
    from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
      and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped)`;

/** Forces row-level security on every table of the schema that has a tenant, with the policy `tenant` if it has none. */
export function tenantProtectionSql(): string {
  return `do $protect$
declare t record;
begin
  for t in ${TABLES}
      and not (c.relrowsecurity and c.relforcerowsecurity
        and exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polname = 'tenant'))
  loop
    execute format('alter table %s enable row level security', t.name);
    execute format('alter table %s force row level security', t.name);
    if not exists (select 1 from pg_policy p where p.polrelid = t.oid and p.polname = 'tenant') then
      execute format($sql$create policy tenant on %s using (${TENANT_CONDITION})$sql$, t.name);
    end if;
  end loop;
end $protect$`;
}

/** Lets the owner, who is bound by forced policies too, see all tenants within the transaction of a migration. */
export function ownerPoliciesSql(verb: "create" | "drop"): string {
  const statement =
    verb === "create"
      ? "create policy migration on %s to current_user using (true) with check (true)"
      : "drop policy if exists migration on %s";
  return `do $owner$
declare t record;
begin
  for t in ${TABLES}
  loop
    execute format('${statement}', t.name);
  end loop;
end $owner$`;
}
