import type { EntityName, Json } from "@dovetail/domain";
import type { MappingDataType } from "./document";
import type { Path } from "./paths";
import type { Transform } from "./transforms/transform";

/** A named transform in its place. */
export interface NamedTransform extends Transform {
  name: string;
}

/** A field mapping after its aliases are resolved and everything in it is checked and compiled. */
export interface Rule {
  /** `mappings[3]`, for problems. */
  place: string;
  mesField: string;
  /** `mesField` cut at its points: `custom.buyer` is a member of `custom`. */
  target: readonly [string, ...string[]];
  /** Absent: the default alone. */
  source?: Source;
  dataType: MappingDataType;
  required: boolean;
  personal: boolean;
  default?: Json;
  keepEmpty: boolean;
  emptyValues: readonly Json[];
  transforms: readonly NamedTransform[];
  inbound: boolean;
  outbound: boolean;
  inboundExpression?: string;
  outboundExpression?: string;
  references?: EntityName;
  byExternalId: boolean;
  erpType?: "number" | "string";
  /** Rules of a list's lines or an object's members. */
  fields?: readonly Rule[];
}

/** Where a rule reads: one path, or the several that CONCAT joins. */
export interface Source {
  paths: readonly { text: string; json: Path }[];
  /** All matches, as a list, instead of the first. */
  many: boolean;
}
