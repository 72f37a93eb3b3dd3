import type { Raw, Stamp } from "@dovetail/adapter-sdk";
import type { Json, JsonObject } from "@dovetail/domain";
import { isObject } from "./errors";
import type { ChildModel, OdooModel } from "./model";
import type { Domain, OdooSession } from "./session";
import { type Fields, isoTime, linkId, tidier, type Tidy } from "./values";

/** Children are fetched in slices of this many, however many documents a page holds. */
const CHILD_SLICE = 5000;

/** Rows with an id above `after` that match, at most `limit`, in order of their ids. */
export interface Slice {
  domain: Domain;
  limit?: number;
}

/** The fields of a row that every read asks for, so that a page and a single re-read show the same. */
export function fieldsRead(session: OdooSession, model: OdooModel, fields: Fields): string[] {
  const { extraFields } = session.config;
  const extra = isObject(extraFields) ? list(extraFields[model.entity]) : [];
  const names = extra.filter((name): name is string => typeof name === "string");
  // A release that has renamed a field has it under the other name alone.
  const renamed = Object.entries(model.aliases ?? {}).flatMap(([name, other]) => (fields.has(name) ? [] : [other]));
  return present(fields, [...model.fields, ...renamed, ...names, ...ownFields(fields)]);
}

/** Reads rows with their children, in two calls whatever their number. */
export async function readRows(session: OdooSession, model: OdooModel, slice: Slice): Promise<Raw[]> {
  const fields = await session.fields(model.model);
  const wanted = fieldsRead(session, model, fields);
  const rows = await session.search(model.model, conditions(model, fields, session, slice.domain), {
    fields: wanted,
    ...(slice.limit ? { limit: slice.limit } : {}),
  });
  const found = await Promise.all((model.children ?? []).map((child) => readChildren(session, child, rows)));
  const known = await session.tables.known(model.tables);
  const places = await session.tables.decimals();
  const decimals = (currency: number) => scale(places.code(currency));
  const tidy = tidier(wanted, fields, decimals);
  const aliases = Object.entries(model.aliases ?? {});
  const lines = found.map((list) => tidier(list.names, list.fields, decimals));
  return rows.map((row) => {
    const date = row["write_date"];
    const raw: Raw = { externalId: String(row["id"]), version: typeof date === "string" ? date : "", body: row };
    const stamps = attach(raw, row, model, found, lines);
    if (typeof date === "string") raw.modifiedAt = latest(date, stamps);
    tidy(row);
    for (const [name, other] of aliases) row[name] ??= row[other] ?? null;
    model.finish(row, known);
    return raw;
  });
}

/** Puts the children into their document and says whether they are all there. */
function attach(raw: Raw, row: JsonObject, model: OdooModel, found: Children[], lines: Tidy[]): Stamped[] {
  if (!model.children) return [];
  const stamps: Stamped[] = [];
  raw.childrenComplete = true;
  model.children.forEach((child, i) => {
    const children = found[i]?.rows.get(Number(row["id"])) ?? [];
    if (!sameIds(row[child.listed], children)) raw.childrenComplete = false;
    for (const line of children) stamps.push(stampOf(line));
    const tidy = lines[i];
    row[child.as] = children.filter((line) => !child.skip?.(line)).map((line) => (tidy ? tidy(line) : line));
  });
  raw.version = version(stampOf(row), stamps);
  return stamps;
}

/** Id and stamp of rows, without their content. */
export async function readStamps(session: OdooSession, model: OdooModel, slice: Slice): Promise<Stamp[]> {
  const fields = await session.fields(model.model);
  const rows = await session.search(model.model, conditions(model, fields, session, slice.domain), {
    fields: present(fields, ["write_date", ...(model.children ?? []).map((child) => child.listed)]),
    ...(slice.limit ? { limit: slice.limit } : {}),
  });
  const lean = (model.children ?? []).map((child) => ({ ...child, fields: [] }));
  const found = await Promise.all(lean.map((child) => readChildren(session, child, rows)));
  return rows.map((row) => ({
    externalId: String(row["id"]),
    version: version(
      stampOf(row),
      model.children ? found.flatMap((list) => (list.rows.get(Number(row["id"])) ?? []).map(stampOf)) : undefined,
    ),
  }));
}

interface Children {
  fields: Fields;
  /** The fields that were read. */
  names: readonly string[];
  rows: Map<number, JsonObject[]>;
}

async function readChildren(session: OdooSession, child: ChildModel, parents: JsonObject[]): Promise<Children> {
  const rows = new Map<number, JsonObject[]>();
  const listed = new Set<Json>();
  for (const parent of parents) for (const id of list(parent[child.listed])) listed.add(id);
  if (listed.size === 0) return { fields: new Map(), names: [], rows };
  const fields = await session.fields(child.model);
  const wanted = present(fields, [child.link, ...child.fields, ...(child.fields.length > 0 ? ownFields(fields) : [])]);
  const ids = parents.map((parent) => parent["id"] ?? null);
  for (let after = 0; ;) {
    const domain: Json[] = [
      [child.link, "in", ids],
      ["id", ">", after],
    ];
    const page = await session.search(child.model, domain, { fields: wanted, limit: CHILD_SLICE });
    for (const row of page) {
      const parent = linkId(row[child.link]);
      // A document may list a part of what points at it: an invoice's lines are not all its journal items.
      if (parent !== undefined && listed.has(row["id"] ?? null)) rows.set(parent, [...(rows.get(parent) ?? []), row]);
    }
    if (page.length < CHILD_SLICE) return { fields, names: wanted, rows };
    after = Number(page.at(-1)?.["id"]);
  }
}

/** The model's own condition and the caller's, joined by "and". */
function conditions(model: OdooModel, fields: Fields, session: OdooSession, domain: Domain): Domain {
  // Prefix notation joins the terms at the top by "and", so whole expressions can simply stand side by side.
  return [...(model.domain?.(fields, session) ?? []), ...domain];
}

function present(fields: Fields, names: readonly string[]): string[] {
  return [...new Set(["create_date", "write_date", ...names])].filter((name) => fields.has(name));
}

/** Fields that a customer added; Odoo makes their names start with `x_`. Pictures and lists stay out. */
function ownFields(fields: Fields): string[] {
  const left = new Set([
    "binary",
    "one2many",
    "many2many",
    "html",
    "serialized",
    "properties",
    "properties_definition",
  ]);
  return [...fields].filter(([name, field]) => name.startsWith("x_") && !left.has(field.type)).map(([name]) => name);
}

interface Stamped {
  id: number;
  date: string;
}

const stampOf = (row: JsonObject): Stamped => ({
  id: Number(row["id"]),
  date: typeof row["write_date"] === "string" ? row["write_date"] : "",
});

const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

function sameIds(listed: Json | undefined, children: JsonObject[]): boolean {
  return list(listed).length === children.length;
}

/** The stamp of a row; of a document also the latest stamp and the number of its lines, for lines move on their own. */
function version(row: Stamped, children: Stamped[] | undefined): string {
  if (!children) return row.date;
  const last = children.reduce((max, child) => (child.date > max ? child.date : max), "");
  return `${row.date}/${last}/${children.length}`;
}

function latest(date: string, children: Stamped[]): string {
  return isoTime(children.reduce((max, child) => (child.date > max ? child.date : max), date));
}

function scale(places: string | null): number | undefined {
  return places === null || places === "" ? undefined : Number(places);
}
