import type { JsonObject } from "@dovetail/domain";
import type { Columns, RecordTypes } from "../layout";
import { SetAside } from "../refusal";
import type { FileReader, FileRecord, Parsed } from "./record";
import { nameOf } from "./text";

/** A document with as many lines could not be stored: a head is missing. */
const MAX_LINES = 100_000;

/**
 * Documents out of lines of several types: a head and what stands below it. `lines` brings each line as
 * `{ type, line }`. A line that cannot be read is a problem of its document.
 */
export function typedReader(
  lines: FileReader,
  types: RecordTypes,
  columns: Columns,
  parse: (line: string, columns: Columns) => Parsed,
): FileReader {
  return {
    path: lines.path,
    columns: columns.map((column) => (typeof column === "string" ? column : column.name)),
    async *records(from, seen) {
      const documents = new Documents(nameOf(lines.path), types, columns, parse);
      for await (const records of lines.records(from, seen)) {
        const done = documents.take(records);
        if (done.length > 0) yield done;
      }
      const last = documents.finish(from === undefined);
      if (last.length > 0) yield last;
    },
  };
}

class Documents {
  private open: FileRecord | undefined;
  private count = 0;
  private begun = false;
  private ended = false;
  private readonly lines: ReadonlyMap<string, RecordTypes["lines"][number]>;

  constructor(
    private readonly name: string,
    private readonly types: RecordTypes,
    private readonly columns: Columns,
    private readonly parse: (line: string, columns: Columns) => Parsed,
  ) {
    this.lines = new Map(types.lines.map((line) => [line.type, line]));
  }

  /** Documents that are whole by now. */
  take(records: readonly FileRecord[]): FileRecord[] {
    const done: FileRecord[] = [];
    for (const record of records) this.takeLine(record, done);
    return done;
  }

  /** Behind the last document of a file that is read on from there nothing needs to come. */
  finish(fromStart: boolean): FileRecord[] {
    const { trailer } = this.types;
    if (trailer !== undefined && !this.ended && (fromStart || this.begun))
      throw new SetAside(`${this.name} is truncated: its last record ${JSON.stringify(trailer)} is missing`);
    return this.open ? [this.open] : [];
  }

  private takeLine({ values, problem, end }: FileRecord, done: FileRecord[]): void {
    const { head, ignored, trailer } = this.types;
    const type = String(values["type"]);
    this.begun = true;
    if (this.ended) throw new SetAside(`${this.name} goes on behind its last record ${JSON.stringify(trailer)}`);
    this.ended = type === trailer;
    if (type === head) {
      if (this.open) done.push(this.open);
      const parsed = this.parse(String(values["line"]), this.columns);
      const wrong = problem ?? parsed.problem;
      const lists = Object.fromEntries(this.types.lines.map(({ as }) => [as, []]));
      this.open = { values: { ...parsed.values, ...lists }, end, ...(wrong === undefined ? {} : { problem: wrong }) };
      this.count = 0;
    } else if (this.lines.has(type)) this.addLine(type, String(values["line"]), problem, end);
    else if (!this.ended && !ignored.includes(type))
      throw new SetAside(`${this.name} has a record of type ${JSON.stringify(type.slice(0, 50))}, which is not known`);
    // What is passed over below a document is behind it.
    else if (this.open) this.open.end = end;
  }

  private addLine(type: string, text: string, broken: string | undefined, end: number): void {
    const { open } = this;
    if (!open)
      throw new SetAside(`${this.name} has a record ${JSON.stringify(type)} before its first ${this.types.head}`);
    if (++this.count > MAX_LINES) throw new SetAside(`${this.name} has a document of more than ${MAX_LINES} lines`);
    const { as, columns } = this.lines.get(type) as RecordTypes["lines"][number];
    const { values, problem } = this.parse(text, columns);
    (open.values[as] as JsonObject[]).push(values);
    open.end = end;
    const wrong = broken ?? problem;
    if (wrong !== undefined) open.problem ??= `line ${this.count} of it: ${wrong}`;
  }
}
