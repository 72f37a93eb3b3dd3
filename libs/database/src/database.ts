import { Pool, type QueryConfig } from "pg";
import { DataSource } from "typeorm";
import { connectionOptions, type DatabaseOptions } from "./connection-options";
import { CommitUnknownError, DatabaseUnavailableError, isConnectionLost, isSerializationFailure } from "./errors";
import { borrow, giveBack, repeatOnConflict, runTransaction, type TransactionOptions } from "./transaction";
import type { Tx } from "./tx";

/** One statement outside a tenant transaction. With `name` it is prepared once per connection. */
export interface Statement {
  name?: string;
  text: string;
  values: readonly unknown[];
  /** The statement changes nothing: a lost connection is then DatabaseUnavailableError, not CommitUnknownError. */
  readOnly?: boolean;
}

/** A service's data: one pool for TypeORM and plain SQL, and a small one for claiming work. */
export class Database {
  constructor(
    readonly dataSource: DataSource,
    private readonly pool: Pool,
    private readonly dispatchPool: Pool | undefined,
    readonly schema: string,
  ) {}

  /**
   * Runs `fn` in a transaction of the tenant. It is run again (up to 4 times in all) after a serialization failure or
   * deadlock, so it must have no effect but through `tx`. Throws DatabaseUnavailableError when nothing has happened,
   * CommitUnknownError when the connection broke during the commit.
   */
  transaction<T>(tenantId: string, fn: (tx: Tx) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    return runTransaction(this.pool, tenantId, options, fn);
  }

  /** As `transaction`, and PostgreSQL refuses writes. */
  readOnly<T>(tenantId: string, fn: (tx: Tx) => Promise<T>): Promise<T> {
    return runTransaction(this.pool, tenantId, { readOnly: true }, fn);
  }

  /**
   * One statement in its own transaction: for functions that set the tenant themselves (one round trip).
   * A statement that fails by a serialization failure or deadlock is sent again.
   */
  call<R extends object>(statement: Statement): Promise<R[]> {
    return runStatement<R>(this.pool, statement);
  }

  /** One statement as the dispatch role, across tenants: routing rows and the log only. */
  dispatch<R extends object>(text: string, values: readonly unknown[] = [], name?: string): Promise<R[]> {
    if (!this.dispatchPool) throw new Error("the database was opened without dispatchUrl");
    return runStatement<R>(this.dispatchPool, { text, values, ...(name === undefined ? {} : { name }) });
  }

  /** Ends both pools when their statements are done. */
  async close(): Promise<void> {
    await Promise.all([this.dataSource.destroy(), this.dispatchPool?.end()]);
  }
}

/** Connects to a service's database. Throws DatabaseUnavailableError when it cannot be reached. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, dispatchUrl, schema, applicationName, pool: sizes } = options;
  const dataSource = new DataSource({
    type: "postgres",
    url,
    schema,
    entities: options.entities ?? [],
    installExtensions: false,
    // An idle connection that breaks is replaced at its next use: no news.
    poolErrorHandler: () => undefined,
    extra: connectionOptions(url, schema, applicationName, sizes),
  });
  try {
    await dataSource.initialize();
  } catch (error) {
    throw isConnectionLost(error) ? new DatabaseUnavailableError(error) : error;
  }
  const { master } = dataSource.driver as unknown as { master: Pool };
  let dispatchPool: Pool | undefined;
  if (dispatchUrl) {
    const small = { ...sizes, min: 0, max: 2 };
    dispatchPool = new Pool(connectionOptions(dispatchUrl, schema, `${applicationName}-dispatch`, small));
    dispatchPool.on("error", () => undefined);
  }
  return new Database(dataSource, master, dispatchPool, schema);
}

async function runStatement<R extends object>(pool: Pool, statement: Statement): Promise<R[]> {
  const { text, values, name, readOnly } = statement;
  const config: QueryConfig = { text, values: values as unknown[], ...(name === undefined ? {} : { name }) };
  if (readOnly) return read<R>(pool, config);
  return await repeatOnConflict(async () => {
    const client = await borrow(pool);
    try {
      const { rows } = await client.query(config);
      giveBack(client);
      return rows as R[];
    } catch (error) {
      if (!isConnectionLost(error)) {
        giveBack(client);
        throw error;
      }
      giveBack(client, new Error("connection lost"));
      throw new CommitUnknownError(error);
    }
  }, isSerializationFailure);
}

// By callback, with one promise: hot reads go this way, and each step of a chain of promises is dear under async hooks.
// One statement that reads in the default isolation has no conflict to repeat.
function read<R extends object>(pool: Pool, config: QueryConfig): Promise<R[]> {
  return new Promise((resolve, reject) => {
    pool.query(config, (error: Error | undefined, result) => {
      if (!error) resolve(result.rows as R[]);
      else reject(isConnectionLost(error) ? new DatabaseUnavailableError(error) : error);
    });
  });
}
