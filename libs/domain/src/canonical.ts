import { ENTITIES } from "./entities";
import { normaliseDecimal } from "./decimal";
import { isObject, sortedJson } from "./json";
import { inLineOrder } from "./line-order";
import { normaliseDatetime } from "./temporal";
import type { EntityName, FieldDefinition, Json, JsonObject } from "./types";

/** The canonical text of one value; undefined when the value says nothing. */
export type ValueWriter = (value: Json) => string | undefined;

interface Member {
  name: string;
  head: string;
  write: ValueWriter;
}

const writers = new Map<EntityName, (record: JsonObject) => string>();

/**
 * The one text of a record: declared fields in declared order, null left out, decimals and instants normalised, lines
 * in order of their keys, `custom` sorted and always present. Equal texts mean equal records. Values of a wrong type
 * are written as they are: validate first. Undeclared members are dropped.
 */
export function canonicalJson(entity: EntityName, record: JsonObject): string {
  let write = writers.get(entity);
  if (!write) writers.set(entity, (write = compileRecord(ENTITIES[entity].fields)));
  return write(record);
}

function compileRecord(fields: readonly FieldDefinition[]): (record: JsonObject) => string {
  const members = compileMembers(fields.filter((field) => field.name !== "custom"));
  return (record) => {
    const text = writeMembers(members, record);
    const custom = record["custom"];
    const tail = `"custom":${isObject(custom) ? sortedJson(custom) : "{}"}}`;
    return text === "" ? `{${tail}` : `{${text},${tail}`;
  };
}

/** The members in declared order, and the place of each name in it. */
interface Members {
  ordered: readonly Member[];
  places: ReadonlyMap<string, number>;
}

function compileMembers(fields: readonly FieldDefinition[]): Members {
  const ordered = fields.map((field) => ({
    name: field.name,
    head: `${JSON.stringify(field.name)}:`,
    write: compileWriter(field),
  }));
  return { ordered, places: new Map(ordered.map((member, place) => [member.name, place])) };
}

/** Goes through the members that are there: asking for each declared one costs thrice as much. */
function writeMembers({ ordered, places }: Members, record: JsonObject): string {
  const values = new Array<Json | undefined>(ordered.length);
  for (const name in record) {
    const place = places.get(name);
    if (place !== undefined) values[place] = record[name];
  }
  let text = "";
  for (let place = 0; place < values.length; place++) {
    const value = values[place];
    const member = ordered[place];
    if (value === undefined || value === null || member === undefined) continue;
    const written = member.write(value);
    if (written !== undefined) text += (text === "" ? "" : ",") + member.head + written;
  }
  return text;
}

/** Compiles the writer of one field; two values of the field are equal exactly when their texts are. */
export function compileWriter(field: FieldDefinition): ValueWriter {
  switch (field.type) {
    case "decimal":
      return (value) => writeText(typeof value === "string" ? (normaliseDecimal(value) ?? value) : value);
    case "datetime":
      return (value) => writeText(typeof value === "string" ? (normaliseDatetime(value) ?? value) : value);
    case "reference":
      // A reference to nothing is no reference.
      return (value) => (value === "" ? undefined : writeText(value));
    case "list":
      return compileList(field);
    case "object":
      return compileObject(field);
    default:
      return writeText;
  }
}

/** JSON.stringify costs three times this test for the short strings of a record. */
const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

function writeText(value: Json): string {
  if (typeof value === "string") return NEEDS_ESCAPE.test(value) ? JSON.stringify(value) : `"${value}"`;
  return typeof value === "object" ? sortedJson(value) : JSON.stringify(value);
}

function compileList(field: FieldDefinition): ValueWriter {
  const members = compileMembers(field.fields ?? []);
  const lineKey = field.lineKey ?? "";
  return (value) => {
    if (!Array.isArray(value)) return sortedJson(value);
    const lines = inLineOrder(value, lineKey);
    return `[${lines.map((line) => (isObject(line) ? `{${writeMembers(members, line)}}` : sortedJson(line))).join(",")}]`;
  };
}

/** An object that says nothing is as good as absent. */
function compileObject(field: FieldDefinition): ValueWriter {
  const members = field.fields && compileMembers(field.fields);
  return (value) => {
    if (!isObject(value)) return sortedJson(value);
    const text = members ? `{${writeMembers(members, value)}}` : sortedJson(value);
    return text === "{}" ? undefined : text;
  };
}
