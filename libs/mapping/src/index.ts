export type {
  EmptyRule,
  FieldMapping,
  LookupTables,
  MappingDataType,
  MappingDirection,
  MappingDocument,
  TransformList,
  TransformStep,
} from "./document";
export type {
  CompiledMapping,
  CompileOptions,
  InboundResult,
  OutboundOptions,
  OutboundReference,
  OutboundResult,
  PreviewField,
  PreviewStep,
  Ref,
  SourceRow,
} from "./compiled";
export { MappingError } from "./mapping-error";
export type { MappingProblem } from "./mapping-error";
export type { Evaluation, Sandbox } from "./sandbox/sandbox";
export { compileMapping } from "./compile";
