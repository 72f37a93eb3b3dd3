import { checkName } from "@dovetail/adapter-sdk";
import type { EntityName, Json } from "@dovetail/domain";
import { refusal } from "./refusal";
import { eachOf, type Reader } from "./settings-reader";

/** Rows that belong to one document. */
export interface ChildView {
  /** Member of the row under which they arrive. */
  as: string;
  view: string;
  /** Columns of the child that hold the document's key, in its order. */
  parentKey: string[];
  /** A later time here means that the document changed although its own watermark did not move. */
  watermark?: string;
  /** Column of the document that says how many there are. */
  count?: string;
}

/** How an entity is read. */
export interface ReadView {
  entity: EntityName;
  view: string;
  key: string[];
  watermark?: string;
  /** Of a watermark that counts: numbers that are read once more, for those that commit late. */
  lookback?: string;
  /** Column that shows the reference of a document we wrote. */
  reference?: string;
  /** Column by key field of the entity; absent: the column of the same name. */
  businessKey: Record<string, string>;
  children: ChildView[];
}

export interface WriteChild {
  as: string;
  table: string;
  /** Column of the child → column of the header, or `$reference`. */
  parent: Record<string, string>;
  columns?: Record<string, string>;
}

/** Where an ERP says what became of an interface row. */
export interface WriteStatus {
  column: string;
  pending: string;
  done: string[];
  failed: string[];
  messageColumn?: string;
  externalIdColumn?: string;
}

/** How an entity is written. */
export interface WriteTable {
  entity: EntityName;
  table: string;
  /** insert: new rows alone. upsert: changes too, by key. interface: every push is a row that the ERP takes up. */
  mode: "insert" | "upsert" | "interface";
  /** Column that holds the push's reference; none (`null` in the settings): what was not answered is left to a person. */
  reference?: string;
  /** The reference column has a unique index. Asked for on Oracle, which has no lock by name without a grant. */
  unique: boolean;
  /** Columns whose values, joined, are the external id. */
  key: string[];
  /** Member of the body → column; absent: every member under its own name. */
  columns?: Record<string, string>;
  /** Column → fixed text. */
  values: Record<string, string>;
  /** Column that says what is to be done, with the words for it. */
  operation?: { column: string; words: Record<string, string> };
  /** Interface rows: column that takes the external id of what is changed. */
  externalIdColumn?: string;
  children: WriteChild[];
  status?: WriteStatus;
}

/** `settings.views`, checked. Throws ERP008 that names the place; a view without key is refused here. */
export function readViews(value: Json | undefined): Map<EntityName, ReadView> {
  const known = ["entityType", "view", "key", "watermark", "lookback", "reference", "businessKey", "children"];
  const views = eachOf(value, "settings.views", known, (reader): ReadView => {
    const key = reader.names("key");
    if (key.length === 0)
      throw refusal(`${reader.path} (${reader.text("view")}) has no key: without one no page follows another`);
    const businessKey = reader.map("businessKey") ?? {};
    Object.values(businessKey).forEach(checkName);
    return {
      entity: reader.entity(),
      view: reader.neededName("view"),
      key,
      ...given("watermark", reader.name("watermark")),
      ...given("lookback", reader.number("lookback")),
      ...given("reference", reader.name("reference")),
      businessKey,
      children: reader.each("children", ["as", "view", "parentKey", "watermark", "count"], (child) =>
        childOf(child, key),
      ),
    };
  });
  return byEntity(views, "settings.views");
}

function childOf(reader: Reader, key: readonly string[]): ChildView {
  const parentKey = reader.names("parentKey");
  if (parentKey.length !== key.length)
    throw refusal(`${reader.path}.parentKey has ${parentKey.length} columns, the key of its document ${key.length}`);
  return {
    as: reader.needed("as"),
    view: reader.neededName("view"),
    parentKey,
    ...given("watermark", reader.name("watermark")),
    ...given("count", reader.name("count")),
  };
}

const WRITE_MEMBERS = [
  "entityType",
  "table",
  "mode",
  "reference",
  "unique",
  "key",
  "columns",
  "values",
  "operation",
  "externalIdColumn",
  "children",
  "status",
];

/** `settings.writes`, checked. Throws ERP008 that names the place. */
export function readWrites(value: Json | undefined, views: Map<EntityName, ReadView>): Map<EntityName, WriteTable> {
  const writes = eachOf(value, "settings.writes", WRITE_MEMBERS, (reader): WriteTable => {
    const entity = reader.entity();
    const mode = reader.text("mode") ?? "insert";
    if (mode !== "insert" && mode !== "upsert" && mode !== "interface")
      throw refusal(`${reader.path}.mode is insert, upsert or interface`);
    const own = reader.names("key");
    const reference = referenceOf(reader, mode);
    const status = reader.one("status", STATUS_MEMBERS, statusOf);
    if (mode !== "interface" && status) throw refusal(`${reader.path}.status belongs to mode interface`);
    return {
      entity,
      table: reader.neededName("table"),
      mode,
      ...given("reference", reference),
      unique: reader.flag("unique"),
      key: own.length > 0 ? own : keyFrom(views.get(entity), mode, reader),
      ...given("columns", columnMap(reader.map("columns"))),
      values: columnNames(reader.map("values") ?? {}),
      ...given("operation", reader.one("operation", ["column", "create", "update", "delete", "post"], operationOf)),
      ...given("externalIdColumn", reader.name("externalIdColumn")),
      children: childrenOf(reader, reference),
      ...given("status", status),
    };
  });
  return byEntity(writes, "settings.writes");
}

function childrenOf(reader: Reader, reference: string | undefined): WriteChild[] {
  const children = reader.each("children", ["as", "table", "parent", "columns"], writeChildOf);
  if (children.length > 0 && reference === undefined)
    throw refusal(`${reader.path}.reference is missing: lines are written to a document that is found by it`);
  return children;
}

/** Only plain new rows do without, where the settings say so: everything else is found again by it. */
function referenceOf(reader: Reader, mode: string): string | undefined {
  return mode === "insert" && reader.isNull("reference") ? undefined : reader.neededName("reference");
}

function keyFrom(view: ReadView | undefined, mode: string, reader: Reader): string[] {
  if (view) return view.key;
  if (mode === "interface") return [];
  throw refusal(`${reader.path}.key is missing: the columns of the external id`);
}

const STATUS_MEMBERS = ["column", "pending", "done", "failed", "messageColumn", "externalIdColumn"];

function statusOf(reader: Reader): WriteStatus {
  const done = reader.texts("done");
  if (done.length === 0) throw refusal(`${reader.path}.done is missing`);
  return {
    column: reader.neededName("column"),
    pending: reader.needed("pending"),
    done,
    failed: reader.texts("failed"),
    ...given("messageColumn", reader.name("messageColumn")),
    ...given("externalIdColumn", reader.name("externalIdColumn")),
  };
}

function operationOf(reader: Reader): { column: string; words: Record<string, string> } {
  const words = ["create", "update", "delete", "post"].flatMap((op) => {
    const word = reader.text(op);
    return word === undefined ? [] : [[op, word] as const];
  });
  return { column: reader.neededName("column"), words: Object.fromEntries(words) };
}

function writeChildOf(reader: Reader): WriteChild {
  const parent = columnNames(reader.map("parent") ?? {});
  if (Object.keys(parent).length === 0) throw refusal(`${reader.path}.parent is missing`);
  for (const source of Object.values(parent)) if (source !== "$reference") checkName(source);
  return {
    as: reader.needed("as"),
    table: reader.neededName("table"),
    parent,
    ...given("columns", columnMap(reader.map("columns"))),
  };
}

function columnMap(map: Record<string, string> | undefined): Record<string, string> | undefined {
  Object.values(map ?? {}).forEach(checkName);
  return map;
}

function columnNames(map: Record<string, string>): Record<string, string> {
  Object.keys(map).forEach(checkName);
  return map;
}

function given<K extends string, V>(name: K, value: V | undefined): { [N in K]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { [N in K]?: V };
}

function byEntity<T extends { entity: EntityName }>(items: T[], path: string): Map<EntityName, T> {
  const map = new Map(items.map((item) => [item.entity, item]));
  if (map.size < items.length) throw refusal(`${path} names an entity twice`);
  return map;
}
