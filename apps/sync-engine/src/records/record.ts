import { canonicalJson, keyOf, recordHash, validateRecord, type EntityName, type JsonObject } from "@dovetail/domain";
import { ProblemError } from "@dovetail/contracts";

/** A row of the record store with the link of its master integration. Stays inside the sync-engine. */
export interface RecordRow {
  key: string;
  version: number;
  hash: string;
  doc: JsonObject;
  deleted: boolean;
  integration: number | null;
  external_id: string | null;
  erp_version: string | null;
  shadow_hash: string | null;
  shadow: JsonObject | null;
  shadow_mapping: number | null;
  accepted: JsonObject | null;
  push_io: number;
  push_open: boolean;
}

/** A link of one integration, wherever it is stored. */
export interface LinkRow {
  /** True when the columns beside the record hold it. */
  master: boolean;
  external_id: string | null;
  erp_version: string | null;
  /** What the ERP last showed; null: never seen. */
  shadow: JsonObject | null;
  shadow_hash: string | null;
  shadow_mapping: number | null;
  /** Fields whose difference was accepted: field → [our value, the ERP's value]. */
  accepted: JsonObject | null;
  push_io: number;
  push_open: boolean;
}

/** A link of which nothing is known yet. */
export function newLink(master: boolean): LinkRow {
  return {
    master,
    external_id: null,
    erp_version: null,
    shadow: null,
    shadow_hash: null,
    shadow_mapping: null,
    accepted: null,
    push_io: 0,
    push_open: false,
  };
}

/** A record in canonical form with its hash. */
export interface Canonical {
  key: string;
  doc: string;
  hash: string;
}

/** Checks a record and brings it into canonical form. Throws ERP008 with every bad field. */
export function canonical(entity: EntityName, record: JsonObject): Canonical {
  const errors = validateRecord(entity, record);
  const first = errors[0];
  if (first)
    throw new ProblemError("ERP008", `${entity} is not valid: ${first.field} ${first.message ?? first.rule}`, {
      errors,
    });
  const doc = canonicalJson(entity, record);
  return { key: keyOf(entity, record), doc, hash: recordHash(doc) };
}

/** The master link's columns of a record as a link; undefined when another integration owns them. */
export function masterLink(row: RecordRow, integration: number): LinkRow | undefined {
  if (row.integration !== integration) return undefined;
  return {
    master: true,
    external_id: row.external_id,
    erp_version: row.erp_version,
    // the shadow is left out while it equals the document
    shadow: row.shadow ?? (row.shadow_hash === null ? null : row.doc),
    shadow_hash: row.shadow_hash,
    shadow_mapping: row.shadow_mapping,
    accepted: row.accepted,
    push_io: row.push_io,
    push_open: row.push_open,
  };
}
