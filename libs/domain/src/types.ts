/** Any JSON value. Money and quantities travel as decimal strings, never as numbers. */
export type Json = null | boolean | number | string | Json[] | { [member: string]: Json };
/** A JSON object. */
export type JsonObject = { [member: string]: Json };

/** Every canonical entity, parents before the entities that refer to them. */
export const ENTITY_NAMES = [
  "Supplier",
  "Customer",
  "Contact",
  "Technician",
  "Port",
  "Vessel",
  "GlAccount",
  "Part",
  "CatalogItem",
  "InventoryBalance",
  "WorkOrder",
  "PurchaseOrder",
  "SalesOrder",
  "Order",
  "Requisition",
  "Rfq",
  "Ticket",
  "Receipt",
  "Shipment",
  "InventoryTransaction",
  "CostPosting",
  "Invoice",
  "Payment",
  "GlTransaction",
] as const;

/** The spelling of an entity in APIs, subjects and tables. */
export type EntityName = (typeof ENTITY_NAMES)[number];

/**
 * How a value is written.
 * decimal: text `-?\d+(\.\d+)?`; integer: safe JSON integer; date: `YYYY-MM-DD`; datetime: RFC 3339 with zone;
 * currency: ISO 4217 alpha code; unit: UN/ECE Rec 20 code; reference: business key of another entity;
 * list: lines with a line key; object: declared members, or free JSON when `fields` is absent.
 */
export type FieldType =
  | "string"
  | "decimal"
  | "integer"
  | "boolean"
  | "date"
  | "datetime"
  | "currency"
  | "unit"
  | "enum"
  | "reference"
  | "list"
  | "object";

/** One declared member of an entity, a line or an object. */
export interface FieldDefinition {
  name: string;
  type: FieldType;
  required?: boolean;
  /** The entity whose key a `reference` holds. */
  references?: EntityName;
  /** The values of an `enum`. */
  values?: readonly string[];
  /** In characters (code points). */
  maxLength?: number;
  /** A regular expression (ECMA-262, `u`) that a `string` matches whole. */
  pattern?: string;
  /** Personal data: its value never appears in an error. */
  personal?: boolean;
  /** Members of an `object`, or of each line of a `list`. */
  fields?: readonly FieldDefinition[];
  /** The member that tells the lines of a `list` apart. */
  lineKey?: string;
  description: string;
}

/** Groups that integrations may name instead of entities. */
export type EntityGroup = "AR" | "AP" | "Sales" | "masterData" | "transactional" | "inventory";

/** State has a current version that replaces the earlier ones; a fact happened once and is only ever reversed. */
export type EntityKind = "state" | "fact";

/** A canonical entity. */
export interface EntityDefinition {
  name: EntityName;
  /** Stored in databases instead of the name: never reused, never renumbered. */
  code: number;
  kind: EntityKind;
  /** Fields whose values, joined by `|`, are the business key. */
  key: readonly string[];
  /** Key fields that may be absent or empty; their part of the key is then empty. */
  optionalKey?: readonly string[];
  fields: readonly FieldDefinition[];
  description: string;
  group: readonly EntityGroup[];
}

/** One broken rule of one field. */
export interface FieldError {
  /** A path such as `lines[2].quantity`; empty for the record itself. */
  field: string;
  /** required, type, unknown, maxLength, minLength, pattern, enum, format, nul, newline, unicode, separator, duplicateKey, name, depth. */
  rule: string;
  /** The offending value, cut to 200 characters and safe to store; `***` for personal data. */
  value: Json;
  /** An error code of the catalogue; ERP008 from this library. */
  code: string;
  message?: string;
}
