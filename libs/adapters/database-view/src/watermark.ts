import { AdapterError, type PullQuery, type SqlColumn } from "@dovetail/adapter-sdk";
import { compareDecimal, type Json, normaliseDecimal, subtractDecimal } from "@dovetail/domain";
import { refusal } from "./refusal";
import { highestOf, select, Values } from "./select";
import type { DatabaseSession } from "./session";
import type { ReadView } from "./settings";
import { toLocal } from "./times";

/**
 * Where a pull stands. A window `lo <= watermark < hi` is read in the order of the key: `last` is the last key of it
 * that was delivered. `lo` null: a full read, which has no bounds. `hi` null: the window is read; the next one starts
 * at `lo`. Bounds are times in UTC in whole seconds, by the database's own clock, or the numbers of the watermark; a
 * highest number is part of its window, for nobody knows whether there is a next one.
 */
export type DatabaseCursor = { lo: string | null; hi: string | null; last: string[] | null };

/** What a watermark counts. A rowversion is SQL Server's own number of each change. */
type Scale = "time" | "number" | "rowversion";

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const NUMBER = /^-?\d{1,38}(\.\d+)?$/;

function scaleOf({ kind }: SqlColumn): Scale | undefined {
  if (kind === "timestamp" || kind === "zoned" || kind === "date") return "time";
  if (kind === "integer" || kind === "decimal") return "number";
  return kind === "rowversion" ? "rowversion" : undefined;
}

/** The watermark of a view or of its lines. Throws ERP008 when it neither is a time nor counts. */
export async function watermarkColumn(session: DatabaseSession, table: string, name: string): Promise<SqlColumn> {
  const column = await session.column(table, name);
  if (scaleOf(column)) return column;
  throw refusal(`the watermark ${name} of ${table} is ${column.type}: it must be a time or a number that rises`);
}

interface Marked {
  table: string;
  column: SqlColumn;
  /** Columns that join lines to their document; none: the document itself. */
  parentKey: readonly string[];
}

/** The watermarks of one view and its lines, all of one scale. */
export class Watermark {
  private constructor(
    private readonly session: DatabaseSession,
    private readonly view: ReadView,
    private readonly scale: Scale,
    private readonly own: Marked | undefined,
    private readonly lines: readonly Marked[],
  ) {}

  static async of(session: DatabaseSession, view: ReadView): Promise<Watermark> {
    if (view.watermark === undefined) return new Watermark(session, view, "time", undefined, []);
    const column = await watermarkColumn(session, view.view, view.watermark);
    const scale = scaleOf(column) ?? "time";
    const lines: Marked[] = [];
    for (const { view: table, watermark, parentKey } of view.children) {
      if (watermark === undefined) continue;
      const own = await watermarkColumn(session, table, watermark);
      if (scaleOf(own) !== scale)
        throw refusal(
          `the watermark ${watermark} of ${table} is ${own.type}, that of ${view.view} ${column.type}: one cannot be compared with the other`,
        );
      lines.push({ table, column: own, parentKey });
    }
    return new Watermark(session, view, scale, { table: view.view, column, parentKey: [] }, lines);
  }

  /** Where this pull begins: a window that was begun is finished first, whatever its age. */
  async open(query: PullQuery, stored: Json | null, keyParts: number, now: string): Promise<DatabaseCursor> {
    const cursor = this.read(stored, keyParts);
    const begun = cursor !== null && cursor.hi !== null;
    if (begun && (query.mode === "incremental" || cursor.lo === null)) return cursor;
    const top = this.scale === "time" ? now : await this.top();
    const lo = query.mode === "full" ? null : (cursor?.lo ?? null);
    if (lo === null || top === null) return { lo: null, hi: top, last: null };
    // A clock that was set back, or a last row that was removed, must not make the window end before it begins.
    return { lo: this.below(lo, query.lookbackSeconds), hi: this.compare(top, lo) > 0 ? top : lo, last: null };
  }

  /** The condition of an incremental window; undefined: every row. Without a watermark every pull reads everything. */
  window({ lo, hi }: DatabaseCursor, key: readonly SqlColumn[]): ((values: Values) => string) | undefined {
    const { own, session } = this;
    if (own === undefined || lo === null || hi === null) return undefined;
    return (values) => {
      const name = `t.${session.quoted(own.column.name)}`;
      // A day is not over at its end, a highest number may not be the last of its kind: both are read once more.
      const upper = own.column.kind === "date" || this.scale === "number" ? "<=" : "<";
      const from = values.of(this.text(lo, own.column), own.column);
      const to = values.of(this.text(hi, own.column), own.column);
      const either = [`(${name} >= ${from} AND ${name} ${upper} ${to})`];
      // Nobody can tell whether such a row has changed.
      if (own.column.nullable) either.push(`${name} IS NULL`);
      // No upper bound for lines: the next window shows the document again, once more costs nothing.
      for (const { table, column, parentKey } of this.lines) {
        const joined = parentKey.map(
          (child, index) => `l.${session.quoted(child)} = t.${session.quoted(key[index]?.name ?? "")}`,
        );
        const moved = `l.${session.quoted(column.name)} >= ${values.of(this.text(lo, column), column)}`;
        either.push(`EXISTS (SELECT 1 FROM ${session.quoted(table)} l WHERE ${[...joined, moved].join(" AND ")})`);
      }
      return either.length === 1 ? (either[0] ?? "") : `(${either.join(" OR ")})`;
    };
  }

  /** The highest number that stands anywhere; null: no row has one. */
  private async top(): Promise<string | null> {
    const { session, own, lines } = this;
    if (this.scale === "rowversion" && session.dialect.rowversionQuery !== undefined) {
      const [row] = await session.sql.query(session.dialect.rowversionQuery);
      return String(row?.["now"] ?? "0");
    }
    let most: string | null = null;
    for (const { table, column } of own ? [own, ...lines] : []) {
      const extra = { most: highestOf(session, `t.${session.quoted(column.name)}`, column) };
      const [row] = await select(session, session.sql, { table, columns: [], extra, values: new Values(session) });
      const here: string | null = row?.get("most") ?? null;
      if (here !== null && (most === null || compareDecimal(here, most) > 0)) most = here;
    }
    return most === null ? null : (normaliseDecimal(most) ?? most);
  }

  private below(lo: string, lookbackSeconds: number): string {
    if (this.scale === "time") return new Date(Date.parse(lo) - lookbackSeconds * 1000).toISOString();
    return this.scale === "number" ? subtractDecimal(lo, this.view.lookback ?? "0") : lo;
  }

  private compare(a: string, b: string): number {
    return this.scale === "time" ? Date.parse(a) - Date.parse(b) : compareDecimal(a, b);
  }

  /** A bound as a value of the column. */
  private text(bound: string, { kind }: SqlColumn): string {
    if (this.scale !== "time") return bound;
    if (kind === "zoned") return `${bound.slice(0, 19)}.000000Z`;
    const local = toLocal(bound, this.session.zone).slice(0, 19);
    return kind === "date" ? local.slice(0, 10) : local;
  }

  private read(value: Json | null, parts: number): DatabaseCursor | null {
    if (value === null) return null;
    const { lo, hi, last } = (typeof value === "object" ? value : {}) as Record<string, Json | undefined>;
    const like = (pattern: RegExp) =>
      [lo, hi].every((at) => at === null || (typeof at === "string" && pattern.test(at)));
    const key =
      last === null || (Array.isArray(last) && last.length === parts && last.every((part) => typeof part === "string"));
    if (!key || !(like(TIME) || like(NUMBER)))
      throw new AdapterError("This is no cursor of this view", { category: "CONFLICT", code: "STALE", sent: "no" });
    // The view has got a watermark of another kind: where the old one stood says nothing.
    return like(this.scale === "time" ? TIME : NUMBER) ? (value as DatabaseCursor) : null;
  }
}
