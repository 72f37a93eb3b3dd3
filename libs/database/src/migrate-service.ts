import { Client } from "pg";
import { AbstractLogger, DataSource } from "typeorm";
import { checkedSchema, connectionOptions } from "./connection-options";
import { createRoles, grantRoles, type RolePasswords } from "./roles";
import { roleName, type ServiceSchema } from "./service-schema";

/** Any number that nobody else uses as the first half of an advisory lock. */
const MIGRATION_LOCK = 1_146_049_876;

/**
 * Brings a service's schema to its newest version: creates roles and schema where absent, applies the migrations not yet
 * applied as the owner, each in its own transaction, and grants. Safe to run again and by several processes at once.
 * `adminUrl` names the database and a superuser, or a role with CREATEROLE and CREATE on the database.
 */
export async function migrateService(
  adminUrl: string,
  service: ServiceSchema,
  passwords: RolePasswords,
): Promise<{ applied: string[] }> {
  const schema = checkedSchema(service.schema);
  const admin = new Client({ connectionString: adminUrl, application_name: `migrate ${schema}` });
  await admin.connect();
  try {
    await admin.query("select pg_advisory_lock($1, hashtext($2))", [MIGRATION_LOCK, schema]);
    await createRoles(admin, service, passwords);
    return await migrateAsOwner(roleUrl(adminUrl, schema, passwords.owner), service);
  } finally {
    await admin.end();
  }
}

function roleUrl(adminUrl: string, schema: string, password: string): string {
  const url = new URL(adminUrl);
  url.username = roleName(schema, "owner");
  url.password = encodeURIComponent(password);
  return url.href;
}

async function migrateAsOwner(url: string, service: ServiceSchema): Promise<{ applied: string[] }> {
  const { schema } = service;
  const sizes = { min: 0, max: 1, connectMs: 10_000, statementMs: 0 };
  const dataSource = new DataSource({
    type: "postgres",
    url,
    schema,
    migrations: [...service.migrations],
    migrationsTableName: "migrations",
    installExtensions: false,
    // Errors are thrown; a library does not write to the console.
    logger: new SilentLogger(),
    extra: connectionOptions(url, schema, `migrate ${schema}`, sizes),
  });
  await dataSource.initialize();
  try {
    const applied = await dataSource.runMigrations({ transaction: "each" });
    const client = new Client(connectionOptions(url, schema, `migrate ${schema}`, sizes));
    await client.connect();
    try {
      await grantRoles(client, service);
    } finally {
      await client.end();
    }
    return { applied: applied.map(({ name }) => name) };
  } finally {
    await dataSource.destroy();
  }
}

class SilentLogger extends AbstractLogger {
  protected override writeLog(): void {
    // Nothing: see above.
  }
}
