import type { FileConfig } from "./config";
import { isObject, refusal } from "./refusal";

export type Format = "csv" | "jsonl" | "xml" | "fixed";

/** How CSV protects delimiters: doubled quotes (RFC 4180), backslashes before what is meant literally, or not at all. */
export type Quoting = "double" | "backslash" | "none";

/** A place of fixed width: first character from 1, and how many. */
export interface Place {
  from: number;
  length: number;
}

export interface FixedColumn extends Place {
  name: string;
}

export type Columns = readonly (string | FixedColumn)[];

/** Lines of several kinds in one file: those that begin a document, and those that belong to the one above them. */
export interface RecordTypes {
  /** Where a line names its type. CSV: the number of the column, from 1. */
  at: number | Place;
  /** The type that begins a document. */
  head: string;
  lines: readonly { as: string; type: string; columns: Columns }[];
  /** Types that are passed over. */
  ignored: readonly string[];
  /** The type without which the file is truncated. */
  trailer?: string;
}

/** How one kind of file is read. */
export interface Layout {
  format: Format;
  encoding: string;
  /** CSV: `auto` or one character. */
  delimiter: string;
  quoting: Quoting;
  /** CSV: without a header line the columns in order; fixed: their places. */
  columns?: Columns;
  /** XML: name of the element that is one record. */
  record?: string;
  recordTypes?: RecordTypes;
}

type Given = Record<string, unknown>;

/** The layout of a set or of its lines. Throws AdapterError VALIDATION that names the member at fault. */
export function readLayout(value: Given, at: string, config: FileConfig): Layout {
  const format = (value["format"] ?? config.format) as Format;
  const { record, recordTypes } = value;
  if (!["csv", "jsonl", "xml", "fixed"].includes(format)) throw refusal(`${at}.format is not known`);
  if (format === "xml" && (typeof record !== "string" || !/^[\w.:-]+$/.test(record)))
    throw refusal(`${at}.record must name the element of one record`);
  const columns = readColumns(value["columns"], format, at);
  if (format === "fixed" && columns === undefined) throw refusal(`${at}.columns is missing`);
  return {
    format,
    encoding: readEncoding(value["encoding"] ?? config.encoding, at),
    ...readDialect(value, at, config),
    ...(columns ? { columns } : {}),
    ...(typeof record === "string" ? { record } : {}),
    ...(recordTypes === undefined ? {} : { recordTypes: readTypes(recordTypes, `${at}.recordTypes`, format, columns) }),
  };
}

function readDialect(value: Given, at: string, config: FileConfig): Pick<Layout, "delimiter" | "quoting"> {
  const delimiter = String(value["delimiter"] ?? config.delimiter);
  const quoting = (value["quoting"] ?? config.quoting) as Quoting;
  if (!["double", "backslash", "none"].includes(quoting)) throw refusal(`${at}.quoting is not known`);
  if (delimiter !== "auto" && (delimiter.length !== 1 || /["\\\r\n]/.test(delimiter) || delimiter > "~"))
    throw refusal(`${at}.delimiter must be one character`);
  return { delimiter, quoting };
}

function readEncoding(value: unknown, at: string): string {
  const encoding = String(value);
  try {
    new TextDecoder(encoding);
    return encoding;
  } catch {
    throw refusal(`${at}.encoding ${JSON.stringify(encoding)} is not known`);
  }
}

function readColumns(value: unknown, format: Format, at: string): Columns | undefined {
  if (value === undefined || (format !== "csv" && format !== "fixed")) return undefined;
  const good = format === "fixed" ? isFixed : (column: unknown) => typeof column === "string" && column !== "";
  if (Array.isArray(value) && value.length > 0 && value.every(good)) return value as (string | FixedColumn)[];
  throw refusal(
    format === "fixed"
      ? `${at}.columns must list name, from (1 is the first character) and length`
      : `${at}.columns must list the names of the columns`,
  );
}

function readTypes(value: unknown, at: string, format: Format, columns: Columns | undefined): RecordTypes {
  if (format !== "csv" && format !== "fixed") throw refusal(`${at} is for CSV and fixed width`);
  if (!isObject(value)) throw refusal(`${at} must be an object`);
  if (columns === undefined) throw refusal(`${at} needs columns: a header line cannot name those of several types`);
  const { at: place = 1, head, lines = [], ignored = [], trailer } = value;
  if (format === "fixed" ? !isPlace(place) : !isWhole(place))
    throw refusal(
      `${at}.at must be ${format === "fixed" ? "an object with from and length" : "the number of a column"}`,
    );
  if (!isName(head)) throw refusal(`${at}.head must be the type that begins a document`);
  if (trailer !== undefined && !isName(trailer)) throw refusal(`${at}.trailer must be a type`);
  if (!Array.isArray(ignored) || !ignored.every(isName)) throw refusal(`${at}.ignored must list types`);
  if (!Array.isArray(lines)) throw refusal(`${at}.lines must be a list`);
  const read = lines.map((line: unknown, index) => readLineType(line, `${at}.lines[${index}]`, format));
  const types = [head, ...read.map(({ type }) => type), ...ignored, ...(isName(trailer) ? [trailer] : [])];
  if (new Set(types).size < types.length) throw refusal(`${at} names a type twice`);
  return { at: place as number | Place, head, lines: read, ignored, ...(isName(trailer) ? { trailer } : {}) };
}

function readLineType(value: unknown, at: string, format: Format): RecordTypes["lines"][number] {
  if (!isObject(value) || !isName(value["as"]) || !isName(value["type"])) throw refusal(`${at} needs as and type`);
  const columns = readColumns(value["columns"], format, at);
  if (columns === undefined) throw refusal(`${at}.columns is missing`);
  return { as: value["as"], type: value["type"], columns };
}

const isName = (value: unknown): value is string => typeof value === "string" && value !== "";
const isWhole = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0;

function isPlace(value: unknown): boolean {
  return isObject(value) && isWhole(value["from"]) && isWhole(value["length"]);
}

function isFixed(value: unknown): boolean {
  return isPlace(value) && isName((value as Given)["name"]);
}
