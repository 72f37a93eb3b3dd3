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

function compileMembers(fields: readonly FieldDefinition[]): Member[] {
  return fields.map((field) => ({
    name: field.name,
    head: `${JSON.stringify(field.name)}:`,
    write: compileWriter(field),
  }));
}

function writeMembers(members: readonly Member[], record: JsonObject): string {
  let text = "";
  for (const member of members) {
    const value = record[member.name];
    if (value === undefined || value === null) continue;
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

function writeText(value: Json): string {
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
