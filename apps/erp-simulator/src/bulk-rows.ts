import { BULK_FIELDS, type BulkField } from "./bulk-fields";

/** Rows per serialised chunk, and the page size that is served straight from memory. */
export const CHUNK = 1000;

/** A page as a domain asks for it: the window `[from, before)` of write_date and the keyset on id. */
export interface BulkQuery {
  after: number;
  from: string;
  before: string;
  limit: number;
  fields: readonly string[];
}

const THIRTY_DAYS = 30 * 86_400_000;
const stampOf = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 19).replace("T", " ");

/** Rows of one model, ids 1…count, serialised once per set of fields: one Buffer per thousand rows. */
export class BulkRows {
  private readonly chunks: (Buffer | undefined)[];
  private readonly known: Readonly<Record<string, BulkField>>;
  private readonly baseStamp: string;
  private changedStamp: string;
  private generation = 0;
  private step = 0;
  private writers: [string, BulkField[1]][];
  private shape = "";

  constructor(
    readonly count: number,
    model: keyof typeof BULK_FIELDS,
    now: number,
  ) {
    this.known = BULK_FIELDS[model];
    this.chunks = new Array<Buffer | undefined>(Math.ceil(count / CHUNK));
    this.baseStamp = stampOf(now - THIRTY_DAYS);
    this.changedStamp = this.baseStamp;
    this.writers = this.writersOf([]);
  }

  /** Types by field, as `fields_get` tells them. */
  fieldsGet(): string {
    const described = Object.entries(this.known).map(([name, [type]]) => [
      name,
      { type, string: name, required: false },
    ]);
    return JSON.stringify(Object.fromEntries(described));
  }

  /** Marks every 1/share-th row changed one second before `now`. Returns how many. */
  change(share: number, now: number): number {
    this.generation++;
    this.changedStamp = stampOf(now - 1000);
    this.step = share > 0 ? Math.max(1, Math.round(1 / share)) : 0;
    for (let index = 0; index < this.chunks.length; index++) {
      if (this.chunks[index]) this.chunks[index] = this.serialise(index);
    }
    return this.changedCount();
  }

  /** Serialises every chunk for these fields now; later pages then cost no time. */
  prepare(fields: readonly string[]): void {
    this.use(fields);
    for (let index = 0; index < this.chunks.length; index++) this.chunk(index);
  }

  /** The rows of a page without the brackets around them. */
  page(query: BulkQuery): Buffer | undefined {
    const { after, from, before, limit } = query;
    this.use(query.fields);
    const everything = from <= this.baseStamp && before > this.changedStamp;
    if (everything && after % CHUNK === 0 && limit === CHUNK) {
      return after < this.count ? this.chunk(after / CHUNK) : undefined;
    }
    const onlyChanged = from > this.baseStamp && this.step > 0;
    const stride = onlyChanged ? this.step : 1;
    const texts: string[] = [];
    for (
      let id = Math.floor(after / stride) * stride + stride;
      id <= this.count && texts.length < limit;
      id += stride
    ) {
      const stamp = this.stamp(id);
      if (stamp >= from && stamp < before) texts.push(this.row(id));
    }
    return texts.length > 0 ? Buffer.from(texts.join(", ")) : undefined;
  }

  /** How many rows lie in a window. */
  total({ from, before }: BulkQuery): number {
    const within = (stamp: string): boolean => stamp >= from && stamp < before;
    const changed = this.changedCount();
    return (within(this.baseStamp) ? this.count - changed : 0) + (within(this.changedStamp) ? changed : 0);
  }

  private changedCount(): number {
    return this.step === 0 ? 0 : Math.floor(this.count / this.step);
  }

  private use(fields: readonly string[]): void {
    const shape = fields.join();
    if (shape === this.shape) return;
    this.shape = shape;
    this.writers = this.writersOf(fields);
    this.chunks.fill(undefined);
  }

  private writersOf(fields: readonly string[]): [string, BulkField[1]][] {
    const wanted = fields.length > 0 ? [...new Set(["id", ...fields])] : Object.keys(this.known);
    return wanted.flatMap((name) => {
      const field = this.known[name];
      return field ? [[name, field[1]] as [string, BulkField[1]]] : [];
    });
  }

  private stamp(id: number): string {
    return this.step > 0 && id % this.step === 0 ? this.changedStamp : this.baseStamp;
  }

  private row(id: number): string {
    const changed = this.step > 0 && id % this.step === 0;
    const row = {
      id,
      text: String(id).padStart(7, "0"),
      version: changed ? this.generation : 0,
      stamp: this.stamp(id),
      created: this.baseStamp,
    };
    return `{${this.writers.map(([name, write]) => `"${name}": ${write(row)}`).join(", ")}}`;
  }

  private chunk(index: number): Buffer {
    return (this.chunks[index] ??= this.serialise(index));
  }

  private serialise(index: number): Buffer {
    const texts: string[] = [];
    const last = Math.min(this.count, (index + 1) * CHUNK);
    for (let id = index * CHUNK + 1; id <= last; id++) texts.push(this.row(id));
    return Buffer.from(texts.join(", "));
  }
}
