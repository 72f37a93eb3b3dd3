import type { PoolClient, QueryConfig } from "pg";

/** A tenant's transaction. Statements see only the tenant's rows. */
export interface Tx {
  readonly tenantId: string;
  /** Rows of a statement. With `name` it is prepared once per connection. Shapes of values: see valueTypes. */
  query<R extends object>(text: string, values?: readonly unknown[], name?: string): Promise<R[]>;
  /** The only row, or undefined; throws when there are several. */
  one<R extends object>(text: string, values?: readonly unknown[], name?: string): Promise<R | undefined>;
  /** The number of rows that the statement touched. */
  execute(text: string, values?: readonly unknown[], name?: string): Promise<number>;
}

/** Tx over one pg client; remembers the first error so that the transaction's end can tell why it failed. */
export class ClientTx implements Tx {
  firstError: unknown;

  constructor(
    readonly tenantId: string,
    private readonly client: PoolClient,
  ) {}

  async query<R extends object>(text: string, values?: readonly unknown[], name?: string): Promise<R[]> {
    return (await this.run(text, values, name)).rows as R[];
  }

  async one<R extends object>(text: string, values?: readonly unknown[], name?: string): Promise<R | undefined> {
    const rows = await this.query<R>(text, values, name);
    if (rows.length > 1) throw new Error(`expected one row, found ${rows.length}`);
    return rows[0];
  }

  async execute(text: string, values?: readonly unknown[], name?: string): Promise<number> {
    return (await this.run(text, values, name)).rowCount ?? 0;
  }

  private async run(text: string, values: readonly unknown[] = [], name?: string) {
    try {
      const config: QueryConfig = { text, values: [...values], ...(name === undefined ? {} : { name }) };
      return await this.client.query(config);
    } catch (error) {
      this.firstError ??= error;
      throw error;
    }
  }
}
