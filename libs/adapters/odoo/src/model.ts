import type { EntityName, Json, JsonObject } from "@dovetail/domain";
import type { OdooSession } from "./session";
import type { Known, TableName } from "./tables";
import type { Fields } from "./values";

/** A list of rows that belong to one document. */
export interface ChildModel {
  /** Member of the row under which they arrive, for instance `_lines`. */
  as: string;
  model: string;
  /** Field of the child that points at its document. */
  link: string;
  /** Field of the document that lists its children: the proof that all were read. */
  listed: string;
  fields: readonly string[];
  /** Rows that are no lines: headings and notes of the printed document. */
  skip?(row: JsonObject): boolean;
}

/** Names that a field has in later versions, by its name in Odoo 14. */
export type Aliases = Readonly<Record<string, string>>;

/** How an entity lives in Odoo. */
export interface OdooModel {
  entity: EntityName;
  model: string;
  /** Field of the business key; absent: the key is made up in `finish`. */
  keyField?: string;
  /** Text field that carries the reference of a document we created. */
  referenceField?: string;
  /** Which rows of the model are this entity; conditions on fields that this version lacks are left out by the caller. */
  domain?(fields: Fields, session: OdooSession): Json[];
  fields: readonly string[];
  aliases?: Aliases;
  /** Paths whose later stamp means that the row changed although its own `write_date` did not move. */
  touchedBy?: readonly string[];
  children?: readonly ChildModel[];
  /** Members that are computed here, by name and meaning; each starts with `_`. */
  made: Readonly<Record<string, string>>;
  /** The tables that `finish` asks. */
  tables: readonly TableName[];
  /** Adds them. */
  finish(row: JsonObject, known: Known): void;
}

/** The key of a row that has no number of its own. */
export function madeUpKey(row: JsonObject): string {
  return `ODOO-${row["id"]}`;
}

export function textOr(value: Json | undefined, other: string): string {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : other;
}
