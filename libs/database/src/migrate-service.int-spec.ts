import { testDatabase, type TestDatabase } from "@dovetail/testing";
import { Client } from "pg";
import { migrateService } from "./migrate-service";
import { dumpSchema } from "./schema-dump";
import type { ServiceSchema } from "./service-schema";
import { sqlMigration } from "./sql-migration";
import { REQUESTS_TABLE_SQL, WORK_TABLE_SQL } from "./work-table";

const A = "0198f3a0-0000-7000-8000-00000000000a";
const passwords = { owner: "o'wner\\ü", run: "test", dispatch: "test" };

const first = sqlMigration(
  "Initial",
  1763600000000,
  `${WORK_TABLE_SQL("migrated")} ${REQUESTS_TABLE_SQL("migrated")}
   create table notes (tenant_id uuid not null, id int not null, primary key (tenant_id, id));
   create function one() returns int language sql as 'select 1';`,
);
const second = sqlMigration(
  "Text",
  1763600000001,
  "alter table notes add text text; update notes set text = 'filled';",
);
const v1: ServiceSchema = { schema: "migrated", migrations: [first] };
const v2: ServiceSchema = { schema: "migrated", migrations: [first, second] };

let test: TestDatabase;
let admin: Client;

beforeEach(async () => {
  test = await testDatabase([]);
  admin = new Client(test.adminUrl);
  await admin.connect();
});
afterEach(async () => {
  await admin.end();
  await test.drop();
});

it("migrates once when several start together, and again without effect", async () => {
  const results = await Promise.all([1, 2, 3].map(() => migrateService(test.adminUrl, v1, passwords)));
  expect(results.map(({ applied }) => applied.length).sort()).toEqual([0, 0, 1]);
  const before = await dumpSchema(admin, "migrated");
  expect(await migrateService(test.adminUrl, v1, passwords)).toEqual({ applied: [] });
  expect(await dumpSchema(admin, "migrated")).toBe(before);
});

it("lets a migration see the rows of every tenant, and leaves no policy behind", async () => {
  await migrateService(test.adminUrl, v1, passwords);
  await admin.query("insert into migrated.notes values ($1, 1)", [A]);
  expect(await migrateService(test.adminUrl, v2, passwords)).toEqual({ applied: ["Text1763600000001"] });
  expect((await admin.query("select text from migrated.notes")).rows).toEqual([{ text: "filled" }]);
  expect(await dumpSchema(admin, "migrated")).not.toContain("policy migration");
});

it("leaves nothing of a migration that fails", async () => {
  const broken = sqlMigration("Broken", 1763600000001, "create table half (id int); select 1/0;");
  await expect(
    migrateService(test.adminUrl, { schema: "migrated", migrations: [first, broken] }, passwords),
  ).rejects.toThrow("division");
  const dump = await dumpSchema(admin, "migrated");
  expect(dump).toContain("table notes");
  expect(dump).not.toContain("half");
  expect(await migrateService(test.adminUrl, v2, passwords)).toEqual({ applied: ["Text1763600000001"] });
});

it("makes roles that own nothing they run on, with SCRAM passwords", async () => {
  await migrateService(test.adminUrl, v1, passwords);
  const { rows } = await admin.query(
    `select rolname, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb as power, rolpassword like 'SCRAM-SHA-256$%' as scram
     from pg_authid where rolname like 'migrated%' order by rolname`,
  );
  expect(rows).toEqual(
    ["migrated", "migrated_dispatch", "migrated_owner"].map((rolname) => ({ rolname, power: false, scram: true })),
  );
  const { rows: owned } = await admin.query(
    "select distinct pg_get_userbyid(relowner) as owner from pg_class where relnamespace = 'migrated'::regnamespace",
  );
  expect(owned).toEqual([{ owner: "migrated_owner" }]);
});

it("works for an administrator who is not a superuser", async () => {
  const database = new URL(test.adminUrl).pathname.slice(1);
  await admin.query("drop role if exists plain_admin");
  await admin.query("create role plain_admin login createrole password 'x'");
  await admin.query(`grant create, connect on database ${database} to plain_admin`);
  const url = new URL(test.adminUrl);
  url.username = "plain_admin";
  url.password = "x";
  const service = {
    schema: "plainly",
    migrations: [sqlMigration("Initial", 1763600000000, "create table t (tenant_id uuid)")],
  };
  await migrateService(url.href, service, passwords);
  expect(await migrateService(url.href, service, passwords)).toEqual({ applied: [] });
  await admin.query("drop schema plainly cascade; drop owned by plainly, plainly_owner, plainly_dispatch, plain_admin");
  await admin.query("drop role plainly, plainly_owner, plainly_dispatch, plain_admin");
});

it("dumps everything that a migration can make, the same each time", async () => {
  await migrateService(test.adminUrl, v1, passwords);
  const dump = await dumpSchema(admin, "migrated");
  for (const part of [
    "sequence work_epochs as bigint",
    "table notes (\n  tenant_id uuid not null,\n  id integer not null\n) row security forced",
    "notes: notes_pkey PRIMARY KEY (tenant_id, id)",
    "CREATE INDEX work_due",
    "notes: policy tenant for all to public using (",
    "work: policy dispatch for all to migrated_dispatch using (true) with check (true)",
    "CREATE OR REPLACE FUNCTION migrated.one()",
    "table notes to migrated: delete, insert, select, update",
    "table requests to migrated_dispatch: delete, select (at)",
    "function one() to migrated: execute",
  ]) {
    expect(dump).toContain(part);
  }
  expect(dump).not.toContain("to public: execute");
});
