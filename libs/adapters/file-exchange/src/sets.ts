import { ENTITY_NAMES, type EntityName, type Json } from "@dovetail/domain";
import type { FileConfig } from "./config";
import { isObject, refusal } from "./refusal";

export type Format = "csv" | "jsonl" | "xml" | "fixed";

/** A column of fixed width: first character from 1, and how many. */
export interface FixedColumn {
  name: string;
  from: number;
  length: number;
}

/** How one kind of file is read. */
export interface Layout {
  format: Format;
  encoding: string;
  /** CSV: `auto` or one character. */
  delimiter: string;
  /** CSV: without a header line the columns in order; fixed: their places. */
  columns?: readonly (string | FixedColumn)[];
  /** XML: name of the element that is one record. */
  record?: string;
}

/** Files of lines that belong to the documents of a set. */
export interface ChildSet {
  /** Member of the document that lists them. */
  as: string;
  pattern: string;
  parentKey: readonly string[];
  layout: Layout;
}

/** The files of one entity. */
export interface FileSet {
  entity: EntityName;
  pattern: string;
  /** Columns (XML: child elements or @attributes) that make the external id, joined by `|`. */
  key: readonly string[];
  children: readonly ChildSet[];
  layout: Layout;
  /** complete: each delivery holds everything. changes: what changed. */
  content: "complete" | "changes";
  /** Column with the time of the last change. */
  watermark?: string;
  /** Appended to times without zone: `Z` or an offset. */
  zone: string;
}

export const FOLDERS = ["in", "work", "done", "error", "out", "ack"] as const;
export type Folders = Readonly<Record<(typeof FOLDERS)[number], string>>;

/** Names below the root; throws AdapterError VALIDATION for one that leaves it or stands for two. */
export function readFolders(value: Json | undefined): Folders {
  const given = isObject(value) ? value : {};
  const folders = Object.fromEntries(FOLDERS.map((name) => [name, given[name] ?? name])) as Record<string, unknown>;
  for (const [name, folder] of Object.entries(folders)) {
    if (typeof folder !== "string" || folder.startsWith("/") || folder === "" || folder.split("/").includes(".."))
      throw refusal(`folders.${name} must be a name below the root`);
  }
  if (new Set(Object.values(folders)).size < FOLDERS.length) throw refusal("two of the folders are the same");
  return folders as unknown as Folders;
}

/** The sets of a connection. Throws AdapterError VALIDATION that names the member at fault. */
export function readSets(config: FileConfig): FileSet[] {
  if (!Array.isArray(config.sets) || config.sets.length === 0)
    throw refusal("sets must list at least one set of files");
  const sets = config.sets.map((value, index) => readSet(value, `sets[${index}]`, config));
  const patterns = sets.flatMap((set) => [set.pattern, ...set.children.map((child) => child.pattern)]);
  const twice = patterns.find((pattern, index) => patterns.indexOf(pattern) !== index);
  if (twice !== undefined) throw refusal(`two sets take the files ${twice}`);
  const entities = sets.map(({ entity }) => entity);
  if (new Set(entities).size < entities.length) throw refusal("two sets are of one entity");
  return sets;
}

function readSet(value: Json, at: string, config: FileConfig): FileSet {
  if (!isObject(value)) throw refusal(`${at} must be an object`);
  const { entityType, content = "changes", watermark, zone = "Z" } = value;
  if (!ENTITY_NAMES.includes(entityType as EntityName)) throw refusal(`${at}.entityType is no entity`);
  if (content !== "changes" && content !== "complete") throw refusal(`${at}.content must be changes or complete`);
  if (typeof zone !== "string" || !/^(Z|[+-]\d\d:\d\d)$/.test(zone)) throw refusal(`${at}.zone must be Z or ±hh:mm`);
  const layout = readLayout(value, at, config);
  const children = Array.isArray(value["children"]) ? value["children"] : [];
  if (children.length > 0 && layout.format === "xml") throw refusal(`${at}: lines of XML stand in their document`);
  return {
    entity: entityType as EntityName,
    pattern: patternOf(value, at),
    key: namesOf(value["key"], `${at}.key`),
    layout,
    content,
    zone,
    ...(typeof watermark === "string" ? { watermark } : {}),
    children: children.map((child: unknown, index) => readChild(child, `${at}.children[${index}]`, config, layout)),
  };
}

function readChild(value: unknown, at: string, config: FileConfig, parent: Layout): ChildSet {
  if (!isObject(value)) throw refusal(`${at} must be an object`);
  if (typeof value["as"] !== "string" || value["as"] === "") throw refusal(`${at}.as must name a member`);
  const { columns: _columns, ...inherited } = parent;
  return {
    as: value["as"],
    pattern: patternOf(value, at),
    parentKey: namesOf(value["parentKey"], `${at}.parentKey`),
    layout: { ...inherited, ...readLayout({ ...inherited, ...value }, at, config) },
  };
}

function patternOf(value: Record<string, unknown>, at: string): string {
  const { pattern } = value;
  if (typeof pattern !== "string" || pattern === "" || /[/\\]/.test(pattern))
    throw refusal(`${at}.pattern must be a file name, with * and ?`);
  return pattern;
}

function namesOf(value: unknown, at: string): string[] {
  if (Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === "string" && name !== ""))
    return value as string[];
  throw refusal(`${at} must list at least one column`);
}

function readLayout(value: Record<string, unknown>, at: string, config: FileConfig): Layout {
  const format = (value["format"] ?? config.format) as Format;
  const encoding = String(value["encoding"] ?? config.encoding);
  const delimiter = String(value["delimiter"] ?? config.delimiter);
  const { columns, record } = value;
  if (!["csv", "jsonl", "xml", "fixed"].includes(format)) throw refusal(`${at}.format is not known`);
  try {
    new TextDecoder(encoding);
  } catch {
    throw refusal(`${at}.encoding ${JSON.stringify(encoding)} is not known`);
  }
  if (format === "fixed" && (!Array.isArray(columns) || !columns.every(isFixed)))
    throw refusal(`${at}.columns must list name, from (1 is the first character) and length`);
  if (
    format === "csv" &&
    columns !== undefined &&
    !(Array.isArray(columns) && columns.every((c) => typeof c === "string"))
  )
    throw refusal(`${at}.columns must list the names of the columns`);
  if (format === "xml" && (typeof record !== "string" || !/^[\w.:-]+$/.test(record)))
    throw refusal(`${at}.record must name the element of one record`);
  if (delimiter !== "auto" && (delimiter.length !== 1 || /["\r\n]/.test(delimiter) || delimiter > "~"))
    throw refusal(`${at}.delimiter must be one character`);
  return {
    format,
    encoding,
    delimiter,
    ...(Array.isArray(columns) ? { columns: columns as (string | FixedColumn)[] } : {}),
    ...(typeof record === "string" ? { record } : {}),
  };
}

function isFixed(value: unknown): boolean {
  if (!isObject(value)) return false;
  const whole = (n: unknown) => Number.isInteger(n) && (n as number) > 0;
  return typeof value["name"] === "string" && whole(value["from"]) && whole(value["length"]);
}
