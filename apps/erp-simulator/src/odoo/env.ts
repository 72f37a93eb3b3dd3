import type { ServerClock } from "./time";
import { userError } from "./errors";
import type { ModelDefinition } from "./schema/notation";
import type { Schema } from "./schema/schema";
import type { Store } from "./store";
import type { Transaction } from "./transaction";
import type { Cell, JsonObject, OdooVersion, Output, Row } from "./values";

/** A public method of a model: receives the record ids and its named arguments. */
export type Method = (env: Env, ids: number[], args: JsonObject) => Output;

/** What one model does beyond storing rows. */
export interface Behaviour {
  /** Fields worked out on reading. */
  computed?: Record<string, (env: Env, row: Row, id: number) => Cell>;
  /** Completes or refuses the values of a new record. */
  prepare?: (env: Env, values: JsonObject) => JsonObject;
  /** Refuses or completes the values of a change. */
  beforeWrite?: (env: Env, ids: number[], values: JsonObject) => JsonObject;
  beforeUnlink?: (env: Env, ids: number[]) => void;
  /** Recomputes stored fields after a create or write. */
  after?: (env: Env, ids: number[], changed: readonly string[]) => void;
  /** Recomputes what depended on deleted records. */
  afterUnlink?: (env: Env, rows: readonly Row[]) => void;
  methods?: Record<string, Method>;
  displayName?: (env: Env, row: Row, id: number) => string;
}

/** One simulated database. */
export interface World {
  readonly version: OdooVersion;
  readonly schema: Schema;
  readonly store: Store;
  readonly clock: ServerClock;
  readonly behaviours: Readonly<Record<string, Behaviour>>;
}

/** One request's view of the database: who asks, in which context, in which transaction. */
export class Env {
  constructor(
    readonly world: World,
    readonly tx: Transaction,
    readonly context: JsonObject = {},
    readonly uid = 2,
  ) {}

  get version(): OdooVersion {
    return this.world.version;
  }

  get store(): Store {
    return this.world.store;
  }

  /** The same transaction with more context. */
  withContext(extra: JsonObject): Env {
    return new Env(this.world, this.tx, { ...this.context, ...extra }, this.uid);
  }

  model(name: string): ModelDefinition {
    const model = this.world.schema.models.get(name);
    if (!model) throw userError(`Object ${name} doesn't exist`);
    return model;
  }

  behaviour(model: string): Behaviour {
    return this.world.behaviours[model] ?? {};
  }

  row(model: string, id: number): Row | undefined {
    return this.store.row(model, id);
  }

  /** The value of a field as stored or computed; null when empty. */
  cell(model: ModelDefinition, row: Row, id: number, name: string): Cell {
    if (name === "id") return id;
    if (name === "display_name") return this.displayName(model.name, id);
    if (name === "__last_update") return row["write_date"] ?? null;
    const computed = this.behaviour(model.name).computed?.[name];
    if (computed) return computed(this, row, id);
    const field = model.fields.get(name);
    if (field?.type === "one2many") {
      if (!field.relation || !field.inverse) return [];
      const ids = this.store.childIds(field.relation, field.inverse, id);
      // Messages name their record by model and id.
      return field.relation === "mail.message"
        ? ids.filter((one) => this.row("mail.message", one)?.["model"] === model.name)
        : ids;
    }
    if (!field && model.inherits) return this.delegated(model, row, name);
    return row[name] ?? null;
  }

  private delegated(model: ModelDefinition, row: Row, name: string): Cell {
    const base = model.inherits;
    const baseId = base ? row[base.via] : null;
    const baseRow = base && typeof baseId === "number" ? this.row(base.model, baseId) : undefined;
    return base && baseRow && typeof baseId === "number"
      ? this.cell(this.model(base.model), baseRow, baseId, name)
      : null;
  }

  /** `get('purchase.order', 4, 'state')`: null when the record is absent. */
  get(model: string, id: number, name: string): Cell {
    const row = this.row(model, id);
    return row ? this.cell(this.model(model), row, id, name) : null;
  }

  text(model: string, id: number, name: string): string {
    const cell = this.get(model, id, name);
    return typeof cell === "string" ? cell : "";
  }

  id(model: string, id: number, name: string): number | null {
    const cell = this.get(model, id, name);
    return typeof cell === "number" ? cell : null;
  }

  ids(model: string, id: number, name: string): number[] {
    const cell = this.get(model, id, name);
    return Array.isArray(cell) ? [...(cell as readonly number[])] : [];
  }

  /** The label of a record in many2one values. */
  displayName(model: string, id: number): string {
    const row = this.row(model, id);
    if (!row) return "";
    const own = this.behaviour(model).displayName;
    if (own) return own(this, row, id);
    const name = this.cell(this.model(model), row, id, "name");
    return typeof name === "string" ? name : `${model},${id}`;
  }

  /** Sets stored fields without rules; stamps the row only when something differs. */
  assign(model: string, id: number, values: Record<string, Cell>): void {
    const row = this.row(model, id);
    if (!row) return;
    const changed = Object.entries(values).some(([name, cell]) => !sameCell(row[name] ?? null, cell));
    if (!changed) return;
    this.tx.put(model, id, { ...row, ...values, write_date: this.tx.stamp, write_uid: this.uid });
  }
}

function sameCell(a: Cell, b: Cell): boolean {
  return Array.isArray(a) && Array.isArray(b) ? a.length === b.length && a.every((x, i) => x === b[i]) : a === b;
}
