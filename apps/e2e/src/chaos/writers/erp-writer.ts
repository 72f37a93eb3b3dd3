import { setTimeout as sleep } from "node:timers/promises";
import type { EntityName } from "@dovetail/domain";
import type { ChaosErp } from "../erps/erp";
import type { Operation } from "../history";
import type { Random } from "../random";
import type { Habits } from "./habits";
import type { KeyBook } from "./key-book";
import type { Intent, OperationLog } from "./operation-log";

/** The fields that people change in ERPs; the MES side has others. */
const OWN: Partial<Record<EntityName, readonly string[]>> = {
  Supplier: ["email", "name"],
  Part: ["name"],
  PurchaseOrder: ["notes"],
};

/** Share of writes that are wrong on purpose. */
const INVALID = 0.01;

/** A person at work in an ERP that is master of its rows. */
export class ErpWriter {
  private counter = 0;

  constructor(
    readonly name: string,
    private readonly erp: ChaosErp,
    private readonly random: Random,
    private readonly keys: KeyBook,
    private readonly log: OperationLog,
  ) {}

  async run(signal: AbortSignal, habits: Habits): Promise<void> {
    while (!signal.aborted) {
      await this.step(habits);
      await sleep(this.random.between(0, habits.everyMs * 2), undefined, { signal }).catch(() => undefined);
    }
  }

  /** A record of the same key that a module creates at this moment. */
  createSupplier(key: string): Promise<Operation> {
    const id = this.nextId();
    return this.write({ entity: "Supplier", key, action: "create", fields: this.supplierOf(key, id) });
  }

  /** A new row whose stamp is older than its commit. */
  async createLate(delayMs: number): Promise<Operation> {
    const id = this.nextId();
    const key = `S-${id}`;
    const intent = { entity: "Supplier", key, action: "create", fields: this.supplierOf(key, id) } as const;
    const operation = await this.write(intent, delayMs);
    if (operation.outcome === "ok") this.keys.add("Supplier", key);
    return operation;
  }

  /** A row that no record can be made of: its text holds what cannot be stored. */
  private async createInvalid(): Promise<void> {
    const id = this.nextId();
    const key = `BAD-${id}`;
    const fields = { partNumber: key, name: `Bad ${id}`, description: "half\0a word" };
    const { outcome } = await this.write({ entity: "Part", key, action: "create", fields });
    const { integration } = this.erp;
    if (outcome === "ok") this.log.invalid.push({ integration, entity: "Part", key, why: "rejected" });
  }

  private async step({ creations, hotKeys }: Habits): Promise<void> {
    const { random } = this;
    if (random.chance(INVALID)) return this.createInvalid();
    if (random.chance(creations / 4)) {
      const id = this.nextId();
      const key = `S-${id}`;
      await this.write({ entity: "Supplier", key, action: "create", fields: this.supplierOf(key, id) });
      this.keys.add("Supplier", key);
      return;
    }
    const entity = random.pick(Object.keys(OWN) as EntityName[]);
    const standing = await this.erp.keys(entity);
    const keys = this.keys.of(entity).filter((key) => standing.includes(key));
    if (keys.length === 0) return;
    const field = random.pick(OWN[entity] ?? []);
    const value = field === "email" ? `${this.nextId()}@erp.example` : this.nextId();
    await this.write({
      entity,
      key: random.pick(keys.slice(0, hotKeys)),
      action: "update",
      fields: { [field]: value },
    });
  }

  private supplierOf(key: string, id: string) {
    return { supplierNumber: key, name: `Supplier ${key}`, email: `${id}@erp.example` };
  }

  private nextId(): string {
    return `${this.name}.${++this.counter}`;
  }

  private write(intent: Intent, lateCommitMs = 0): Promise<Operation> {
    const { erp, name: writer, counter } = this;
    const { entity, key, fields } = intent;
    const action = intent.action === "post" ? "create" : intent.action;
    const who = { writer, counter, side: { integration: erp.integration } };
    const operation = `${writer}.${counter}`;
    return this.log.around(who, intent, async () => {
      try {
        return { outcome: "ok", seq: await erp.write({ operation, entity, key, action, fields, lateCommitMs }) };
      } catch {
        return { outcome: "failed" };
      }
    });
  }
}
