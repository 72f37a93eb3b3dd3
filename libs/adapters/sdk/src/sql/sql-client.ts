import type { Json, JsonObject } from "@dovetail/domain";
import type { Sql, TransactionOptions } from "../clients";
import { AdapterError, type Sent } from "../errors";
import type { Connect, SqlConnection, SqlOptions, StatementResult } from "./connection";
import { connectMssql } from "./connect-mssql";
import { connectMysql } from "./connect-mysql";
import { connectOracle } from "./connect-oracle";
import { connectPostgresql } from "./connect-postgresql";
import type { SqlDialect } from "./dialect";
import { dialectOf } from "./dialects";
import { sqlError } from "./sql-errors";

const CONNECT: Readonly<Record<SqlOptions["dialect"], Connect>> = {
  postgresql: connectPostgresql,
  mysql: connectMysql,
  mssql: connectMssql,
  oracle: connectOracle,
};

/** The server stops a statement first; this is for servers that no longer answer. */
const GRACE_MS = 5000;

function textOf(value: Json): string | null {
  if (value === null || typeof value === "string") return value;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A few connections to one database, opened when needed and kept for the next statement. */
export class SqlClient implements Sql {
  readonly dialect: SqlOptions["dialect"];
  private readonly syntax: SqlDialect;
  private readonly idle: SqlConnection[] = [];
  private readonly open = new Set<SqlConnection>();
  private readonly waiting: (() => void)[] = [];
  private busy = 0;

  constructor(private readonly options: SqlOptions) {
    this.dialect = options.dialect;
    this.syntax = dialectOf(options.dialect);
  }

  async query(text: string, values: readonly Json[] = []): Promise<JsonObject[]> {
    return (await this.using((connection) => this.run(connection, text, values, "no"))).rows;
  }

  async execute(text: string, values: readonly Json[] = []): Promise<number> {
    // Oracle begins a transaction with every statement: one form for all.
    return this.transaction((sql) => sql.execute(text, values));
  }

  transaction<T>(fn: (sql: Sql) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    return this.using(async (connection) => {
      const { begin, snapshot, commit, rollback } = this.syntax;
      for (const text of options.snapshot ? snapshot : begin) await this.run(connection, text, [], "no");
      let result: T;
      try {
        if (options.lock !== undefined) await this.lock(connection, options.lock);
        result = await fn(this.within(connection));
      } catch (error) {
        // What was not committed is undone by the server, also when the connection is gone.
        await this.run(connection, rollback, [], "no").catch(() => connection.destroy());
        await this.unlock(connection, options.lock);
        throw error;
      }
      // A snapshot only read: rolling it back ends it, and no commit stands in the way.
      await this.run(connection, options.snapshot ? rollback : commit, [], options.snapshot ? "no" : "maybe");
      await this.unlock(connection, options.lock);
      return result;
    });
  }

  /** Ends all connections. */
  close(): Promise<void> {
    for (const connection of this.open) connection.destroy();
    this.open.clear();
    this.idle.length = 0;
    return Promise.resolve();
  }

  private within(connection: SqlConnection): Sql {
    return {
      dialect: this.dialect,
      query: async (text, values = []) => (await this.run(connection, text, values, "no")).rows,
      execute: async (text, values = []) => (await this.run(connection, text, values, "no")).affected,
      transaction: (fn) => fn(this.within(connection)),
      close: () => Promise.resolve(),
    };
  }

  private async lock(connection: SqlConnection, name: string): Promise<void> {
    const text = this.syntax.lock?.(1);
    if (text === undefined) return;
    const { rows } = await this.run(connection, text, [name], "no");
    if (rows[0]?.["taken"] === undefined || String(rows[0]["taken"]) === "1") return;
    throw new AdapterError("another write of the same reference goes on", {
      category: "TRANSIENT",
      code: "ERP001",
      sent: "no",
    });
  }

  /** Behind the commit: a lock that cannot be given back goes with its connection. */
  private async unlock(connection: SqlConnection, name: string | undefined): Promise<void> {
    const text = name === undefined ? undefined : this.syntax.unlock?.(1);
    if (text === undefined || connection.broken) return;
    await this.run(connection, text, [name ?? ""], "no").catch(() => connection.destroy());
  }

  private async using<T>(fn: (connection: SqlConnection) => Promise<T>): Promise<T> {
    const connection = await this.take();
    try {
      return await fn(connection);
    } finally {
      this.giveBack(connection);
    }
  }

  private async take(): Promise<SqlConnection> {
    while (this.busy >= (this.options.connections ?? 4)) await new Promise<void>((go) => this.waiting.push(go));
    this.busy++;
    try {
      for (let known = this.idle.pop(); known; known = this.idle.pop()) {
        if (!known.broken) return known;
        this.open.delete(known);
      }
      const { connectMs = 10_000 } = this.options;
      const connecting = CONNECT[this.dialect](this.options);
      // A connection that comes too late is not kept.
      const connection = await this.inTime(connecting, connectMs + GRACE_MS, "no", () =>
        connecting.then((late) => late.destroy()).catch(() => undefined),
      );
      this.open.add(connection);
      return connection;
    } catch (error) {
      this.leave();
      throw error;
    }
  }

  private giveBack(connection: SqlConnection): void {
    if (connection.broken) this.open.delete(connection);
    else this.idle.push(connection);
    this.leave();
  }

  private leave(): void {
    this.busy--;
    this.waiting.shift()?.();
  }

  private run(connection: SqlConnection, text: string, values: readonly Json[], sent: Sent): Promise<StatementResult> {
    const { statementMs = 60_000, signal } = this.options;
    if (signal?.aborted) return Promise.reject(this.ended("no"));
    const running = connection.run(text, values.map(textOf));
    return this.inTime(running, statementMs + GRACE_MS, sent, () => connection.destroy());
  }

  /** Fails when time or the signal ends first; `stop` then ends what still runs. */
  private async inTime<T>(work: Promise<T>, ms: number, sent: Sent, stop: () => unknown): Promise<T> {
    const { signal } = this.options;
    let timer: NodeJS.Timeout | undefined;
    let abort: (() => void) | undefined;
    const end = new Promise<never>((_, reject) => {
      abort = () => reject(this.ended(sent));
      timer = setTimeout(abort, ms);
      signal?.addEventListener("abort", abort, { once: true });
      if (signal?.aborted) abort();
    });
    work.catch(() => undefined);
    try {
      return await Promise.race([work, end]);
    } catch (error) {
      const failure = sqlError(this.dialect, error, sent);
      if (failure.bodyCode === undefined) stop();
      throw failure;
    } finally {
      clearTimeout(timer);
      if (abort) signal?.removeEventListener("abort", abort);
    }
  }

  private ended(sent: Sent): AdapterError {
    const why = this.options.signal?.aborted ? "the session was ended" : "the database does not answer";
    return new AdapterError(why, { category: "TRANSIENT", code: "ERP001", sent });
  }
}
