import { Pool, type PoolClient } from "pg";
import { mergePatch } from "./merge-patch";
import tables from "./tables.sql";
import type { Fields, Problem } from "./wire";

export const OPERATIONS = ["created", "updated", "deleted"] as const;
export type Operation = (typeof OPERATIONS)[number];

/** A change that the module made itself. */
export interface OwnChange {
  position: number;
  id: string;
  entity: string;
  key: string;
  op: Operation;
  /** The whole record of `created`, a merge patch of `updated`, null of `deleted`. */
  body: Fields | null;
  madeAt: string;
}

/** A version of a record as the platform told it; null: deleted. */
export interface Told {
  entity: string;
  key: string;
  version: number;
  record: Fields | null;
}

/** The module's own tables: its records, its outbox, its place in the feed. */
export class Store {
  private constructor(private readonly pool: Pool) {}

  static async open(url: string): Promise<Store> {
    const pool = new Pool({ connectionString: url, max: 4, application_name: "mes-sample" });
    // a connection that breaks while idle is replaced by the next query
    pool.on("error", () => undefined);
    const store = new Store(pool);
    try {
      await store.transaction(async (tx) => {
        // two processes that start at once must not create the same table twice
        await tx.query("select pg_advisory_xact_lock(hashtext('mes_sample'))");
        await tx.query(tables);
      });
      return store;
    } catch (error) {
      await pool.end();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  /** Makes a change of the module's own: the record and the outbox in one transaction. Answers the change's id. */
  async change(op: Operation, entity: string, key: string, body: Fields | null): Promise<string> {
    return this.transaction(async (tx) => {
      // The record's row is locked before the position is drawn: positions follow the order of commits, per key.
      await lock(tx, entity, key);
      const { rows } = await tx.query<{ id: string }>(
        "insert into mes_sample.outbox (entity, key, op, body) values ($1, $2, $3, $4) returning id",
        [entity, key, op, body === null ? null : JSON.stringify(body)],
      );
      await layOver(tx, entity, key);
      return rows[0]?.id ?? "";
    });
  }

  /** The oldest change that has no answer yet. */
  async nextUnanswered(): Promise<OwnChange | undefined> {
    const { rows } = await this.pool.query<OwnChange & { position: string }>(
      `select position, id, entity, key, op, body, to_json(made_at) #>> '{}' as "madeAt"
       from mes_sample.outbox where settled_at is null order by position limit 1`,
    );
    const [row] = rows;
    return row && { ...row, position: Number(row.position) };
  }

  /** Stores the answer to a change. What was refused no longer lies over the record. */
  async settle(change: OwnChange, answer: { version: number } | { problem: Problem }): Promise<void> {
    const version = "version" in answer ? answer.version : null;
    const problem = "problem" in answer ? JSON.stringify(answer.problem) : null;
    await this.transaction(async (tx) => {
      await lock(tx, change.entity, change.key);
      await tx.query(
        "update mes_sample.outbox set version = $2, problem = $3, settled_at = now() where position = $1",
        [change.position, version, problem],
      );
      await layOver(tx, change.entity, change.key);
    });
  }

  /**
   * Takes what the platform told, each only where its version is higher than the one held, and with it, in the same
   * transaction, the place in the feed behind it. Answers how many were news.
   */
  async take(told: readonly Told[], cursor?: string): Promise<number> {
    return this.transaction(async (tx) => {
      let news = 0;
      for (const { entity, key, version, record } of told) {
        if ((await lock(tx, entity, key)) >= version) continue;
        await tx.query("update mes_sample.records set version = $3, base = $4 where entity = $1 and key = $2", [
          entity,
          key,
          version,
          record === null ? null : JSON.stringify(record),
        ]);
        await layOver(tx, entity, key);
        news += 1;
      }
      if (cursor !== undefined)
        await tx.query(
          "insert into mes_sample.feed (cursor) values ($1) on conflict (one) do update set cursor = excluded.cursor",
          [cursor],
        );
      return news;
    });
  }

  /** The place in the feed; undefined before the first load and after `forgetCursor`. */
  async cursor(): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ cursor: string }>("select cursor from mes_sample.feed");
    return rows[0]?.cursor;
  }

  async forgetCursor(): Promise<void> {
    await this.pool.query("delete from mes_sample.feed");
  }

  private async transaction<T>(work: (tx: PoolClient) => Promise<T>): Promise<T> {
    const tx = await this.pool.connect();
    try {
      await tx.query("begin");
      const result = await work(tx);
      await tx.query("commit");
      tx.release();
      return result;
    } catch (error) {
      await tx.query("rollback").catch(() => undefined);
      tx.release(error instanceof Error ? error : true);
      throw error;
    }
  }
}

/** Locks a record, known or not; answers the version held (0: none). */
async function lock(tx: PoolClient, entity: string, key: string): Promise<number> {
  await tx.query("insert into mes_sample.records (entity, key) values ($1, $2) on conflict do nothing", [entity, key]);
  const { rows } = await tx.query<{ version: number }>(
    "select version from mes_sample.records where entity = $1 and key = $2 for update",
    [entity, key],
  );
  return rows[0]?.version ?? 0;
}

/** Lays the changes that the platform's version does not hold yet over the base. The record must be locked. */
async function layOver(tx: PoolClient, entity: string, key: string): Promise<void> {
  const { rows } = await tx.query<{ base: Fields | null; op: Operation | null; body: Fields | null }>(
    `select r.base, o.op, o.body from mes_sample.records r
     left join mes_sample.outbox o on o.entity = r.entity and o.key = r.key
       and o.problem is null and (o.version is null or o.version > r.version)
     where r.entity = $1 and r.key = $2 order by o.position`,
    [entity, key],
  );
  let record = rows[0]?.base ?? null;
  for (const { op, body } of rows) {
    if (op === "created") record = body;
    else if (op === "updated") record = mergePatch(record, body ?? {});
    else if (op === "deleted") record = null;
  }
  await tx.query("update mes_sample.records set record = $3 where entity = $1 and key = $2", [
    entity,
    key,
    record === null ? null : JSON.stringify(record),
  ]);
}
