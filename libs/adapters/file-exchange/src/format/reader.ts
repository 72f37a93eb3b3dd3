import type { JsonObject } from "@dovetail/domain";
import type { Files } from "@dovetail/adapter-sdk";
import { isObject, SetAside } from "../refusal";
import type { FixedColumn, Layout } from "../sets";
import { checkColumns, csvFields, detectDelimiter } from "./csv";
import { type Piece, split } from "./split";
import { nameOf, openText, readText, type TextFile } from "./text";
import { XmlSplitter } from "./xml-split";

/** One record of a file. */
export interface FileRecord {
  /** Its columns as they stand there; of a record with a problem what could be told apart. */
  values: JsonObject;
  /** XML: the record itself. */
  xml?: string;
  /** What is wrong with this record alone. */
  problem?: string;
  /** Where to go on behind it: a byte offset in the text, of XML the number of records. */
  end: number;
}

/** An opened file: its columns are known, its records are read as often as wanted. */
export interface FileReader {
  path: string;
  /** Undefined where records name their own members. */
  columns?: readonly string[];
  /** Records from an offset on, one list per chunk; `seen` gets the raw bytes, for a digest. Throws SetAside. */
  records(from?: number, seen?: (bytes: Uint8Array) => void): AsyncGenerator<FileRecord[]>;
}

/** Opens a file of a set. Throws SetAside when it lacks what `needed` names. */
export async function openReader(
  files: Files,
  path: string,
  layout: Layout,
  needed: readonly string[],
): Promise<FileReader> {
  const text = await openText(files, path, layout.encoding);
  switch (layout.format) {
    case "csv":
      return csvReader(files, text, layout, needed);
    case "jsonl":
      return lineReader(files, text, 0, undefined, jsonRecord);
    case "fixed": {
      const columns = layout.columns as readonly FixedColumn[];
      const names = columns.map(({ name }) => name);
      checkColumns(names, needed, nameOf(path));
      return { ...lineReader(files, text, 0, undefined, (line) => fixedRecord(line, columns)), columns: names };
    }
    case "xml":
      return xmlReader(files, text, layout.record ?? "");
  }
}

type Parsed = Pick<FileRecord, "values" | "problem">;

function csvReader(files: Files, text: TextFile, layout: Layout, needed: readonly string[]): FileReader {
  const name = nameOf(text.path);
  const declared = layout.columns as readonly string[] | undefined;
  const [line, behind] = firstLine(text);
  if (line === "" && declared === undefined) throw new SetAside(`${name} is empty: not even a header line`);
  const auto = layout.delimiter === "auto";
  const delimiter = !auto ? layout.delimiter : declared ? widest(line) : detectDelimiter(line, needed, name);
  const columns = declared ?? csvFields(line, delimiter).map((column) => column.trim());
  checkColumns(columns, needed, name, delimiter);
  const parse = (record: string): Parsed => csvRecord(record, columns, delimiter);
  return { ...lineReader(files, text, declared ? 0 : behind, delimiter, parse), columns };
}

/** The header line, and where the records begin. It has no line ends inside quotes. */
function firstLine(text: TextFile): [string, number] {
  const head = Buffer.from(text.head);
  const begin = head.findIndex((byte) => byte !== 10 && byte !== 13);
  if (begin < 0) return ["", head.length];
  const length = head.subarray(begin).findIndex((byte) => byte === 10 || byte === 13);
  const end = length < 0 ? head.length : begin + length;
  return [text.decode(head.subarray(begin, end)), end];
}

function widest(line: string): string {
  const width = (delimiter: string) => csvFields(line, delimiter).length;
  return [",", ";", "\t", "|"].reduce((best, each) => (width(each) > width(best) ? each : best));
}

function csvRecord(record: string, columns: readonly string[], delimiter: string): Parsed {
  const fields = csvFields(record, delimiter);
  const values: JsonObject = {};
  for (let i = 0; i < columns.length; i++) values[columns[i] as string] = fields[i] ?? null;
  if (fields.length === columns.length) return { values };
  return { values, problem: `the row has ${fields.length} columns, the header has ${columns.length}` };
}

function jsonRecord(line: string): Parsed {
  try {
    const value: unknown = JSON.parse(line);
    if (isObject(value)) return { values: value as JsonObject };
    return { values: {}, problem: "the line is no JSON object" };
  } catch {
    return { values: {}, problem: "the line is no JSON" };
  }
}

function fixedRecord(line: string, columns: readonly FixedColumn[]): Parsed {
  const values: JsonObject = {};
  for (const { name, from, length } of columns) values[name] = line.slice(from - 1, from - 1 + length).trimEnd();
  // Editors cut blanks at the end: a short line is broken only where a whole column is missing.
  const start = Math.max(...columns.map(({ from }) => from));
  return line.length >= start
    ? { values }
    : { values, problem: `the line has ${line.length} characters, its last column begins at ${start}` };
}

const BROKEN = { unclosed: "a quote is not closed", afterQuote: "text follows a closing quote" };

function lineReader(
  files: Files,
  text: TextFile,
  start: number,
  delimiter: string | undefined,
  parse: (record: string) => Parsed,
): FileReader {
  const read = (piece: Piece): FileRecord => {
    const { values, problem } = parse(text.decode(piece.bytes));
    const wrong = piece.broken ? BROKEN[piece.broken] : problem;
    mustBeWhole(text.path, piece, wrong);
    return { values, end: piece.end, ...(wrong === undefined ? {} : { problem: wrong }) };
  };
  return {
    path: text.path,
    async *records(from = start, seen) {
      // A digest is of all bytes, the header's too: they pass, but are no record.
      const begin = seen ? 0 : from;
      for await (const pieces of split(readText(files, text, begin, seen), begin, delimiter)) {
        const wanted = seen ? pieces.filter((piece) => piece.end - piece.bytes.length >= from) : pieces;
        if (wanted.length > 0) yield wanted.map(read);
      }
    },
  };
}

/** One bad row is one bad row, unless it shows that rows around it cannot be told apart, or that the end is missing. */
function mustBeWhole(path: string, piece: Piece, problem: string | undefined): void {
  if (problem === undefined) return;
  if (!piece.closed) throw new SetAside(`${nameOf(path)} is truncated: its last row is not ended (${problem})`);
  if (piece.folded) throw new SetAside(`${nameOf(path)}: quotes do not pair up near byte ${piece.end} (${problem})`);
}

function xmlReader(files: Files, text: TextFile, element: string): FileReader {
  return {
    path: text.path,
    async *records(from = 0, seen) {
      const splitter = new XmlSplitter(element, nameOf(text.path));
      const strict = new TextDecoder(text.rewrite ? "utf-8" : text.encoding, { fatal: true });
      let count = 0;
      for await (const chunk of readText(files, text, 0, seen)) {
        const records: FileRecord[] = [];
        for (const xml of splitter.take(decoded(strict, chunk, text.path)))
          if (++count > from) records.push({ values: {}, xml, end: count });
        if (records.length > 0) yield records;
      }
      splitter.finish();
    },
  };
}

function decoded(strict: TextDecoder, chunk: Uint8Array, path: string): string {
  try {
    return strict.decode(chunk, { stream: true });
  } catch {
    throw new SetAside(`${nameOf(path)} is not ${strict.encoding}`);
  }
}
