import { setTimeout as sleep } from "node:timers/promises";
import type { EntityName, JsonObject } from "@dovetail/domain";
import type { Random } from "../random";
import type { Habits } from "./habits";
import type { KeyBook } from "./key-book";
import type { MesChannel } from "./mes-channel";
import type { Intent, OperationLog } from "./operation-log";
import type { Operation } from "../history";

/** The fields that the MES side changes; the ERP side has others. */
const OWN: Partial<Record<EntityName, readonly string[]>> = {
  Supplier: ["phone", "website"],
  Part: ["description"],
  PurchaseOrder: ["supplierReference"],
};

/** Share of postings that their ERPs refuse. */
const INVALID = 0.04;
const TOO_MUCH = "5000000.5";

/** A module of the MES that keeps changing records; every change carries its name and counter. */
export class MesWriter {
  private counter = 0;

  constructor(
    readonly name: string,
    private readonly channel: MesChannel,
    private readonly random: Random,
    private readonly keys: KeyBook,
    private readonly log: OperationLog,
    /** The ERPs that get cost postings. */
    private readonly books: readonly string[],
  ) {}

  /** Writes until the signal, one after the other. */
  async run(signal: AbortSignal, habits: Habits): Promise<void> {
    while (!signal.aborted) {
      await this.step(habits);
      await sleep(this.random.between(0, habits.everyMs * 2), undefined, { signal }).catch(() => undefined);
    }
  }

  /** A record of the same key that somebody creates at this moment in an ERP. */
  createSupplier(key: string): Promise<Operation> {
    const id = this.nextId();
    return this.write({ entity: "Supplier", key, action: "create", fields: supplierOf(key, id) });
  }

  /** A change of this very record now. */
  touchSupplier(key: string): Promise<Operation> {
    const id = this.nextId();
    return this.write({ entity: "Supplier", key, action: "update", fields: { website: id } });
  }

  /** Three writes of one field that end where they began. */
  async thereAndBack(): Promise<{ intent: Intent; observed: boolean } | undefined> {
    const keys = this.keys.of("Supplier");
    if (keys.length === 0) return undefined;
    const key = this.random.pick(keys);
    const first = this.nextId();
    const values = [first, `${this.name}.${this.counter + 1}`, first];
    const outcomes: string[] = [];
    for (const [n, phone] of values.entries()) {
      if (n > 0) this.counter++;
      const written = await this.write({ entity: "Supplier", key, action: "update", fields: { phone } });
      outcomes.push(written.outcome);
    }
    return {
      intent: { entity: "Supplier", key, action: "update", fields: { phone: first } },
      observed: outcomes.every((outcome) => outcome === "ok"),
    };
  }

  private async step({ creations, hotKeys, freshKeys = Infinity }: Habits): Promise<void> {
    const { random } = this;
    if (random.chance(creations)) return this.create();
    const entity = random.pick(Object.keys(OWN) as EntityName[]);
    const keys = this.keys.of(entity).slice(-freshKeys);
    if (keys.length === 0) return;
    const field = random.pick(OWN[entity] ?? []);
    await this.write({
      entity,
      key: random.pick(keys.slice(0, hotKeys)),
      action: "update",
      fields: { [field]: this.nextId() },
    });
  }

  private create(): Promise<void> {
    const dice = this.random.next();
    if (dice < 0.2) return this.newSupplier();
    return dice < 0.6 ? this.newOrder() : this.newPosting();
  }

  /** A fact: it is never changed afterwards. */
  private async newPosting(): Promise<void> {
    const id = this.nextId();
    const key = `C-${id}`;
    const isInvalid = this.random.chance(INVALID);
    const amount = isInvalid ? TOO_MUCH : `${this.random.between(1, 9_999)}.${this.random.between(1, 99)}`;
    const fields = { costPostingNumber: key, amount, currency: "USD", costCentre: id };
    const { outcome } = await this.write({ entity: "CostPosting", key, action: "post", fields });
    if (isInvalid && outcome !== "failed")
      for (const integration of this.books)
        this.log.invalid.push({ integration, entity: "CostPosting", key, why: "refused" });
  }

  private async newSupplier(): Promise<void> {
    const id = this.nextId();
    const key = `S-${id}`;
    const { outcome } = await this.write({ entity: "Supplier", key, action: "create", fields: supplierOf(key, id) });
    if (outcome === "ok") this.keys.add("Supplier", key);
  }

  private async newOrder(): Promise<void> {
    const [suppliers, parts] = [this.keys.of("Supplier"), this.keys.of("Part")];
    if (suppliers.length === 0 || parts.length === 0) return;
    const id = this.nextId();
    const key = `PO-${id}`;
    const lines = Array.from({ length: this.random.between(1, 4) }, (_, n): JsonObject => ({
      lineNumber: String(n + 1),
      part: this.random.pick(parts),
      quantity: String(this.random.between(1, 20)),
      unit: "EA",
      unitPrice: `${this.random.between(1, 99)}.5`,
    }));
    const supplier = this.random.pick(suppliers);
    const fields = { poNumber: key, supplier, currency: "USD", supplierReference: id, lines };
    const { outcome } = await this.write({ entity: "PurchaseOrder", key, action: "create", fields });
    if (outcome === "ok") this.keys.add("PurchaseOrder", key);
  }

  private nextId(): string {
    return `${this.name}.${++this.counter}`;
  }

  private write(intent: Intent, counter = this.counter): Promise<Operation> {
    const who = { writer: this.name, counter, side: "mes" as const };
    return this.log.around(who, intent, () => this.channel.write(intent));
  }
}

function supplierOf(key: string, id: string): JsonObject {
  return { supplierNumber: key, name: `Supplier ${key}`, phone: id };
}
