import type { EntityName, FieldError, JsonObject } from "@dovetail/domain";
import type { LookupTables } from "./document";
import type { Sandbox } from "./sandbox/sandbox";

/** A source row: a JSON object, or one XML document. */
export type SourceRow = JsonObject | { xml: string };

/**
 * A value that is still an external id: the engine overwrites `holder[field]` with the business key.
 * `path` is the field's place in the record, for messages (`lines[2].part`).
 */
export interface Ref {
  holder: JsonObject;
  field: string;
  path: string;
  entity: EntityName;
  externalId: string;
}

/** What one row became. With errors the record is incomplete and must not be merged. */
export interface InboundResult {
  record: JsonObject;
  refs: readonly Ref[];
  errors: readonly FieldError[];
}

/** What goes to the ERP. With errors the body is incomplete and must not be sent. */
export interface OutboundResult {
  body: JsonObject;
  errors: FieldError[];
}

export interface OutboundOptions {
  /** Top-level MES fields that changed; absent: all (a create). */
  changed?: readonly string[];
  /** The external id behind a business key; undefined when there is no link yet. */
  resolve(entity: EntityName, key: string): string | undefined;
}

/** A record that this one points at by external id and that must be linked before a push. */
export interface OutboundReference {
  entity: EntityName;
  key: string;
}

/** One step of one field in a preview. */
export interface PreviewStep {
  step: string;
  value: unknown;
}

/** How one field came to its value. */
export interface PreviewField {
  field: string;
  source: unknown;
  steps: PreviewStep[];
  result: unknown;
  error?: FieldError;
}

/** A mapping turned into functions: compile once, use for every page. */
export interface CompiledMapping {
  readonly entity: EntityName;
  readonly version?: number;
  /** Top-level members of a row that the mapping reads; what an adapter has to ask for. */
  readonly sourceFields: readonly string[];
  /** Things that are allowed but lose something, for instance a transform that cannot be undone. */
  readonly warnings: readonly string[];
  /** True when rows pass through the sandbox, so that `inbound` answers with a promise. */
  readonly usesSandbox: boolean;
  /** Maps a page. Never throws for a bad row. A promise only when an expression runs or the rows are XML. */
  inbound(rows: readonly SourceRow[]): InboundResult[] | Promise<InboundResult[]>;
  outbound(record: JsonObject, options: OutboundOptions): Promise<OutboundResult>;
  outboundReferences(record: JsonObject): OutboundReference[];
  /** How each field of one sample row came to its value. */
  preview(row: SourceRow): Promise<PreviewField[]>;
}

export interface CompileOptions {
  entity: EntityName;
  lookups?: LookupTables;
  /** Names the ERP offers; when given, an unknown member is refused with a suggestion. */
  knownSourceFields?: readonly string[];
  /** Where expressions run; absent: the process-wide sandbox. */
  sandbox?: Sandbox;
}
