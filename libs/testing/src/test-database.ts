import { createHash, randomBytes } from "node:crypto";
import { migrateService, roleName, type ServiceRole, type ServiceSchema } from "@dovetail/database";
import { Client } from "pg";

/** A database of one spec file. */
export interface TestDatabase {
  /** URL of the superuser on this database. */
  readonly adminUrl: string;
  /** URL of a service's role on this database. */
  urlFor(schema: string, role: ServiceRole): string;
  /** Ends all connections and removes the database. */
  drop(): Promise<void>;
}

const TEMPLATE_LOCK = 1_146_049_877;

/**
 * A fresh database with the given schemas migrated. The migrated state is made once per run and copied (some 50 ms).
 * Needs the PostgreSQL that jest's global setup starts.
 */
export async function testDatabase(schemas: readonly ServiceSchema[]): Promise<TestDatabase> {
  const server = process.env["DOVETAIL_TEST_POSTGRES_URL"];
  if (!server)
    throw new Error("DOVETAIL_TEST_POSTGRES_URL is not set: run the specs by jest with the workspace's configuration");
  const password = decodeURIComponent(new URL(server).password);
  const name = `test_${randomBytes(8).toString("hex")}`;
  const admin = new Client(server);
  await admin.connect();
  try {
    const template = await migratedTemplate(admin, server, schemas, password);
    await admin.query(`create database ${name} template ${template}`);
  } finally {
    await admin.end();
  }
  const urlOf = (user: string): string => {
    const url = new URL(server);
    url.pathname = `/${name}`;
    url.username = user;
    url.password = encodeURIComponent(password);
    return url.href;
  };
  return {
    adminUrl: urlOf(decodeURIComponent(new URL(server).username)),
    urlFor: (schema, role) => urlOf(roleName(schema, role)),
    drop: () => dropDatabase(server, name),
  };
}

async function migratedTemplate(
  admin: Client,
  server: string,
  schemas: readonly ServiceSchema[],
  password: string,
): Promise<string> {
  const name = `template_${fingerprint(schemas)}`;
  // Session lock: two jest workers make a template once.
  await admin.query("select pg_advisory_lock($1, hashtext($2))", [TEMPLATE_LOCK, name]);
  try {
    const { rows } = await admin.query<{ done: boolean }>(
      "select datistemplate as done from pg_database where datname = $1",
      [name],
    );
    if (rows[0]?.done) return name;
    await admin.query(`drop database if exists ${name} with (force)`);
    await admin.query(`create database ${name} template template0`);
    const url = new URL(server);
    url.pathname = `/${name}`;
    for (const schema of schemas) {
      await migrateService(url.href, schema, { owner: password, run: password, dispatch: password });
    }
    await admin.query(`alter database ${name} is_template true`);
    return name;
  } finally {
    await admin.query("select pg_advisory_unlock($1, hashtext($2))", [TEMPLATE_LOCK, name]);
  }
}

function fingerprint(schemas: readonly ServiceSchema[]): string {
  const parts = schemas.map(({ schema, migrations, dispatch, lookup }) => [
    schema,
    dispatch ?? null,
    lookup ?? false,
    migrations.map((migration) => [new migration().name ?? migration.name, migration.sql ?? String(migration)]),
  ]);
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 24);
}

async function dropDatabase(server: string, name: string): Promise<void> {
  const admin = new Client(server);
  await admin.connect();
  try {
    await admin.query(`drop database if exists ${name} with (force)`);
  } finally {
    await admin.end();
  }
}
