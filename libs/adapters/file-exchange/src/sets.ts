import { ENTITY_NAMES, type EntityName, type Json } from "@dovetail/domain";
import type { FileConfig } from "./config";
import { NamePattern } from "./file-name";
import { type Layout, readLayout } from "./layout";
import { isObject, refusal } from "./refusal";

/** Files of lines that belong to the documents of a set. */
export interface ChildSet {
  /** Member of the document that lists them. */
  as: string;
  pattern: NamePattern;
  parentKey: readonly string[];
  layout: Layout;
}

/** How the deliveries of a set are numbered by their sender. */
export interface Sequence {
  /** Where the number stands: in the file's name as `{seq}`, or in `<file>.seq` beside it. */
  by: "name" | "file";
  first: number;
  /** After it comes `first` again. */
  last?: number;
}

/** The files of one entity. */
export interface FileSet {
  entity: EntityName;
  pattern: NamePattern;
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
  /** Deliveries are taken in the order of their numbers, none is passed over. */
  sequence?: Sequence;
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
  const patterns = sets.flatMap((set) => [set.pattern.text, ...set.children.map((child) => child.pattern.text)]);
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
  const pattern = patternOf(value, at);
  const sequence = readSequence(value["sequence"], pattern, at);
  const children = Array.isArray(value["children"]) ? value["children"] : [];
  if (children.length > 0 && layout.format === "xml") throw refusal(`${at}: lines of XML stand in their document`);
  return {
    entity: entityType as EntityName,
    pattern,
    key: namesOf(value["key"], `${at}.key`),
    layout,
    content,
    zone,
    ...(sequence ? { sequence } : {}),
    ...(typeof watermark === "string" ? { watermark } : {}),
    children: children.map((child: unknown, index) => readChild(child, `${at}.children[${index}]`, config, layout)),
  };
}

function readChild(value: unknown, at: string, config: FileConfig, parent: Layout): ChildSet {
  if (!isObject(value)) throw refusal(`${at} must be an object`);
  if (typeof value["as"] !== "string" || value["as"] === "") throw refusal(`${at}.as must name a member`);
  const { columns: _columns, recordTypes: _types, ...inherited } = parent;
  return {
    as: value["as"],
    pattern: patternOf(value, at),
    parentKey: namesOf(value["parentKey"], `${at}.parentKey`),
    layout: { ...inherited, ...readLayout({ ...inherited, ...value }, at, config) },
  };
}

function patternOf(value: Record<string, unknown>, at: string): NamePattern {
  const { pattern } = value;
  if (typeof pattern !== "string" || pattern === "" || /[/\\]/.test(pattern))
    throw refusal(`${at}.pattern must be a file name, with *, ? and {seq}`);
  if (/\{seq\}.*\{seq\}|[*?]\{seq\}|\{seq\}[*?]/.test(pattern))
    throw refusal(
      `${at}.pattern may hold {seq} once, and not beside a wildcard: nobody could say where the number ends`,
    );
  return new NamePattern(pattern);
}

function readSequence(value: unknown, pattern: NamePattern, at: string): Sequence | undefined {
  const { by, first = 1, last } = isObject(value) ? value : { by: value ?? "none" };
  if (by !== "none" && by !== "name" && by !== "file") throw refusal(`${at}.sequence must be none, name or file`);
  if (by === "name" && !pattern.hasSequence)
    throw refusal(`${at}.pattern must say where the number stands, for instance Orders-{seq}.csv`);
  if (by === "none") return undefined;
  const whole = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0 && (n as number) < 1e15;
  if (!whole(first)) throw refusal(`${at}.sequence.first must be a whole number`);
  if (last === undefined) return { by, first };
  if (!whole(last) || last < first + 3) throw refusal(`${at}.sequence.last must be a whole number well above first`);
  return { by, first, last };
}

function namesOf(value: unknown, at: string): string[] {
  if (Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === "string" && name !== ""))
    return value as string[];
  throw refusal(`${at} must list at least one column`);
}
