import type { Schema } from "./schema/schema";
import type { Row } from "./values";

/** The rows of one model, ids ascending. */
export class Table {
  readonly rows = new Map<number, Row>();
  ids: number[] = [];
  next = 1;

  /** Index of the first id greater than `id`. */
  after(id: number): number {
    let low = 0;
    let high = this.ids.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.ids[middle] ?? 0) <= id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  put(id: number, row: Row | undefined): void {
    const known = this.rows.has(id);
    if (row === undefined) {
      if (!known) return;
      this.rows.delete(id);
      this.ids.splice(this.after(id) - 1, 1);
      return;
    }
    this.rows.set(id, row);
    if (!known) {
      if (id > (this.ids[this.ids.length - 1] ?? 0)) this.ids.push(id);
      else this.ids.splice(this.after(id), 0, id);
    }
    if (id >= this.next) this.next = id + 1;
  }
}

/** All rows, with an index for every one2many. Rows are replaced, never changed in place. */
export class Store {
  readonly tables = new Map<string, Table>();
  readonly counters = new Map<string, number>();
  private readonly children = new Map<string, Map<number, Set<number>>>();
  private readonly indexed = new Map<string, string[]>();

  constructor(schema: Schema) {
    for (const model of schema.models.values()) this.tables.set(model.name, new Table());
    for (const model of schema.models.values()) {
      for (const field of model.fields.values()) {
        if (field.inverse && field.relation && schema.models.has(field.relation)) {
          this.index(field.relation, field.inverse);
        }
      }
    }
  }

  private index(model: string, field: string): void {
    const fields = this.indexed.get(model) ?? [];
    if (fields.includes(field)) return;
    fields.push(field);
    this.indexed.set(model, fields);
    this.children.set(`${model}.${field}`, new Map());
  }

  /** The table of a model of this release. */
  table(model: string): Table {
    const table = this.tables.get(model);
    if (!table) throw new Error(`no table ${model}`);
    return table;
  }

  row(model: string, id: number): Row | undefined {
    return this.tables.get(model)?.rows.get(id);
  }

  put(model: string, id: number, row: Row | undefined): void {
    const table = this.table(model);
    const before = table.rows.get(id);
    for (const field of this.indexed.get(model) ?? []) {
      const index = this.children.get(`${model}.${field}`);
      const from = before?.[field];
      const to = row?.[field];
      if (!index || from === to) continue;
      if (typeof from === "number") index.get(from)?.delete(id);
      if (typeof to === "number") {
        const set = index.get(to) ?? new Set();
        set.add(id);
        index.set(to, set);
      }
    }
    table.put(id, row);
  }

  /** Ids whose many2one `field` names the parent, ascending. */
  childIds(model: string, field: string, parent: number): number[] {
    const set = this.children.get(`${model}.${field}`)?.get(parent);
    return set ? [...set].sort((a, b) => a - b) : [];
  }
}
