import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dumpSchema } from "@dovetail/database";
import { testDatabase, type TestDatabase } from "@dovetail/testing";
import { Client } from "pg";
import { gatewaySchema } from "./schema";

describe("schema", () => {
  let database: TestDatabase;
  let admin: Client;

  beforeAll(async () => {
    database = await testDatabase([gatewaySchema]);
    admin = new Client(database.adminUrl);
    await admin.connect();
  });

  afterAll(async () => {
    await admin?.end();
    await database?.drop();
  });

  it("is what schema.sql says (UPDATE_SCHEMA=1 writes it)", async () => {
    const file = join(__dirname, "../schema.sql");
    const dump = await dumpSchema(admin, "gateway");
    if (process.env["UPDATE_SCHEMA"] === "1") writeFileSync(file, dump);
    expect(dump).toBe(readFileSync(file, "utf8"));
  });

  it("forces row-level security with the tenant's policy on every table that has a tenant", async () => {
    const { rows } = await admin.query<{ name: string; forced: boolean; policies: string[]; tenant: boolean }>(
      `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
         array(select p.polname::text || ':' || array_to_string(array(select rolname from pg_roles
           where oid = any (p.polroles)), ',') from pg_policy p where p.polrelid = c.oid order by 1) as policies,
         exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id') as tenant
       from pg_class c where c.relnamespace = 'gateway'::regnamespace and c.relkind = 'r' order by 1`,
    );
    const tenants = rows.filter((row) => row.tenant);
    expect(tenants.length).toBeGreaterThanOrEqual(12);
    for (const table of tenants) {
      expect(table).toMatchObject({ forced: true });
      expect(table.policies).toContain("tenant:");
      // Nothing but the tenant's policy, the lookups and the numbering of the log.
      for (const policy of table.policies)
        expect(["tenant:", "lookup:gateway_lookup", "dispatch:gateway_dispatch"]).toContain(policy);
    }
    expect(rows.filter((row) => !row.tenant).map((row) => row.name)).toEqual(["leases", "migrations"]);
  });

  it("shows the service's role nothing without a tenant, and no role of ours passes the policies", async () => {
    const { rows } = await admin.query<{
      rolname: string;
      rolsuper: boolean;
      rolbypassrls: boolean;
      rolcanlogin: boolean;
    }>("select rolname, rolsuper, rolbypassrls, rolcanlogin from pg_roles where rolname ~ '^gateway' order by 1");
    expect(rows.map((role) => role.rolname)).toEqual([
      "gateway",
      "gateway_dispatch",
      "gateway_lookup",
      "gateway_owner",
    ]);
    for (const role of rows) expect(role).toMatchObject({ rolsuper: false, rolbypassrls: false });
    expect(rows.find((role) => role.rolname === "gateway_lookup")?.rolcanlogin).toBe(false);
    const service = new Client(database.urlFor("gateway", "run"));
    await service.connect();
    try {
      await admin.query(
        "insert into gateway.tenants (tenant_id, name, plan) values ('0198f3d2-0000-7000-8000-000000000001', 'one', 'X')",
      );
      expect((await service.query("select * from gateway.tenants")).rows).toEqual([]);
      expect((await service.query("select name from gateway.find_tenant('one')")).rows).toEqual([{ name: "one" }]);
      await service.query("select set_config('app.tenant', '0198f3d2-0000-7000-8000-000000000001', false)");
      expect((await service.query("select name from gateway.tenants")).rows).toEqual([{ name: "one" }]);
    } finally {
      await service.end();
    }
  });

  it("lets only the service ask across tenants, and the lookup role only select", async () => {
    const { rows } = await admin.query<{ name: string; run: boolean; dispatch: boolean; owner: string }>(
      `select p.proname as name, has_function_privilege('gateway', p.oid, 'execute') as run,
         has_function_privilege('gateway_dispatch', p.oid, 'execute') as dispatch, r.rolname as owner
       from pg_proc p join pg_roles r on r.oid = p.proowner
       where p.pronamespace = 'gateway'::regnamespace and p.prosecdef order by 1`,
    );
    expect(rows.map((row) => row.name)).toEqual([
      "find_key",
      "find_session",
      "find_tenant",
      "find_webhook",
      "list_bus_users",
      "list_tenants",
    ]);
    for (const row of rows) expect(row).toMatchObject({ run: true, dispatch: false, owner: "gateway_lookup" });
    const writes = await admin.query(
      `select table_name, privilege_type from information_schema.role_table_grants
       where grantee = 'gateway_lookup' and privilege_type <> 'SELECT'`,
    );
    expect(writes.rows).toEqual([]);
  });
});
