import { setTimeout as delay } from "node:timers/promises";
import { Journal, type JournalEntry } from "../journal";
import { BEHAVIOURS } from "./behaviour/registry";
import { runCall, type ModelCall } from "./dispatch";
import { Env, type World } from "./env";
import { Schema } from "./schema/schema";
import { Store } from "./store";
import { ServerClock } from "./time";
import { Transaction, type JournalWrite } from "./transaction";
import { isObject, type Json, type JsonObject, type OdooVersion, type Output } from "./values";

/** What a database needs to know about itself. */
export interface DatabaseOptions {
  version: OdooVersion;
  /** Where journal and snapshot are kept; memory only without it. */
  dataDir?: string;
}

const REFERENCE_FIELDS = [
  "origin",
  "client_order_ref",
  "invoice_origin",
  "ref",
  "memo",
  "partner_ref",
  "default_code",
  "name",
];

/** One simulated Odoo database: runs calls in transactions and keeps the journal. */
export class Database {
  readonly world: World;
  readonly journal: Journal;
  /** Told of every committed write, after the commit. */
  onCommit: ((entries: readonly JournalEntry[]) => void) | undefined;
  /** Ends of the transactions that have not committed yet, by the rows that they lock. */
  private readonly locks = new Map<string, Promise<void>>();

  constructor(options: DatabaseOptions) {
    const schema = new Schema(options.version);
    const clock = new ServerClock();
    this.world = { version: options.version, schema, store: new Store(schema), clock, behaviours: BEHAVIOURS };
    this.journal = new Journal(this.world.store, () => clock.now(), options.dataDir);
  }

  /**
   * Runs one call in one transaction. With `lateCommitMs` the rows carry the start's stamp
   * but become visible, and are answered, only after that time.
   */
  async call(call: ModelCall, uid = 2, lateCommitMs = 0): Promise<Output> {
    const { tx, result } = await this.run(call, uid);
    if (tx.isEmpty) return result;
    if (lateCommitMs > 0) await this.commitLater(tx, lateCommitMs);
    tx.writes.push(...describeWrites(call, result, tx));
    this.commit(tx);
    return result;
  }

  /** Waits for rows that others hold, as a write does in PostgreSQL: nobody overwrites what is not committed yet. */
  private async run(call: ModelCall, uid: number): Promise<{ tx: Transaction; result: Output }> {
    for (;;) {
      const tx = this.begin();
      let result: Output;
      try {
        result = runCall(new Env(this.world, tx, {}, uid), call);
      } catch (error) {
        tx.undo();
        throw error;
      }
      const held = tx.rows().find((row) => this.locks.has(row));
      if (held === undefined) return { tx, result };
      tx.undo();
      await this.locks.get(held);
    }
  }

  private async commitLater(tx: Transaction, ms: number): Promise<void> {
    const rows = tx.rows();
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    for (const row of rows) this.locks.set(row, ended);
    tx.undo();
    await delay(ms);
    tx.redo();
    for (const row of rows) this.locks.delete(row);
    end();
  }

  /** Runs trusted code, such as the demo seed, in one transaction at one instant. */
  transact<T>(method: string, work: (env: Env) => T): T {
    const tx = this.begin();
    try {
      const result = work(new Env(this.world, tx));
      if (!tx.isEmpty) {
        tx.writes.push({ model: "*", id: 0, method, values: null, reference: null });
        this.commit(tx);
      }
      return result;
    } catch (error) {
      tx.undo();
      throw error;
    }
  }

  private begin(): Transaction {
    return new Transaction(this.world.store, this.world.clock.stamp());
  }

  private commit(tx: Transaction): void {
    const entries = this.journal.append(tx.writes, tx.image());
    for (const work of tx.afterCommit) work();
    this.onCommit?.(entries);
  }
}

/** The journal's words for a call: one entry per record it created or addressed. */
function describeWrites(call: ModelCall, result: Output, tx: Transaction): JournalWrite[] {
  const given = call.named
    ? (call.kwargs["vals_list"] ?? call.kwargs["vals"])
    : call.args[call.method === "create" ? 0 : 1];
  const addressed = call.named ? call.kwargs["ids"] : call.args[0];
  const ids = toList(call.method === "create" ? (result as Json) : (addressed ?? null));
  return ids.map((id, i) => {
    const values = (Array.isArray(given) ? given[i] : given) ?? null;
    const row = tx.store.row(call.model, id);
    return {
      model: call.model,
      id,
      method: call.method,
      values,
      reference: referenceOf(values, row as JsonObject | undefined),
    };
  });
}

function toList(value: Json): number[] {
  const list = Array.isArray(value) ? value.map(Number) : [Number(value ?? 0)];
  return list.length > 0 ? list : [0];
}

function referenceOf(values: Json, row: JsonObject | undefined): string | null {
  for (const field of REFERENCE_FIELDS) {
    const value = (isObject(values) ? values[field] : undefined) ?? row?.[field];
    if (typeof value === "string" && value !== "") return value;
  }
  return null;
}
