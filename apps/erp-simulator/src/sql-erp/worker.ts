import { setTimeout as sleep } from "node:timers/promises";
import { type ClientBase, type Pool } from "pg";
import type { Faults, FaultSpec } from "../faults";
import { type DocumentType, type Effect, type InterfaceRow, masterData, Refusal } from "./documents";
import { purchaseOrders } from "./purchase-orders";

/** What others may hand in. */
const DOCUMENTS: readonly DocumentType[] = [
  masterData({
    name: "vendor",
    number: "vendor_no",
    key: "group_no",
    columns: ["group_no", "name", "phone", "email"],
    required: ["group_no", "name"],
  }),
  masterData({
    name: "item",
    number: "item_no",
    key: "mat_code",
    columns: ["mat_code", "description", "uom", "std_cost"],
    required: ["mat_code", "description", "uom"],
  }),
  purchaseOrders,
];

const NEXT = `select * from (${DOCUMENTS.map(
  ({ name }) => `(select '${name}' as document, if_id from if_${name} where status = 'NEW' order by if_id limit 1)`,
).join(" union all ")}) rows order by if_id limit 1`;

/** Rows are told of by NOTIFY; this finds what a lost connection left. */
const SWEEP_MS = 2_000;
const TROUBLE_MS = 500;
const USUAL_DELAY_MS = 2_000;

/** Takes interface rows up one after the other, in the order in which they came. */
export class InterfaceWorker {
  private readonly stopping = new AbortController();
  private readonly ended: Promise<void>;
  private awake: () => void = () => undefined;
  /** A row may come between the look at the tables and the wait. */
  private rung = false;

  constructor(
    private readonly pool: Pool,
    private readonly faults: Faults,
  ) {
    this.ended = this.run();
  }

  /** There may be a row. */
  ring(): void {
    this.rung = true;
    this.awake();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.awake();
    await this.ended;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      this.rung = false;
      try {
        if (await this.takeNext()) continue;
        await this.idle();
      } catch {
        // The database went away, or we stop: the row is as it was.
        await sleep(TROUBLE_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private idle(): Promise<void> {
    if (this.rung || this.stopping.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, SWEEP_MS);
      this.awake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async takeNext(): Promise<boolean> {
    const { rows } = await this.pool.query<{ document: string; if_id: string }>(NEXT);
    const next = rows[0];
    const type = DOCUMENTS.find(({ name }) => name === next?.document);
    if (!next || !type) return false;
    const action = await this.actionOf(type, next.if_id);
    const faults = this.faults.strike({ model: type.name, method: action });
    const of = (kind: FaultSpec["kind"]) => faults.find((fault) => fault.kind === kind);
    const pause = async (kind: FaultSpec["kind"]): Promise<void> => {
      const fault = of(kind);
      if (fault) await sleep(fault.delayMs ?? USUAL_DELAY_MS, undefined, { signal: this.stopping.signal });
    };
    await pause("slow");
    const effect = await this.transaction(async (client) => {
      const known = await this.journalled(client, next.if_id);
      if (known) return known;
      const made = await this.takeUp(client, type, next.if_id, of("error"));
      await pause("lateCommit");
      if (of("reset")) throw new Error("the worker died");
      return made;
    });
    await pause("lateEffect");
    await this.finish(type, next.if_id, effect);
    return true;
  }

  private async actionOf(type: DocumentType, id: string): Promise<string> {
    const { rows } = await this.pool.query<{ action: string }>(`select action from if_${type.name} where if_id = $1`, [
      id,
    ]);
    return rows[0]?.action === "U" ? "update" : "create";
  }

  /** What the journal says of a row: it was taken up, and the worker died before it could say so in the row. */
  private async journalled(client: ClientBase, id: string): Promise<Outcome | undefined> {
    const { rows } = await client.query<Outcome>(
      "select action, doc_no as number, detail->>'message' as message from journal where if_id = $1",
      [id],
    );
    return rows[0];
  }

  /** The effect and its journal entry, in the caller's transaction; nothing of a refused row stays but the entry. */
  private async takeUp(client: ClientBase, type: DocumentType, id: string, error?: FaultSpec): Promise<Outcome> {
    const { rows } = await client.query<InterfaceRow>(`select * from if_${type.name} where if_id = $1 for update`, [
      id,
    ]);
    const row = rows[0];
    if (!row) throw new Error(`interface row ${id} has gone`);
    await client.query("savepoint untouched");
    try {
      if (error) throw new Refusal(error.message ?? "the ERP is closed for the day");
      const effect = await type.take(client, row);
      await writeJournal(client, type, row, effect);
      return { action: effect.action, number: effect.docNo, message: null };
    } catch (cause) {
      const message = refusalOf(cause);
      await client.query("rollback to savepoint untouched");
      const refused = { action: "refused" as const, docNo: null, detail: { message } };
      await writeJournal(client, type, row, refused);
      return { action: "refused", number: null, message };
    }
  }

  private async finish(type: DocumentType, id: string, { action, number, message }: Outcome): Promise<void> {
    const status = action === "refused" ? "ERROR" : "DONE";
    await this.pool.query(
      `update if_${type.name} set status = $2, message = $3, taken_at = clock_timestamp(), ${type.number} = coalesce($4, ${type.number})
       where if_id = $1 and status = 'NEW'`,
      [id, status, message, number],
    );
  }

  private async transaction<T>(work: (client: ClientBase) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let failure: Error | undefined;
    try {
      await client.query("begin");
      const result = await work(client);
      await client.query("commit");
      return result;
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      throw failure;
    } finally {
      // A connection whose transaction failed is closed with it.
      client.release(failure);
    }
  }
}

interface Outcome {
  action: Effect["action"] | "refused";
  number: string | null;
  message: string | null;
}

async function writeJournal(
  client: ClientBase,
  type: DocumentType,
  { if_id, ext_ref }: InterfaceRow,
  { action, docNo, detail }: { action: Outcome["action"]; docNo: string | null; detail: Record<string, unknown> },
): Promise<void> {
  await client.query(
    "insert into journal (document, action, doc_no, if_id, ext_ref, detail) values ($1, $2, $3, $4, $5, $6)",
    [type.name, action, docNo, if_id, ext_ref, JSON.stringify(detail)],
  );
}

/** The words for a row that cannot be taken; throws on when the row is not to blame. */
function refusalOf(cause: unknown): string {
  if (cause instanceof Refusal) return cause.message;
  const { code, message } = cause as { code?: unknown; message?: string };
  // Classes 22 and 23: a value that does not fit, a rule of the tables.
  if (typeof code === "string" && /^2[23]/.test(code)) return message ?? code;
  throw cause;
}
