import type { JsonObject } from "@dovetail/domain";
import type { Files } from "@dovetail/adapter-sdk";
import { isObject, SetAside } from "../refusal";
import type { Columns, FixedColumn, Layout, Place } from "../layout";
import { checkColumns, csvFields, detectDelimiter, widest } from "./csv";
import type { FileReader, FileRecord, Parsed } from "./record";
import { type Dialect, type Piece, split } from "./split";
import { nameOf, openText, readText, type TextFile } from "./text";
import { typedReader } from "./typed";
import { XmlSplitter } from "./xml-split";

/** Opens a file of a set. Throws SetAside when it lacks what `needed` names. */
export async function openReader(
  files: Files,
  path: string,
  layout: Layout,
  needed: readonly string[],
): Promise<FileReader> {
  const text = await openText(files, path, layout);
  switch (layout.format) {
    case "csv":
      return csvReader(files, text, layout, needed);
    case "jsonl":
      return lineReader(files, text, 0, jsonRecord);
    case "fixed":
      return fixedReader(files, text, layout, needed);
    case "xml":
      return xmlReader(files, text, layout.record ?? "");
  }
}

function fixedReader(files: Files, text: TextFile, layout: Layout, needed: readonly string[]): FileReader {
  const columns = layout.columns as readonly FixedColumn[];
  const names = columns.map(({ name }) => name);
  checkColumns(names, needed, nameOf(text.path));
  const parse = (line: string, own: Columns) => fixedRecord(line, own as readonly FixedColumn[]);
  const typeOf = (line: string, at: number | Place) => cut(line, at as Place).trim();
  return rowReader(files, text, layout, 0, { columns: names, parse, typeOf });
}

function csvReader(files: Files, text: TextFile, layout: Layout, needed: readonly string[]): FileReader {
  const name = nameOf(text.path);
  const { quoting } = layout;
  const declared = layout.columns as readonly string[] | undefined;
  const [line, behind] = firstLine(text);
  if (line === "" && declared === undefined) throw new SetAside(`${name} is empty: not even a header line`);
  const found = () => (declared ? widest(line, undefined, quoting) : detectDelimiter(line, needed, name, quoting));
  const delimiter = layout.delimiter === "auto" ? found() : layout.delimiter;
  const columns = declared ?? csvFields(line, delimiter, quoting).map((column) => (column ?? "").trim());
  checkColumns(columns, needed, name, delimiter);
  const parse = (record: string, own: Columns) => csvRecord(csvFields(record, delimiter, quoting), own as string[]);
  const typeOf = (record: string, at: number | Place) =>
    csvFields(record, delimiter, quoting)[(at as number) - 1]?.trim() ?? "";
  return rowReader(files, text, layout, declared ? 0 : behind, {
    columns,
    parse,
    typeOf,
    dialect: { delimiter, quoting },
  });
}

/** How the lines of a file with columns are read. */
interface Rows {
  columns: readonly string[];
  dialect?: Dialect;
  parse(line: string, columns: Columns): Parsed;
  typeOf(line: string, at: number | Place): string;
}

/** One record per line, or with types of records one per head and the lines below it. */
function rowReader(files: Files, text: TextFile, layout: Layout, start: number, rows: Rows): FileReader {
  const { columns, dialect, parse, typeOf } = rows;
  const own = layout.columns ?? columns;
  const types = layout.recordTypes;
  if (!types) return { ...lineReader(files, text, start, (line) => parse(line, own), dialect), columns };
  const typed = (line: string): Parsed => ({ values: { type: typeOf(line, types.at), line } });
  const reader = lineReader(files, text, start, typed, dialect);
  return typedReader(reader, types, own, parse);
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

function csvRecord(fields: readonly (string | null)[], columns: readonly string[]): Parsed {
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

function cut(line: string, { from, length }: Place): string {
  return line.slice(from - 1, from - 1 + length);
}

function fixedRecord(line: string, columns: readonly FixedColumn[]): Parsed {
  const values: JsonObject = {};
  for (const { name, from, length } of columns) values[name] = cut(line, { from, length }).trimEnd();
  // Editors cut blanks at the end: a short line is broken only where a whole column is missing.
  const start = Math.max(...columns.map(({ from }) => from));
  return line.length >= start
    ? { values }
    : { values, problem: `the line has ${line.length} characters, its last column begins at ${start}` };
}

/** Few, so that records are gone before the collector takes them for lasting. */
const AT_ONCE = 256;
const BROKEN = { unclosed: "a quote is not closed", afterQuote: "text follows a closing quote" };

function lineReader(
  files: Files,
  text: TextFile,
  start: number,
  parse: (record: string) => Parsed,
  dialect?: Dialect,
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
      for await (const pieces of split(readText(files, text, begin, seen), begin, dialect)) {
        const wanted = seen ? pieces.filter((piece) => piece.end - piece.bytes.length >= from) : pieces;
        for (let at = 0; at < wanted.length; at += AT_ONCE) yield wanted.slice(at, at + AT_ONCE).map(read);
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
