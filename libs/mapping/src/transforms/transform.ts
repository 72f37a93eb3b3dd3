import type { Json } from "@dovetail/domain";
import type { LookupTables, MappingDataType, TransformStep } from "../document";

/** One named transform, ready to run. Both directions throw ValueFailure for a value they cannot take; null never arrives. */
export interface Transform {
  inbound(value: Json): Json;
  /** Absent: it cannot be undone, and the field is not sent. */
  outbound?(value: Json): Json;
  /** What is lost on the way back. */
  warning?: string;
}

/** What a transform may know of its field. */
export interface TransformContext {
  dataType: MappingDataType;
  lookups: LookupTables;
  inbound: boolean;
  outbound: boolean;
}

/** A worked example, which is also its test. `back` absent: the source again; null: it cannot be undone. */
export interface TransformExample {
  step: TransformStep;
  source: Json;
  result: Json;
  back?: Json;
  dataType?: MappingDataType;
  lookups?: LookupTables;
}

/** A family of transforms. `build` throws RuleProblem for options that make no sense. */
export interface TransformFamily {
  /** The names that it answers to. */
  names: readonly string[] | RegExp;
  /** Names for suggestions. */
  build(step: TransformStep, context: TransformContext): Transform;
  examples: readonly TransformExample[];
}
