import { Client } from "pg";

export const SCHEMAS = ["gateway", "integration_config", "sync_engine"] as const;

/** A table of the product as pg_catalog tells it. */
export interface Table {
  schema: string;
  name: string;
  /** It has a column tenant_id. */
  tenant: boolean;
  /** Row-level security holds for its owner too. */
  forced: boolean;
  columns: Column[];
}

interface Column {
  name: string;
  type: string;
  required: boolean;
}

/** What a role can do to a tenant's rows of a table: how many rows, or the SQLSTATE of the refusal. */
export interface Reach {
  seen: number | string;
  updated: number | string;
  deleted: number | string;
  inserted: number | string;
}

/** Attempts on tables that leave no trace. */
export class TableCrossing {
  private constructor(private readonly client: Client) {}

  static async open(adminUrl: string): Promise<TableCrossing> {
    const client = new Client(adminUrl);
    await client.connect();
    return new TableCrossing(client);
  }

  close(): Promise<void> {
    return this.client.end();
  }

  /** Every table of the product's schemas. */
  async tables(): Promise<Table[]> {
    const { rows } = await this.client.query<Table>(
      `select n.nspname as schema, c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
         bool_or(a.attname = 'tenant_id') as tenant,
         json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
           'required', a.attnotnull and not a.atthasdef and a.attidentity = '') order by a.attnum)
           filter (where a.attgenerated = '') as columns
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
         join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where n.nspname = any($1) and c.relkind in ('r', 'p')
       group by 1, 2, 3 order by 1, 2`,
      [SCHEMAS],
    );
    return rows;
  }

  /** Tries everything on the rows of `victim` as `role`, in the name of `tenant` or of none. */
  async reach(
    table: Table,
    role: string,
    { victim, tenant }: { victim: string; tenant: string | null },
  ): Promise<Reach> {
    const name = `${table.schema}.${table.name}`;
    const columns = table.columns.map((column) => `"${column.name}"`).join(", ");
    await this.client.query("begin");
    try {
      const row = await this.rowOf(table, victim);
      await this.client.query(`set local role ${role}`);
      if (tenant !== null) await this.client.query("select set_config('app.tenant', $1, true)", [tenant]);
      return {
        seen: await this.attempt(`select 1 from ${name} where tenant_id = $1`, [victim]),
        updated: await this.attempt(`update ${name} set tenant_id = tenant_id where tenant_id = $1`, [victim]),
        deleted: await this.attempt(`delete from ${name} where tenant_id = $1`, [victim]),
        inserted: await this.attempt(
          `insert into ${name} (${columns}) overriding system value
           select ${columns} from json_populate_record(null::${name}, $1::json)`,
          [row],
        ),
      };
    } finally {
      await this.client.query("rollback");
    }
  }

  /** Tables and columns of a schema that a role may read, and functions that run with their owner's rights. */
  async readable(role: string): Promise<string[]> {
    const { rows } = await this.client.query<{ name: string }>(
      `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = any($1) and c.relkind in ('r', 'p', 'v', 'm') and has_schema_privilege($2, n.oid, 'usage')
         and has_any_column_privilege($2, c.oid, 'select') order by 1`,
      [SCHEMAS, role],
    );
    return rows.map(({ name }) => name);
  }

  /** Functions of the product that run with their owner's rights, with that owner. */
  async definers(): Promise<string[]> {
    const { rows } = await this.client.query<{ name: string }>(
      `select pg_get_userbyid(p.proowner) || ' ' || p.proname as name
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where n.nspname = any($1) and p.prosecdef order by 1`,
      [SCHEMAS],
    );
    return rows.map(({ name }) => name);
  }

  /** Everything that a tenant has, as one digest per table; without what relays and consumers note for themselves. */
  async digests(tenant: string): Promise<Record<string, string>> {
    const digests: Record<string, string> = {};
    for (const { schema, name } of (await this.tables()).filter((table) => table.tenant)) {
      if (/^(event_log|log_heads|log_consumers|consumer_positions|work)$/.test(name)) continue;
      const { rows } = await this.client.query<{ digest: string }>(
        `select count(*) || ' ' || coalesce(md5(string_agg(t::text, E'\\n' order by t::text)), '') as digest
         from ${schema}.${name} t where tenant_id = $1`,
        [tenant],
      );
      digests[`${schema}.${name}`] = rows[0]?.digest ?? "";
    }
    return digests;
  }

  // One of the victim's rows; one is made up where there is none.
  private async rowOf({ schema, name, columns }: Table, victim: string): Promise<string> {
    const find = `select row_to_json(t)::text as row from ${schema}.${name} t where tenant_id = $1 limit 1`;
    const found = await this.client.query<{ row: string }>(find, [victim]);
    if (found.rows[0]) return found.rows[0].row;
    const required = columns.filter((column) => column.required);
    const values = required.map((column) => (column.name === "tenant_id" ? `'${victim}'` : madeUp(column.type)));
    await this.client.query("set local session_replication_role = replica");
    await this.client.query(
      `insert into ${schema}.${name} (${required.map((column) => column.name).join(", ")}) values (${values.join(", ")})`,
    );
    await this.client.query("set local session_replication_role = origin");
    return (await this.client.query<{ row: string }>(find, [victim])).rows[0]?.row ?? "";
  }

  private async attempt(text: string, values: unknown[]): Promise<number | string> {
    await this.client.query("savepoint attempt");
    try {
      return (await this.client.query(text, values)).rowCount ?? 0;
    } catch (error) {
      return (error as { code?: string }).code ?? String(error);
    } finally {
      await this.client.query("rollback to savepoint attempt");
    }
  }
}

function madeUp(type: string): string {
  if (/^(uuid)/.test(type)) return "gen_random_uuid()";
  if (/^timestamp/.test(type)) return "'infinity'";
  if (/^(small|big)?int|^numeric|^double/.test(type)) return "1";
  if (/^json/.test(type)) return "'{}'";
  if (type === "boolean") return "false";
  if (type === "bytea") return "'\\x00'";
  return `'x'::${type}`;
}
