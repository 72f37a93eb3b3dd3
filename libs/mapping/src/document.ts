import type { Json } from "@dovetail/domain";

/** What a mapped value is on the MES side. `number` is read as `decimal`. */
export type MappingDataType =
  "string" | "decimal" | "number" | "integer" | "boolean" | "date" | "datetime" | "reference" | "list" | "object";

/** One way data can flow: `inbound` is ERP → MES. */
export type MappingDirection = "inbound" | "outbound" | "both";

/** What becomes of an empty source value: `null` and `default` clear it (then the default applies), `keep` passes it on. */
export type EmptyRule = "null" | "keep" | "default";

/** A named transform with its options, for instance `{"name":"ROUND","scale":4}`. */
export interface TransformStep {
  name: string;
  [option: string]: Json | undefined;
}

/** One or more named transforms; a text is a transform without options. */
export type TransformList = string | TransformStep | readonly (string | TransformStep)[];

/** One rule of a mapping: where a field of the entity comes from and what happens to it on the way. */
export interface FieldMapping {
  /** A field of the entity, or `custom.<name>`. */
  mesField?: string;
  /** Alias of `mesField`. */
  platformField?: string;
  /** A member of the row, a JSONPath (`$…`), or an XPath when the row is XML. Absent: the default alone. */
  erpField?: string;
  /** Alias of `erpField`. */
  sourceField?: string;
  /** Absent: the type that the entity declares for the field. */
  dataType?: MappingDataType;
  isRequired?: boolean;
  /** Alias of `isRequired`. */
  required?: boolean;
  description?: string;
  defaultValue?: Json;
  /** Alias of `defaultValue`. */
  default?: Json;
  empty?: EmptyRule;
  /** Values that count as empty beside null; overrides the document's. */
  emptyValues?: readonly Json[];
  transform?: TransformList;
  /** A sandboxed expression over `value`, run in both directions unless `direction` says otherwise. */
  transformation?: string;
  inboundTransformation?: string;
  outboundTransformation?: string;
  /** Beside a `transformation`: when it runs. Without one: when the whole field is mapped. */
  direction?: MappingDirection;
  /** Never sent to the ERP. */
  readOnly?: boolean;
  /** Never read from the ERP. */
  writeOnly?: boolean;
  /** dataType reference: the entity it points at; absent: as the entity declares. */
  references?: string;
  /** `key` (default): the value is the business key. `externalId`: the ERP's own id, resolved by the engine. */
  referenceBy?: "key" | "externalId";
  /** How a decimal or a reference id is written for the ERP; default `number` for decimals, `string` for references. */
  erpType?: "number" | "string";
  /** dataType list and object: the rules of the members. */
  fields?: readonly FieldMapping[];
}

/** A mapping as it is stored and edited (CONTRACTS "Mapping document"). */
export interface MappingDocument {
  integrationId?: string;
  entityType: string;
  messageType?: string | null;
  schemaVersion?: string | null;
  version?: number;
  direction?: MappingDirection;
  /** Absent: told from the rows. */
  sourceFormat?: "json" | "xml";
  /** Prefix → namespace URI for XPath; the empty prefix is the default element namespace. */
  namespaces?: Readonly<Record<string, string>>;
  /** Values that count as empty beside null, for instance `[false, ""]` for Odoo. */
  emptyValues?: readonly Json[];
  /** Tables of LOOKUP and of the status transforms; they win over those given to the compiler. */
  lookups?: LookupTables;
  mappings: readonly FieldMapping[];
}

/** Tables by name; each maps text to text in the direction its user documents (LOOKUP: ERP → MES). */
export type LookupTables = Readonly<Record<string, Readonly<Record<string, string>>>>;
