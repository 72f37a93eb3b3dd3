import type { ClientBase } from "pg";
import { sqlState } from "./errors";
import {
  DISPATCH_TABLES,
  lookupRole,
  roleName,
  type DispatchTable,
  type ServiceRole,
  type ServiceSchema,
} from "./service-schema";

/** Passwords of a service's roles. */
export type RolePasswords = Record<ServiceRole, string>;

const ROLES: readonly ServiceRole[] = ["owner", "run", "dispatch"];
const ATTRIBUTES = "login nocreatedb nocreaterole noinherit";

/** Creates the roles and the schema where absent and sets the passwords. Needs a superuser, or CREATEROLE and CREATE. */
export async function createRoles(admin: ClientBase, service: ServiceSchema, passwords: RolePasswords): Promise<void> {
  const { schema } = service;
  const { rows } = await admin.query<{ super: boolean }>(
    "select rolsuper as super from pg_roles where rolname = current_user",
  );
  const isSuper = rows[0]?.super === true;
  for (const role of ROLES) await createRole(admin, roleName(schema, role), passwords[role], isSuper);
  const owner = roleName(schema, "owner");
  // To create a schema for a role one must be able to become that role.
  if (!isSuper) await tolerant(() => admin.query(`grant ${owner} to current_user`));
  if (service.lookup) await createLookupRole(admin, lookupRole(schema), owner);
  await admin.query(`create schema if not exists ${schema} authorization ${owner}`);
}

// The owner may become it, to make its functions; nobody has its rights by inheritance.
async function createLookupRole(admin: ClientBase, name: string, owner: string): Promise<void> {
  await tolerant(async () => {
    const { rowCount } = await admin.query("select 1 from pg_roles where rolname = $1", [name]);
    if (!rowCount) await admin.query(`create role ${name} nologin noinherit`);
    await admin.query(`grant ${name} to ${owner}`);
  });
}

async function createRole(admin: ClientBase, name: string, password: string, isSuper: boolean): Promise<void> {
  const { rowCount } = await admin.query("select 1 from pg_roles where rolname = $1", [name]);
  await tolerant(async () => {
    await admin.query("begin");
    try {
      // The server derives the SCRAM verifier; the clear text must not reach its log.
      if (isSuper) await admin.query("set local log_statement = 'none'; set local log_min_error_statement = 'panic'");
      await admin.query("set local password_encryption = 'scram-sha-256'");
      const exists = rowCount || (await admin.query("select 1 from pg_roles where rolname = $1", [name])).rowCount;
      // Attributes may be repeated only by who has them: others leave a role as they made it.
      const attributes = isSuper ? `${ATTRIBUTES} nosuperuser nobypassrls` : exists ? "login" : ATTRIBUTES;
      await admin.query(`${exists ? "alter" : "create"} role ${name} ${attributes} password ${literal(password)}`);
      await admin.query("commit");
    } catch (error) {
      await admin.query("rollback");
      throw error;
    }
  });
}

// Roles belong to the cluster, the advisory lock to a database: another database's migration may do the same now.
async function tolerant(fn: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await fn();
      return;
    } catch (error) {
      const raced = ["42710", "23505", "XX000", "40001"].includes(sqlState(error) ?? "");
      if (!raced || attempt === 10) throw error;
    }
  }
}

/** Grants: the service reads and writes rows and runs functions; dispatch reads and claims; nobody else anything. */
export async function grantRoles(owner: ClientBase, service: ServiceSchema): Promise<void> {
  const { schema } = service;
  const run = roleName(schema, "run");
  const dispatch = roleName(schema, "dispatch");
  const tables = "select, insert, update, delete";
  await owner.query(`
    grant usage on schema ${schema} to ${run}, ${dispatch};
    grant ${tables} on all tables in schema ${schema} to ${run};
    grant usage, select on all sequences in schema ${schema} to ${run};
    revoke execute on all functions in schema ${schema} from public;
    grant execute on all functions in schema ${schema} to ${run};
    revoke insert, update, delete on ${schema}.migrations from ${run};
    alter default privileges in schema ${schema} grant ${tables} on tables to ${run};
    alter default privileges in schema ${schema} grant usage, select on sequences to ${run};
    alter default privileges in schema ${schema} grant execute on functions to ${run};
    alter default privileges revoke execute on functions from public`);
  for (const table of service.dispatch ?? DISPATCH_TABLES) await grantDispatch(owner, schema, dispatch, table);
}

async function grantDispatch(owner: ClientBase, schema: string, role: string, grant: DispatchTable): Promise<void> {
  const { rows } = await owner.query<{ column: string; guarded: boolean }>(
    `select a.attname as column,
       exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polname = 'dispatch') as guarded
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = $1::regnamespace and c.relname = $2 and c.relkind in ('r', 'p')`,
    [schema, grant.table],
  );
  if (rows.length === 0) return;
  const name = `${schema}.${grant.table}`;
  const present = (wanted: readonly string[]): string =>
    rows.flatMap(({ column }) => (wanted.includes(column) ? [column] : [])).join(", ");
  const update = present(grant.update);
  const rights = [
    grant.select ? `select (${present(grant.select)})` : "select",
    ...(update ? [`update (${update})`] : []),
    ...(grant.delete ? ["delete"] : []),
  ];
  await owner.query(`grant ${rights.join(", ")} on ${name} to ${role}`);
  if (!rows[0]?.guarded)
    await owner.query(`create policy dispatch on ${name} to ${role} using (true) with check (true)`);
}

function literal(text: string): string {
  if (text.includes("\0")) throw new Error("a password cannot contain NUL");
  return text.includes("\\")
    ? ` E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`
    : `'${text.replaceAll("'", "''")}'`;
}
