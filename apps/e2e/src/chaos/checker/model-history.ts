import type { CloudEvent, DeadLetter, Job, JobCounts, RecordView, Transaction } from "@dovetail/contracts";
import type { EntityName, JsonObject } from "@dovetail/domain";
import type { ErpHistory, History, Operation } from "../history";
import { newErps, newEvent, newJob, store } from "./model-parts";

const BARE = {
  problem: null,
  payload: null,
  request: null,
  response: null,
  attempts: 1,
  version: 1,
  note: null,
  closedBy: null,
};

/** A platform that keeps every promise, in memory: what it leaves behind breaks no law. Time is counted in steps of a second. */
export class ModelPlatform {
  private now = 0;
  private position = 0;
  private ids = 0;
  private readonly records = new Map<string, RecordView>();
  private readonly operations: Operation[] = [];
  private readonly events: CloudEvent[] = [];
  private readonly transactions: Transaction[] = [];
  private readonly letters: DeadLetter[] = [];
  private readonly invalid: History["invalid"] = [];
  private readonly faults: History["faults"] = [];
  private readonly jobs: Job[] = [];
  private readonly unread: { entity: EntityName; key: string; fields: JsonObject | null }[] = [];
  private readonly erps = newErps();

  /** A module's write of a supplier; null deletes it. */
  write(key: string, fields: JsonObject | null, outcome: "ok" | "unknown" = "ok"): void {
    const known = this.records.get(`Supplier ${key}`);
    const action = fields === null ? "delete" : known && !known.deleted ? "update" : "create";
    const version = this.accept("Supplier", key, fields, null);
    this.operation("mes", { entity: "Supplier", key, action, fields: fields ?? {}, outcome }, { version });
  }

  /** A write whose outcome nobody knows, and that was never done. */
  loseUnheard(key: string, fields: JsonObject): void {
    this.operation("mes", { entity: "Supplier", key, action: "update", fields, outcome: "unknown" }, {});
  }

  /** A person's edit in the master. */
  edit(key: string, fields: JsonObject | null): void {
    const k = this.erp("k");
    const there = k.final.some((one) => one.key === key);
    const op = fields === null ? "delete" : there ? "update" : "create";
    const id = this.operation("k", { entity: "Supplier", key, action: op, fields: fields ?? {}, outcome: "ok" }, {});
    const seq = store(k, this.tick(), { entity: "Supplier", key, op, by: { operation: id } }, fields ?? {});
    Object.assign(this.operations.at(-1) ?? {}, { seq });
    this.unread.push({ entity: "Supplier", key, fields });
  }

  /** Reads what was edited. Policy erp: what is read stands, whoever wrote the field before. */
  read(): void {
    const rows = this.unread.splice(0);
    for (const { entity, key, fields } of rows) {
      this.accept(entity, key, fields, "k");
    }
    this.job({ read: rows.length, updated: rows.length });
  }

  /** Brings every ERP to the newest version; older ones are superseded. */
  push(): void {
    this.read();
    const open = this.transactions.filter(({ direction, status }) => direction === "outbound" && status === "pending");
    for (const push of open) {
      const newest = open.every(
        (one) => one.integration !== push.integration || one.key !== push.key || one.version <= push.version,
      );
      push.status = newest ? "confirmed" : "superseded";
      const erp = this.erp(push.integration ?? "");
      const record = this.records.get(`${push.entityType} ${push.key}`);
      if (newest && record) this.send(erp, push, record);
    }
  }

  /** A fact by a module, and how its request to the ERP of class N or L goes. */
  post(key: string, quantity: string, mishap: "none" | "unknown-done" | "unknown-lost" | "duplicate" = "none"): void {
    const fields = { inventoryTransactionNumber: key, type: "ISSUE", part: "P1", quantity };
    const version = this.accept("InventoryTransaction", key, fields, null);
    const entity = "InventoryTransaction" as const;
    this.operation("mes", { entity, key, action: "post", fields, outcome: "ok" }, { version });
    if (mishap === "none") return;
    const integration = mishap === "duplicate" ? "l" : "n";
    const push = this.transactions.find((one) => one.key === key && one.integration === integration);
    if (!push) return;
    push.status = "unknown";
    const erp = this.erp(integration);
    const writes = mishap === "duplicate" ? 2 : mishap === "unknown-done" ? 1 : 0;
    const reference = `REF${key}`;
    if (writes > 1) this.strike("pause-longer-than-lease");
    for (let n = 0; n < writes; n++)
      store(erp, this.tick(), { entity, key, op: "post", by: "platform", reference }, fields);
    const effect = writes > 0 ? "now" : "none";
    erp.sends.push({ at: this.tick(), entity, key, op: "post", reference, effect, answered: false });
    this.letter(
      { kind: "PUSH", direction: "outbound", integration, entityType: entity, key, externalId: null },
      writes > 1 ? "DUPLICATE" : "UNKNOWN",
    );
  }

  /** A row in the master that no record can be made of. */
  spoil(key: string): void {
    store(
      this.erp("k"),
      this.tick(),
      { entity: "Supplier", key, op: "create", by: { operation: "spoiler.1" } },
      { supplierNumber: key },
    );
    this.invalid.push({ integration: "k", entity: "Supplier", key, why: "rejected" });
    this.letter(
      {
        kind: "REJECTED",
        direction: "inbound",
        integration: "k",
        entityType: "Supplier",
        key: null,
        externalId: `k-${key}`,
      },
      "ERP008",
    );
    this.job({ read: 1, rejected: 1 });
  }

  strike(kind: History["faults"][number]["kind"], observed = true): void {
    this.faults.push({ kind, at: this.tick(), observed });
  }

  history(): History {
    this.push();
    const rejected = this.letters.filter(({ kind }) => kind === "REJECTED").length;
    const records = [...this.records.values()];
    const alive = this.erp("k").final.filter(({ entity }) => entity === "Supplier").length;
    const counts = { read: alive, unchanged: alive - rejected, rejected };
    const copy: History = {
      version: 1,
      setup: {
        seed: 1,
        minutes: 1,
        policies: { Supplier: { "*": "erp" } },
        limits: { quietMs: 30_000, applied: 1, faults: { kill: 1 } },
      },
      timings: { startedAt: 0, healedAt: this.now * 1000, quietAt: this.now * 1000 + 5000 },
      erps: this.erps,
      operations: this.operations,
      faults: this.faults,
      invalid: this.invalid,
      api: {
        records,
        deadLetters: this.letters,
        transactions: this.transactions,
        jobs: this.jobs,
        rereads: [newJob(`j${++this.ids}`, counts)],
        afterReread: { records, deadLetters: this.letters },
      },
      consumer: {
        feed: this.events,
        events: this.events.filter((_, n) => n % 3 !== 1),
        baselines: [],
        held: records.map(({ entityType: entity, key, version, deleted, record }) => ({
          entity,
          key,
          version,
          record: deleted ? null : record,
        })),
      },
    };
    return structuredClone(copy);
  }

  private tick(): number {
    return ++this.now * 1000;
  }

  private erp(integration: string): ErpHistory {
    const erp = this.erps.find((one) => one.integration === integration);
    if (!erp) throw new Error(`there is no ${integration}`);
    return erp;
  }

  private operation(
    by: "mes" | "k",
    what: Pick<Operation, "entity" | "key" | "action" | "fields" | "outcome">,
    answer: { version?: number },
  ): string {
    const counter = this.operations.length + 1;
    const id = `${by}.${counter}`;
    const side = by === "mes" ? by : { integration: by };
    const at = { started: this.tick(), ended: this.tick() };
    const known = what.outcome === "ok" ? answer : {};
    this.operations.push({ id, writer: by, counter, side, ...what, ...at, ...known });
    return id;
  }

  /** The next version, unless nothing changes; planned for everybody else, and told. */
  private accept(entity: EntityName, key: string, fields: JsonObject | null, from: string | null): number {
    const name = `${entity} ${key}`;
    const before = this.records.get(name);
    const kept = before && !before.deleted ? before.record : {};
    const version = (before?.version ?? 0) + 1;
    const deleted = fields === null;
    const record = deleted ? (before?.record ?? {}) : { ...kept, ...fields };
    const sync: RecordView["sync"] = [
      { integration: "k", direction: "inbound", state: "SYNCED", externalId: `k-${key}` },
    ];
    this.records.set(name, { entityType: entity, key, version, deleted, updatedAt: "", record, sync });
    const op = deleted ? "delete" : before && !before.deleted ? "update" : "create";
    if (from !== null)
      this.transaction(
        { integration: from, direction: "inbound", entityType: entity, key, version, operation: op },
        "confirmed",
      );
    for (const { integration } of this.erps)
      if (integration !== from)
        this.transaction(
          { integration, direction: "outbound", entityType: entity, key, version, operation: op },
          "pending",
        );
    this.tell(op, { entityType: entity, key, version, ...(deleted ? {} : { record }) });
    return version;
  }

  private transaction(
    what: Pick<Transaction, "integration" | "direction" | "entityType" | "key" | "version" | "operation">,
    status: Transaction["status"],
  ): void {
    this.transactions.push({
      id: `t${++this.ids}`,
      ...what,
      status,
      externalId: null,
      attempts: 1,
      jobId: null,
      createdAt: "",
      problem: null,
    });
  }

  private tell(op: string, data: JsonObject): void {
    this.events.push(newEvent(++this.position, `erp.${String(data["entityType"])}.${op}d`, data));
  }

  private send(erp: ErpHistory, push: Transaction, { entityType: entity, key, record, deleted }: RecordView): void {
    const there = erp.final.find((one) => one.entity === entity && one.key === key);
    if (deleted && !there) return;
    const op = deleted ? "delete" : there ? "update" : entity === "Supplier" ? "create" : "post";
    const reference = `REF${push.id}`;
    const shown =
      erp.integration === "l" && typeof record["name"] === "string"
        ? { ...record, name: record["name"].toUpperCase() }
        : record;
    erp.sends.push({ at: this.tick(), entity, key, op, reference, effect: "now", answered: true });
    store(erp, this.tick(), { entity, key, op, by: "platform", reference }, shown);
  }

  private letter(
    what: Pick<DeadLetter, "kind" | "direction" | "integration" | "entityType" | "key" | "externalId">,
    reason: string,
  ): void {
    const at = new Date(this.tick()).toISOString();
    this.letters.push({
      id: `d${++this.ids}`,
      ...what,
      reason,
      ...BARE,
      status: "OPEN",
      createdAt: at,
      updatedAt: at,
    });
  }

  private job(counts: Partial<JobCounts>): void {
    this.jobs.push(newJob(`j${++this.ids}`, counts));
  }
}
