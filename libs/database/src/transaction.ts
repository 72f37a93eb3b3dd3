import { retry } from "@dovetail/resilience";
import type { Pool, PoolClient } from "pg";
import {
  CommitUnknownError,
  DatabaseUnavailableError,
  isConnectionLost,
  isSerializationFailure,
  TransactionAbortedError,
} from "./errors";
import { ClientTx, type Tx } from "./tx";

/** How a transaction runs; PostgreSQL's defaults when absent. */
export interface TransactionOptions {
  readOnly?: boolean;
  isolation?: "repeatable read" | "serializable";
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The transaction failed in a way that running it again may mend; `cause` is what is thrown when it does not. */
class Repeatable extends Error {
  constructor(override readonly cause: unknown) {
    super();
  }
}

/** Retries serialization failures and deadlocks; 4 calls in all, delays of 10–80 ms with jitter. */
export async function repeatOnConflict<T>(fn: () => Promise<T>, repeatable: (error: unknown) => boolean): Promise<T> {
  return await retry(fn, { attempts: 4, baseMs: 20, maxMs: 80, shouldRetry: repeatable });
}

/** Runs `fn` between BEGIN (with the tenant set, one round trip) and COMMIT on one connection of the pool. */
export async function runTransaction<T>(
  pool: Pool,
  tenantId: string,
  options: TransactionOptions,
  fn: (tx: Tx) => Promise<T>,
): Promise<T> {
  const begin = beginStatement(tenantId, options);
  try {
    return await repeatOnConflict(
      () => runOnce(pool, begin, tenantId, fn),
      (error) => error instanceof Repeatable,
    );
  } catch (error) {
    throw error instanceof Repeatable ? error.cause : error;
  }
}

// A literal, not a parameter: only the simple protocol takes two statements in one round trip. Hence the check.
function beginStatement(tenantId: string, { readOnly, isolation }: TransactionOptions): string {
  if (!UUID.test(tenantId)) throw new Error("a tenant id must be a UUID");
  const mode = `${isolation ? ` isolation level ${isolation}` : ""}${readOnly ? " read only" : ""}`;
  return `begin${mode}; select set_config('app.tenant', '${tenantId}', true)`;
}

async function runOnce<T>(pool: Pool, begin: string, tenantId: string, fn: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await borrow(pool);
  const tx = new ClientTx(tenantId, client);
  try {
    try {
      await client.query(begin);
    } catch (error) {
      // A connection that died while idle: nothing has been done on it, another one may do.
      throw isConnectionLost(error) ? new Repeatable(new DatabaseUnavailableError(error)) : error;
    }
    const result = await fn(tx);
    await commit(client);
    giveBack(client);
    return result;
  } catch (error) {
    await abandon(client, error, tx.firstError);
    throw outcome(error, tx.firstError);
  }
}

/** A client of the pool; a lost connection is an error of the statement that meets it, never an uncaught event. */
export async function borrow(pool: Pool): Promise<PoolClient> {
  try {
    const client = await pool.connect();
    client.on("error", ignore);
    return client;
  } catch (error) {
    throw isConnectionLost(error) ? new DatabaseUnavailableError(error) : error;
  }
}

/** Gives a client back to the pool; with an error it is closed. */
export function giveBack(client: PoolClient, error?: Error): void {
  client.removeListener("error", ignore);
  if (error) client.on("error", ignore);
  client.release(error);
}

function ignore(): void {
  // The statement under way, or the next one, rejects with the same error.
}

async function commit(client: PoolClient): Promise<void> {
  let command: string;
  try {
    ({ command } = await client.query("commit"));
  } catch (error) {
    throw isConnectionLost(error) ? new CommitUnknownError(error) : error;
  }
  if (command === "ROLLBACK") throw new TransactionAbortedError();
}

async function abandon(client: PoolClient, error: unknown, firstError: unknown): Promise<void> {
  const lost = [error, firstError].some(
    (each) => each instanceof CommitUnknownError || each instanceof Repeatable || isConnectionLost(each),
  );
  if (lost) return giveBack(client, new Error("connection lost"));
  try {
    await client.query("rollback");
    giveBack(client);
  } catch {
    giveBack(client, new Error("rollback failed"));
  }
}

// What the function threw may be a translation of what the database said: the database's word decides about repeating.
function outcome(error: unknown, firstError: unknown): unknown {
  if (error instanceof CommitUnknownError || error instanceof Repeatable) return error;
  if (isConnectionLost(firstError) || isConnectionLost(error)) return new DatabaseUnavailableError(firstError ?? error);
  if (isSerializationFailure(firstError) || isSerializationFailure(error)) return new Repeatable(error);
  return error;
}
